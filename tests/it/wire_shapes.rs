//! The bodies that clients parse, whole: key by key, in order. A change here is a change of the wire.
//! The clock stands still and ids come from the seed, so every byte is the same in every run.
//! `INSTA_UPDATE=always cargo test wire_shapes` accepts a change that is meant.

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::support::{LARKSPUR, LARKSPUR_AZURE, LARKSPUR_LICENCE, Mock, arm, mock};

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

/// A reservation of the default fixtures as Azure names it: five machines for a year.
const RESERVATION: &str = "/providers/Microsoft.Capacity/reservationOrders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903/reservations/c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95";
/// Larkspur's subscription by its Azure id.
const AZURE_ID: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";

fn azure() -> Mock {
    mock().azure(LARKSPUR)
}

/// Where the order of the reservation is, with what follows.
fn of_order(rest: &str) -> String {
    let order = RESERVATION.split("/reservations/").next().unwrap();
    arm(&format!("{order}{rest}"))
}

/// The same without the port in links, which is another one in every run.
fn without_port(mock: &Mock, answer: &Value) -> Value {
    let port = format!(":{}", mock.server.base_url().rsplit(':').next().unwrap());
    serde_json::from_str(&answer.to_string().replace(&port, ":PORT")).unwrap()
}

fn purchase() -> Value {
    json!({
        "sku": { "name": "Standard_D2s_v4" },
        "location": "eastus",
        "properties": {
            "reservedResourceType": "VirtualMachines",
            "billingScopeId": format!("/subscriptions/{AZURE_ID}"),
            "term": "P1Y",
            "billingPlan": "Monthly",
            "quantity": 2,
            "displayName": "batch-tier",
            "appliedScopeType": "Shared",
            "renew": false,
        },
    })
}

#[test]
fn azure_a_price_by_the_month_and_the_order_with_its_schedule() {
    let azure = azure();
    let price = azure.post(200, &arm("/providers/Microsoft.Capacity/calculatePrice"), &purchase());
    let id = price["properties"]["reservationOrderId"].as_str().unwrap();
    let path = arm(&format!("/providers/Microsoft.Capacity/reservationOrders/{id}"));
    let bought = azure.expect(202, "PUT", &path, &purchase()).json();
    assert_json_snapshot!(json!({
        "price": price,
        "bought": bought,
        "order": azure.get(&format!("{path}&$expand=schedule")),
    }));
}

#[test]
fn azure_a_reservation_as_bought_and_with_a_single_scope() {
    let azure = azure();
    let fresh = azure.get(&arm(RESERVATION));
    let change = json!({ "properties": {
        "appliedScopeType": "Single",
        "appliedScopes": [format!("/subscriptions/{AZURE_ID}")],
    } });
    let changed = azure.expect(200, "PATCH", &arm(RESERVATION), &change).json();
    assert_json_snapshot!(json!({
        "fresh": fresh,
        "changed": changed,
        "read again": azure.get(&arm(&format!("{RESERVATION}?expand=renewProperties"))),
    }));
}

#[test]
fn azure_a_split() {
    let body = json!({ "properties": { "quantities": [2, 3], "reservationId": RESERVATION } });
    assert_json_snapshot!(azure().post(200, &of_order("/split"), &body));
}

#[test]
fn azure_a_page_of_all_reservations() {
    let path = "/providers/Microsoft.Capacity/reservations?take=1&$orderby=properties/displayName";
    let azure = azure();
    assert_json_snapshot!(without_port(&azure, &azure.get(&arm(path))));
}

#[test]
fn azure_a_role_assignment() {
    let path = format!(
        "{RESERVATION}/providers/Microsoft.Authorization/roleAssignments/6a2e0c94-d7b1-4f58-93ce-18f5b06d7a42"
    );
    let body = json!({ "properties": {
        "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/582fc458-8989-419f-a480-75249bc5db7e",
        "principalId": "1b6e4d8c-2a90-4f37-8c5d-7f3e9a0b6c12",
        "principalType": "User",
    } });
    assert_json_snapshot!(azure().expect(201, "PUT", &arm(&path), &body).json());
}

#[test]
fn azure_a_day_of_use() {
    let path = format!(
        "{RESERVATION}/providers/Microsoft.Consumption/reservationSummaries?grain=daily&startDate=2026-02-02&endDate=2026-02-02"
    );
    assert_json_snapshot!(azure().get(&arm(&path)));
}

#[test]
fn azure_an_error() {
    let path =
        arm("/providers/Microsoft.Capacity/reservationOrders/00000000-0000-4000-8000-000000000001");
    let refused =
        azure().azure_refused(404, "ReservationOrderNotFound", "GET", &path, &Value::Null);
    assert_json_snapshot!(refused.json());
}

#[test]
fn azure_the_subscriptions_of_a_directory() {
    assert_json_snapshot!(azure().get(&arm("/subscriptions")));
}

#[test]
fn azure_the_description_of_the_cloud() {
    let azure = azure();
    let in_form = |version: &str| -> Value {
        without_port(&azure, &azure.get(&format!("/metadata/endpoints?api-version={version}")))
    };
    assert_json_snapshot!(json!({ "2015": in_form("2015-01-01"), "2022": in_form("2022-09-01") }));
}

#[test]
fn an_invoice_with_a_correction_its_lines_and_the_balance() {
    let mock = mock();
    let list = |path: &str| mock.get(path)["items"].clone();
    let invoices = list("/v1/invoices");
    let last = |kind: &str| {
        let all = invoices.as_array().unwrap().iter().rev();
        let mut usd = all.filter(|invoice| invoice["currencyCode"] == "USD");
        let id = &usd.find(|invoice| invoice["invoiceType"] == kind).unwrap()["id"];
        id.as_str().unwrap().to_owned()
    };
    let (one_time, recurring) = (last("OneTime"), last("Recurring"));
    let correction = json!({ "reason": "Agreed price", "lines": [{ "line": 0, "amount": -2 }] });
    let control = format!("/_mock/invoices/{one_time}");
    let amendment = mock.post(201, &format!("{control}/amendments"), &correction);
    let payment = mock.post(201, &format!("{control}/payments"), &json!({ "amount": 30.61 }));
    let lines = |id: &str, rest: &str| {
        mock.get(&format!("/v1/invoices/{id}/lineitems/{rest}/BillingLineItems?size=1"))
    };
    assert_json_snapshot!(json!({
        "amendment": amendment,
        "payment": payment,
        "invoice": mock.get(&format!("/v1/invoices/{one_time}")),
        "purchases": lines(&one_time, "OneTime"),
        "licences": lines(&recurring, "Office"),
        "balance": mock.get("/v1/invoices/summary"),
        "costs": mock.get(&format!("/v1/customers/{LARKSPUR}/servicecosts/mostrecent")),
    }));
}
