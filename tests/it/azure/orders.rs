//! Reservation orders.

use serde_json::Value;

use crate::support::{LARKSPUR, NOBODY, PRAIRIE, arm, mock};

const ORDER: &str = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
const ORDERS: &str = "/providers/Microsoft.Capacity/reservationOrders";

#[test]
fn the_directory_of_the_token_decides_which_orders_there_are() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let orders = azure.get(&arm(ORDERS));
    let names: Vec<&str> =
        orders["value"].as_array().unwrap().iter().map(|o| o["name"].as_str().unwrap()).collect();
    assert!(names.contains(&ORDER), "{names:?}");
    let partner =
        mock.server.world(&mock.world).unwrap().world().published().partner.id.to_string();
    for path in [ORDERS, "/providers/Microsoft.Capacity/reservations", "/subscriptions"] {
        let empty = mock.azure(&partner).expect(200, "GET", &arm(path), &Value::Null);
        assert_eq!(empty.json()["value"], Value::Array(Vec::new()));
        assert!(empty.header("x-mock-notice").unwrap().contains("customer id"), "it says why");
        let list = azure.expect(200, "GET", &arm(path), &Value::Null);
        assert!(list.header("x-mock-notice").is_none_or(|text| !text.contains("customer id")));
    }
    let path = arm(&format!("{ORDERS}/{ORDER}"));
    mock.azure(PRAIRIE).azure_refused(403, "AuthorizationFailed", "GET", &path, &Value::Null);
    let unknown = arm(&format!("{ORDERS}/{NOBODY}"));
    azure.azure_refused(404, "ReservationOrderNotFound", "GET", &unknown, &Value::Null);
    let no_guid = arm(&format!("{ORDERS}/web-tier"));
    azure.azure_refused(400, "InvalidReservationOrderId", "GET", &no_guid, &Value::Null);
}
