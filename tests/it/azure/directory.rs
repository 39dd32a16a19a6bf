//! changeDirectory.

use partner_center_mock::domain::settings::Settings;
use serde_json::{Value, json};

use super::{bought, bought_in};
use crate::support::{LARKSPUR, NOBODY, PRAIRIE, mock_with};

#[test]
fn what_a_partner_bought_stays_in_the_directory_of_the_customer() {
    let bought = bought(1);
    let path = bought.of_order("changeDirectory");
    let to = |tenant: &str| json!({ "destinationTenantId": tenant });
    bought.azure.azure_refused(400, "BadRequest", "POST", &path, &to(PRAIRIE));
    bought.azure.azure_refused(400, "InvalidTenantId", "POST", &path, &to("prairie"));
    bought.azure.azure_refused(400, "InvalidTenantId", "POST", &path, &to(NOBODY));
    bought.azure.azure_refused(400, "InvalidTenantId", "POST", &path, &to(LARKSPUR));
    bought.azure.azure_refused(400, "InvalidTenantId", "POST", &path, &json!({}));
}

#[test]
fn where_the_settings_allow_it_an_order_moves_and_renewal_ends() {
    let settings = Settings { allow_change_directory: true, ..Settings::default() };
    let bought = bought_in(mock_with(|builder| builder.settings(settings)), 2);
    bought.patch(&json!({ "renew": true }));
    let path = bought.of_order("changeDirectory");
    let moved = bought.azure.post(200, &path, &json!({ "destinationTenantId": PRAIRIE }));
    assert_eq!(
        moved,
        json!({
            "reservationOrder": { "id": bought.order, "name": "batch tier", "isSucceeded": true },
            "reservations": [{ "id": bought.reservation, "name": "batch tier", "isSucceeded": true }],
        })
    );
    bought.azure.azure_refused(403, "AuthorizationFailed", "GET", &bought.path(), &Value::Null);
    let there = bought.mock.azure(PRAIRIE).get(&bought.path());
    assert_eq!(there["properties"]["renew"], false);
    assert_eq!(bought.artifact().unwrap().0, 2, "what is billed stays");
}
