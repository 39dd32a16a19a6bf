//! Changes that take time: what pollers see on the way.

use partner_center_mock::domain::settings::Transition;
use serde_json::{Value, json};

use super::{Bought, bought_in};
use crate::support::{Answer, PRAIRIE, mock_with};

/// A reservation in a world where changes take a minute.
fn slow(quantity: i64) -> Bought {
    let delay = "PT1M".parse().unwrap();
    bought_in(mock_with(|builder| builder.delay(Transition::ReservationChange, delay)), quantity)
}

fn path_in(bought: &Bought, answer: &Answer, header: &str) -> String {
    let link = answer.header(header).unwrap_or_else(|| panic!("no {header}"));
    link.split_once(bought.mock.server.base_url().as_str()).unwrap().1.to_owned()
}

#[test]
fn a_change_is_polled_until_it_has_succeeded() {
    let bought = slow(1);
    let body = json!({ "properties": { "name": "later" } });
    let begun = bought.azure.expect(202, "PATCH", &bought.path(), &body);
    assert_eq!(begun.text, "");
    assert_eq!(begun.header("retry-after"), Some("1"));
    assert_eq!(path_in(&bought, &begun, "location"), bought.path());
    let operation = path_in(&bought, &begun, "azure-asyncoperation");
    let running = bought.azure.expect(200, "GET", &operation, &Value::Null);
    assert_eq!(running.json()["status"], "Pending");
    assert_eq!(path_in(&bought, &running, "azure-asyncoperation"), operation);
    assert_eq!(running.header("retry-after"), Some("1"));
    assert_eq!(bought.get()["properties"]["provisioningState"], "Pending");
    assert_eq!(bought.get()["properties"]["displayName"], "batch tier");
    bought.patch_refused("OperationCannotBePerformedInCurrentState", &json!({ "name": "again" }));
    let of_others = bought.mock.azure(PRAIRIE);
    of_others.azure_refused(404, "OperationNotFound", "GET", &operation, &Value::Null);

    bought.mock.advance("PT1M");
    let done = bought.azure.expect(200, "GET", &operation, &Value::Null);
    assert_eq!(done.json()["status"], "Succeeded");
    assert_eq!(done.header("location"), None, "a Location would be polled on");
    assert_eq!(bought.get()["properties"]["displayName"], "later");
    assert_eq!(bought.get()["etag"], 4);
    bought.mock.advance("PT2H");
    assert_eq!(bought.azure.get(&operation)["status"], "Succeeded");
    bought.mock.advance("P1D");
    bought.azure.azure_refused(404, "OperationNotFound", "GET", &operation, &Value::Null);
}

#[test]
fn a_split_and_a_merge_are_polled_at_their_location() {
    let bought = slow(5);
    let body =
        json!({ "properties": { "quantities": [2, 3], "reservationId": bought.reservation } });
    let begun = bought.azure.expect(202, "POST", &bought.of_order("split"), &body);
    let result = path_in(&bought, &begun, "location");
    let running = bought.azure.expect(202, "GET", &result, &Value::Null);
    assert_eq!(path_in(&bought, &running, "location"), result);
    bought.azure.azure_refused(
        400,
        "OperationCannotBePerformedInCurrentState",
        "POST",
        &bought.of_order("split"),
        &body,
    );
    bought.mock.advance("PT1M");
    let made = bought.azure.get(&result);
    assert_eq!(made.as_array().unwrap().len(), 3);
    let sources = json!([made[0]["id"], made[1]["id"]]);
    let merge = json!({ "properties": { "sources": sources } });
    let begun = bought.azure.expect(202, "POST", &bought.of_order("merge"), &merge);
    let result = path_in(&bought, &begun, "location");
    bought.azure.expect(202, "GET", &result, &Value::Null);
    bought.mock.advance("PT1M");
    let merged = bought.azure.get(&result);
    assert_eq!(merged[0]["properties"]["quantity"], 5);
}

#[test]
fn a_change_of_what_has_ended_meanwhile_fails_and_changes_nothing() {
    let delay = "P1M".parse().unwrap();
    let bought =
        bought_in(mock_with(|builder| builder.delay(Transition::ReservationChange, delay)), 2);
    bought.mock.advance("P11M15D");
    let body =
        json!({ "properties": { "quantities": [1, 1], "reservationId": bought.reservation } });
    let begun = bought.azure.expect(202, "POST", &bought.of_order("split"), &body);
    let result = path_in(&bought, &begun, "location");
    bought.mock.advance("P1M");
    bought.azure.azure_refused(
        400,
        "OperationCannotBePerformedInCurrentState",
        "GET",
        &result,
        &Value::Null,
    );
    assert_eq!(bought.get()["properties"]["provisioningState"], "Expired");
    let order = bought.azure.get(&bought.order_path());
    assert_eq!(order["properties"]["reservations"].as_array().unwrap().len(), 1);
}

#[test]
fn a_change_of_another_kind_is_no_split_under_way() {
    let bought = slow(2);
    let body = json!({ "properties": { "name": "later" } });
    bought.azure.expect(202, "PATCH", &bought.path(), &body);
    let path = bought.of_order(&format!("splitoperationresults/{}_3", bought.reservation));
    bought.azure.azure_refused(404, "OperationNotFound", "GET", &path, &Value::Null);
}
