//! changeDirectory.

use partner_center_mock::domain::settings::{Settings, Transition};
use serde_json::{Value, json};

use super::{AZURE, Bought, ORDERS, bought, bought_in, names};
use crate::support::{LARKSPUR, Mock, NOBODY, PRAIRIE, arm, mock_with};

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

fn movable() -> Bought {
    let settings = Settings { allow_change_directory: true, ..Settings::default() };
    bought_in(mock_with(|builder| builder.settings(settings)), 2)
}

#[test]
fn what_is_over_or_being_changed_is_not_moved() {
    let to = json!({ "destinationTenantId": PRAIRIE });
    let over = movable();
    let path = over.of_order("changeDirectory");
    over.mock.advance("P1Y");
    let wrong = "OperationCannotBePerformedInCurrentState";
    over.azure.azure_refused(400, wrong, "POST", &path, &to);

    let mut settings = Settings { allow_change_directory: true, ..Settings::default() };
    settings.set_delay(Transition::ReservationChange, "PT1M".parse().unwrap());
    let slow = bought_in(mock_with(|builder| builder.settings(settings)), 2);
    let path = slow.of_order("changeDirectory");
    let renew = json!({ "properties": { "renew": true } });
    slow.azure.expect(202, "PATCH", &slow.path(), &renew);
    slow.azure.azure_refused(400, wrong, "POST", &path, &to);
    slow.mock.advance("PT1M");
    slow.azure.post(200, &path, &to);
    let there = slow.mock.azure(PRAIRIE).get(&slow.path());
    assert_eq!(there["properties"]["renew"], false);
}

#[test]
fn what_was_moved_is_hidden_where_it_was_and_renews_where_it_is() {
    let bought = movable();
    let applied =
        arm(&format!("/subscriptions/{AZURE}/providers/Microsoft.Capacity/appliedReservations"));
    let applies = || bought.azure.get(&applied).to_string().contains(&bought.order);
    assert!(applies());
    let to = json!({ "destinationTenantId": PRAIRIE });
    bought.azure.post(200, &bought.of_order("changeDirectory"), &to);
    assert!(!applies());

    let there = bought.mock.azure(PRAIRIE);
    let change = json!({ "properties": {
        "renew": true, "appliedScopeType": "ManagementGroup",
        "appliedScopeProperties": { "tenantId": PRAIRIE, "managementGroupId": "retail" },
    } });
    there.expect(200, "PATCH", &bought.path(), &change);
    let assignments = |azure: &Mock, order: &str| {
        let scope = format!("{ORDERS}/{order}/providers/Microsoft.Authorization/roleAssignments");
        let list = azure.get(&format!("{scope}?api-version=2022-04-01&$filter=atScope()"));
        let own = list["value"].as_array().unwrap().iter().filter(|it| {
            it["properties"]["scope"].as_str().unwrap().to_lowercase().contains(order)
        });
        own.map(|it| it["properties"]["principalId"].clone()).collect::<Vec<_>>()
    };
    let owners = assignments(&there, &bought.order);
    assert_eq!(owners.len(), 1);
    let before = names(&bought.azure.get(&arm(ORDERS)));
    bought.mock.advance("P1Y");
    assert_eq!(names(&bought.azure.get(&arm(ORDERS))), before, "nothing new where it was");
    let old = there.get(&bought.path());
    assert_eq!(old["properties"]["userFriendlyRenewState"], "Renewed");
    let destination = old["properties"]["renewDestination"].as_str().unwrap();
    let next = there.get(&arm(destination));
    assert_eq!(next["properties"]["renewSource"], old["id"]);
    assert_eq!(next["properties"]["appliedScopeType"], "ManagementGroup");
    let order = destination.split('/').nth(4).unwrap();
    assert_eq!(assignments(&there, order), owners);
    bought.azure.azure_refused(403, "AuthorizationFailed", "GET", &arm(destination), &Value::Null);
}
