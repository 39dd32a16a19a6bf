//! Contract: partner-center-conventions.md: headers, tolerated spellings of paths and queries, the form
//! of errors.

use serde_json::{Value, json};

use super::{Case, Page, case, check, encoded, get, patch, post};
use crate::support::items::small_vm;
use crate::support::{FOREIGN, LARKSPUR, LARKSPUR_AZURE, NOBODY};

pub const PAGE: Page = Page { name: "conventions", shapes: SHAPES, cases: CASES };

#[test]
fn conventions_are_as_documented() {
    check(&PAGE);
}

const SHAPES: &[(&str, &str)] = &[
    ("Fault", "code:int description:text data[*]:any source:text"),
    ("Orders", ":Collection items[].id:text"),
];

const CASES: &[Case] = &[
    // Paths: casing, repeated and trailing slashes, literals before ids.
    case("getCustomer", 200, "id:guid", |_| {
        get(format!("/V1//Customers/{}/", LARKSPUR.to_uppercase()))
    }),
    case("listAzureEntitlements", 200, ":Collection", |_| {
        get(format!("/v1/customers/{LARKSPUR}/subscriptions/{LARKSPUR_AZURE}/azureentitlements"))
    }),
    // Queries: names and values in any casing, a second `?`, a missing `=`.
    case("listOrders", 200, ":Orders", |_| {
        get(format!("/v1/customers/{LARKSPUR}/orders?BILLINGTYPE=one_time&Include_Price=TRUE"))
    }),
    case("listOrders", 200, ":Orders", |_| {
        get(format!("/v1/customers/{LARKSPUR}/orders?billingType=onetime"))
    }),
    case("listCustomers", 200, ":Collection items[].id:guid", |_| {
        let filter =
            json!({ "Field": "CompanyName", "Value": "Larkspur", "Operator": "starts_with" });
        get(format!("/v1/customers?size=20?filter={}", encoded(&filter.to_string())))
    }),
    case("listCustomers", 200, ":Collection items[].id:guid", |_| {
        let filter = json!({ "field": "CompanyName", "value": "Larkspur", "operator": 9 });
        get(format!("/v1/customers?filter{}", encoded(&filter.to_string())))
    }),
    // Bodies: a byte order mark and a trailing comma.
    case("updateSubscription", 200, "friendlyName:=Renamed", |_| {
        patch(format!("/v1/customers/{LARKSPUR}/subscriptions/{LARKSPUR_AZURE}"), &Value::Null)
            .text("\u{feff}{ \"FriendlyName\": \"Old\", \"friendlyName\": \"Renamed\" }")
    }),
    // Faults.
    case("getCustomer", 401, ":Fault code:int >www-authenticate:text", |_| {
        get(format!("/v1/customers/{LARKSPUR}")).without_token()
    }),
    case("getCustomer", 404, ":Fault code:=1000", |_| get(format!("/v1/customers/{NOBODY}"))),
    case("getCustomer", 403, ":Fault code:=20002", |_| get(format!("/v1/customers/{FOREIGN}"))),
    case("getOrder", 404, ":Fault code:=20000", |_| {
        get(format!("/v1/customers/{LARKSPUR}/orders/{NOBODY}"))
    }),
    case("getSubscription", 404, ":Fault code:=20003", |_| {
        get(format!("/v1/customers/{LARKSPUR}/subscriptions/{NOBODY}"))
    }),
    case("getCart", 404, ":Fault code:=800008", |_| {
        get(format!("/v1/customers/{LARKSPUR}/carts/{NOBODY}"))
    }),
    case("createOrder", 400, ":Fault code:=800002", |_| {
        post(format!("/v1/customers/{LARKSPUR}/orders"), &Value::Null).text("{")
    }),
    case("createOrder", 400, ":Fault code:=900126", |_| {
        post(
            format!("/v1/customers/{LARKSPUR}/orders"),
            &json!({
                "billingCycle": "weekly",
                "lineItems": [{ "lineItemNumber": 0, "offerId": small_vm(), "quantity": 1 }],
            }),
        )
    }),
    case("updateSubscription", 400, ":Fault code:=2055", |_| {
        patch(
            format!("/v1/customers/{LARKSPUR}/subscriptions/{LARKSPUR_AZURE}"),
            &json!({
                "friendlyName": "Renamed",
            }),
        )
        .header("if-match", "\"b2xk\"")
    }),
    case("createOrder", 429, "statusCode:=429 message:text >retry-after:digits", |at| {
        at.post(
            201,
            "/_mock/faults",
            &json!({
                "match": { "operation": "createOrder" }, "status": 429,
            }),
        );
        post(format!("/v1/customers/{LARKSPUR}/orders"), &json!({ "lineItems": [] }))
    }),
];
