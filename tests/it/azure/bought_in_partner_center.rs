//! What is bought in Partner Center is there in Azure, and a change on one side shows on the other.

use partner_center_mock::domain::settings::Transition;
use serde_json::{Value, json};

use super::{AZURE, bought, bought_in};
use crate::support::mock_with;

#[test]
fn a_checkout_makes_a_reservation_order_with_one_reservation() {
    let bought = bought(5);
    let order = bought.azure.get(&bought.order_path());
    assert_eq!(
        order["id"],
        format!("/providers/microsoft.capacity/reservationOrders/{}", bought.order)
    );
    assert_eq!(order["type"], "microsoft.capacity/reservationOrders");
    let properties = &order["properties"];
    assert_eq!(properties["displayName"], "batch tier");
    assert_eq!(properties["originalQuantity"], 5);
    assert_eq!(properties["term"], "P1Y");
    assert_eq!(properties["provisioningState"], "Succeeded");
    assert_eq!(properties["expiryDate"], "2027-03-01");
    assert_eq!(properties["expiryDateTime"], "2027-03-01T12:00:00.0000000Z");
    assert_eq!(
        properties["reservations"],
        json!([{ "id": format!("/providers/Microsoft.Capacity/reservationOrders/{}/reservations/{}", bought.order, bought.reservation) }])
    );
    let reservation = bought.get();
    assert_eq!(reservation["etag"], 2);
    assert_eq!(reservation["location"], "eastus");
    assert_eq!(reservation["sku"]["name"], "Standard_D2s_v4");
    let properties = &reservation["properties"];
    assert_eq!(properties["quantity"], 5);
    assert_eq!(properties["billingScopeId"], format!("/subscriptions/{AZURE}"));
    assert_eq!(properties["capabilities"], "ApiReturnEnabled, ApiExchangeEnabled");
    assert_eq!(properties["utilization"], json!({ "aggregates": [] }));
    assert_eq!(properties["appliedScopes"], Value::Null);
}

#[test]
fn an_order_on_its_way_is_shown_as_processing() {
    let slow =
        mock_with(|builder| builder.delay(Transition::OrderProvisioning, "PT1H".parse().unwrap()));
    let bought = bought_in(slow, 1);
    let order = bought.azure.get(&bought.order_path());
    assert_eq!(order["properties"]["provisioningState"], "PendingCapacity");
    assert_eq!(order["properties"]["expiryDateTime"], Value::Null);
    let state =
        |bought: &super::Bought| bought.get()["properties"]["displayProvisioningState"].clone();
    assert_eq!(state(&bought), "Processing");
    bought.patch_refused("OperationCannotBePerformedInCurrentState", &json!({ "name": "x" }));
    assert!(bought.artifact().is_none());
    bought.mock.advance("PT1H");
    assert_eq!(state(&bought), "Succeeded");
    assert_eq!(bought.get()["properties"]["expiryDateTime"], "2027-03-01T13:00:00.0000000Z");
    assert_eq!(bought.artifact().unwrap().0, 1);
}

#[test]
fn changes_in_azure_show_in_the_artifact_of_the_entitlement() {
    let bought = bought(5);
    bought.patch(&json!({
        "name": "renamed", "appliedScopeType": "Single", "appliedScopes": [format!("/subscriptions/{AZURE}")],
    }));
    let (quantity, details) = bought.artifact().unwrap();
    assert_eq!(quantity, 5);
    let shown = &details["reservations"][0];
    assert_eq!(shown["displayName"], "renamed");
    assert_eq!(shown["scopeType"], "Single");
    assert_eq!(shown["appliedScopes"], json!([format!("/subscriptions/{AZURE}")]));

    bought.split(&bought.reservation, [2, 3]);
    let (quantity, details) = bought.artifact().unwrap();
    assert_eq!(quantity, 5, "a split conserves the quantity");
    let mut states: Vec<(u64, &str)> = details["reservations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["quantity"].as_u64().unwrap(), it["provisioningState"].as_str().unwrap()))
        .collect();
    states.sort_unstable();
    assert_eq!(states, [(2, "Created"), (3, "Created"), (5, "Cancelled")]);
}
