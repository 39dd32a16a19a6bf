//! A reservation from the catalogue to its artifact, with nothing but HTTP.

use serde_json::{Value, json};

use crate::support::items::{cart_line, lines, order, order_line};
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

/// Looks the item up in the catalogue and makes a line of it for a subscription.
fn line(mock: &Mock, customer: &str, subscription: &str) -> Value {
    let follow = |link: &Value| mock.get(&linked(link))["items"].as_array().unwrap().clone();
    let products = mock.get("/v1/products?country=US&targetView=AzureReservationsVM");
    let products = products["items"].as_array().unwrap();
    let product = products.iter().find(|it| it["id"] == "DZH318Z0KQ41").unwrap();
    let skus = follow(&product["links"]["skus"]);
    let sku = skus.iter().find(|sku| {
        let facts = &sku["dynamicAttributes"];
        facts["armSkuName"] == "Standard_D2s_v4"
            && facts["armRegionName"] == "eastus"
            && facts["duration"] == "1Year"
    });
    let sku = sku.unwrap();
    let items = follow(&sku["links"]["availabilities"]);
    let item = items.iter().find(|item| item["segment"] == "commercial").unwrap();

    let stock = mock.post(
        200,
        "/v1/extensions/product/checkinventory?country=US",
        &json!({
            "targetItems": [{ "productId": product["id"], "skuId": sku["id"] }],
            "inventoryContext": {
                "customerId": customer, "azureSubscriptionId": subscription, "armRegionName": "eastus"
            }
        }),
    );
    assert_eq!((&stock[0]["isRestricted"], &stock[0]["restrictions"]), (&json!(false), &json!([])));
    json!({
        "catalogItemId": item["catalogItemId"], "friendlyName": "web tier", "quantity": 1,
        "billingCycle": "one_time", "termDuration": item["terms"][0]["duration"],
        "provisioningContext": { "subscriptionId": subscription, "scope": "shared" }
    })
}

/// The Azure subscription that a customer has, registered now if it was not before.
fn registered(mock: &Mock, subscription: &Value) {
    let path = linked(&subscription["links"]["self"]);
    if mock.get(&format!("{path}/registrationstatus"))["status"] != "Registered" {
        mock.expect(202, "POST", &format!("{path}/registrations"), &Value::Null);
    }
    assert_eq!(mock.get(&format!("{path}/registrationstatus"))["status"], "Registered");
}

#[test]
fn a_cart_becomes_a_reservation() {
    let mock = world();
    let customer = mock.get(&format!("/v1/customers/{LARKSPUR}"));
    // A new Azure subscription is bought and registered first.
    let azure = order(&[cart_line("MS-AZR-0145P", 1)]);
    let azure = mock.post(201, &format!("/v1/customers/{LARKSPUR}/orders"), &azure);
    let subscription = mock.get(&linked(&azure["lineItems"][0]["links"]["subscription"]));
    let id = subscription["id"].as_str().unwrap();
    let carts = format!("/v1/customers/{LARKSPUR}/carts");
    let line = line(&mock, customer["id"].as_str().unwrap(), id);
    let cart = mock.post(201, &carts, &lines(&[line]));
    assert_eq!(cart["lineItems"][0]["error"]["errorCode"], 10011, "{cart:#}");
    registered(&mock, &subscription);

    // The same cart, judged again, is fine.
    let path = linked(&cart["links"]["self"]);
    let cart = mock.expect(201, "PUT", &path, &cart).json();
    assert!(cart["lineItems"][0].get("error").is_none(), "{cart:#}");
    let result = mock.post(201, &format!("{path}/checkout"), &"success".into());
    let listed = mock.get(&format!("/v1/customers/{LARKSPUR}/orders"));
    let order = &result["orders"][0];
    assert!(listed["items"].as_array().unwrap().contains(order));
    becomes_a_reservation(&mock, order);
}

#[test]
fn a_direct_order_becomes_a_reservation() {
    let mock = world();
    let line = order_line(0, &line(&mock, LARKSPUR, LARKSPUR_AZURE));
    let order = mock.post(201, &format!("/v1/customers/{LARKSPUR}/orders"), &lines(&[line]));
    becomes_a_reservation(&mock, &order);
}
