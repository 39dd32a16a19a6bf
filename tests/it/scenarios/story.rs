//! A reservation from the catalogue to its artifact, with nothing but HTTP.

use serde_json::{Value, json};

use crate::support::items::{lines, order, reservation_line, small_vm};
use crate::support::{LARKSPUR, LARKSPUR_AZURE, Mock, mock_with};
use partner_center_mock::domain::settings::Transition;

/// A world in which an order takes an hour.
fn world() -> Mock {
    mock_with(|builder| builder.delay(Transition::OrderProvisioning, "PT1H".parse().unwrap()))
}

/// Moves world time on over HTTP.
fn an_hour_passes(mock: &Mock) {
    mock.expect(200, "POST", "/_mock/clock/advance", &json!({ "by": "PT1H" }));
}

fn linked(resource: &Value) -> String {
    format!("/v1{}", resource["uri"].as_str().unwrap())
}

/// Follows a pending order to the reservation it becomes.
fn becomes_a_reservation(mock: &Mock, order: &Value) {
    let entitlements =
        format!("/v1/customers/{LARKSPUR}/entitlements?entitlementType=reservedinstance");
    let own = |list: &Value| -> Vec<Value> {
        let items = list["items"].as_array().unwrap().iter();
        items.filter(|item| item["referenceOrder"]["id"] == order["id"]).cloned().collect()
    };
    assert_eq!(order["status"], "pending");
    let status = linked(&order["links"]["provisioningStatus"]);
    assert_eq!(mock.get(&status)["items"][0]["status"], "PrefulfillmentPending");
    assert!(own(&mock.get(&entitlements)).is_empty());

    an_hour_passes(mock);
    let completed = mock.get(&linked(&order["links"]["self"]));
    assert_eq!(completed["status"], "completed");
    assert_eq!(mock.get(&status)["items"][0]["status"], "Fulfilled");

    let found = own(&mock.get(&entitlements));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["referenceOrder"]["lineItemId"], "0");
    assert_eq!(found[0]["quantity"], completed["lineItems"][0]["quantity"]);
    let artifact = mock.get(&linked(&found[0]["entitledArtifacts"][0]["link"]));
    assert_eq!(artifact["reservations"][0]["displayName"], "web tier");
    assert_eq!(artifact["reservations"][0]["effectiveDateTime"], "2026-03-01T13:00:00.0000000Z");
    assert_eq!(artifact["reservations"][0]["expiryDateTime"], "2027-03-01T00:00:00");
}

fn line() -> Value {
    let mut line = reservation_line(&small_vm(), LARKSPUR_AZURE);
    line["friendlyName"] = "web tier".into();
    line
}

#[test]
fn a_cart_becomes_a_reservation() {
    let mock = world();
    assert_eq!(mock.get(&format!("/v1/customers/{LARKSPUR}"))["id"], LARKSPUR);
    let cart = mock.post(201, &format!("/v1/customers/{LARKSPUR}/carts"), &lines(&[line()]));
    assert!(cart["lineItems"][0].get("error").is_none(), "{cart:#}");
    let checkout = format!("{}/checkout", linked(&cart["links"]["self"]));
    let result = mock.post(201, &checkout, &"success".into());
    let listed = mock.get(&format!("/v1/customers/{LARKSPUR}/orders"));
    let order = &result["orders"][0];
    assert!(listed["items"].as_array().unwrap().contains(order));
    becomes_a_reservation(&mock, order);
}

#[test]
fn a_direct_order_becomes_a_reservation() {
    let mock = world();
    let order = mock.post(201, &format!("/v1/customers/{LARKSPUR}/orders"), &order(&[line()]));
    becomes_a_reservation(&mock, &order);
}
