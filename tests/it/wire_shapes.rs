//! The bodies that clients parse, whole: key by key, in order. A change here is a change of the wire.
//! The clock stands still and ids come from the seed, so every byte is the same in every run.
//! `INSTA_UPDATE=always cargo test wire_shapes` accepts a change that is meant.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::support::{LARKSPUR, LARKSPUR_AZURE, LARKSPUR_LICENCE, mock};

fn cart_body() -> Value {
    json!({ "lineItems": [{
        "id": 0,
        "catalogItemId": "DZH318Z0BSV1:0001:DZH318ULYNRY",
        "friendlyName": "B1s east",
        "quantity": 2,
        "billingCycle": "one_time",
        "termDuration": "P1Y",
        "provisioningContext": { "subscriptionId": LARKSPUR_AZURE, "scope": "shared" },
    }, {
        "id": 1,
        "catalogItemId": "nothing:of:thekind",
        "quantity": 1,
    }] })
}

#[test]
fn a_customer() {
    assert_json_snapshot!(mock().get(&format!("/v1/customers/{LARKSPUR}")));
}

#[test]
fn a_page_of_customers() {
    assert_json_snapshot!(mock().get("/v1/customers?size=1"));
}

#[test]
fn a_product_a_sku_and_an_availability() {
    let mock = mock();
    let product = "/v1/products/DZH318Z0BSV1";
    assert_json_snapshot!(json!({
        "product": mock.get(&format!("{product}?country=US")),
        "sku": mock.get(&format!("{product}/skus/0001?country=US")),
        "availability": mock.get(&format!("{product}/skus/0001/availabilities/DZH318ULYNRY?country=US")),
    }));
}

#[test]
fn a_cart_with_a_line_that_cannot_be_bought() {
    assert_json_snapshot!(mock().post(
        201,
        &format!("/v1/customers/{LARKSPUR}/carts"),
        &cart_body()
    ));
}

#[test]
fn a_checkout_its_order_and_its_entitlement() {
    let mock = mock();
    let customer = format!("/v1/customers/{LARKSPUR}");
    let mut body = cart_body();
    body["lineItems"].as_array_mut().unwrap().truncate(1);
    let cart = mock.post(201, &format!("{customer}/carts"), &body);
    let checkout = format!("{customer}/carts/{}/checkout", cart["id"].as_str().unwrap());
    let result = mock.post(201, &checkout, &Value::Null);
    let order = result["orders"][0]["id"].as_str().unwrap();
    let path = format!("{customer}/orders/{order}");
    let priced = mock.get(&format!("{path}?include_price=true"));
    let provisioning = mock.get(&format!("{path}/provisioningstatus"));
    let entitlements = mock.get(&format!("{customer}/entitlements?showExpiry=true"));
    let entitlement = entitlements["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["referenceOrder"]["id"] == order)
        .unwrap()
        .clone();
    let link = entitlement["entitledArtifacts"][0]["link"]["uri"].as_str().unwrap();
    let artifact = mock.get(&format!("/v1{link}"));
    assert_json_snapshot!(json!({
        "checkout": result,
        "order": priced,
        "provisioning": provisioning,
        "entitlement": entitlement,
        "artifact": artifact,
    }));
}

#[test]
fn subscriptions_of_both_kinds() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}/subscriptions");
    assert_json_snapshot!(json!({
        "azure": mock.get(&format!("{path}/{LARKSPUR_AZURE}")),
        "licence": mock.get(&format!("{path}/{LARKSPUR_LICENCE}")),
        "registration": mock.get(&format!("{path}/{LARKSPUR_AZURE}/registrationstatus")),
    }));
}

#[test]
fn an_error() {
    let path = format!("/v1/customers/{LARKSPUR}/orders/none");
    assert_json_snapshot!(mock().refused(404, 20000, "GET", &path, &Value::Null).json());
}
