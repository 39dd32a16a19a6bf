//! Refusals that no other test of Azure meets: purchases that Partner Center's side refuses, and what
//! stands before any operation.

use partner_center_mock::identity::jws::{SigningKey, decode_unverified};
use serde_json::{Value, json};

use super::{AZURE, ORDERS};
use crate::support::{LARKSPUR, Mock, SUNDARAM, arm, mock, sandbox};

fn wanted(size: &str, region: &str, subscription: &str) -> Value {
    json!({
        "sku": { "name": size },
        "location": region,
        "properties": {
            "reservedResourceType": "VirtualMachines",
            "billingScopeId": format!("/subscriptions/{subscription}"),
            "term": "P1Y",
            "billingPlan": "Upfront",
            "quantity": 3,
            "displayName": "refused",
            "appliedScopeType": "Shared",
        },
    })
}

fn price_path() -> String {
    arm("/providers/Microsoft.Capacity/calculatePrice")
}

/// Prices the purchase, which must be refused when it is made.
#[track_caller]
fn refused_when_bought(azure: &Mock, code: &str, wanted: &Value) -> String {
    let priced = azure.post(200, &price_path(), wanted);
    let id = priced["properties"]["reservationOrderId"].as_str().unwrap();
    let answer =
        azure.azure_refused(400, code, "PUT", &arm(&format!("{ORDERS}/{id}")), wanted).json();
    answer["error"]["message"].as_str().unwrap().to_owned()
}

#[test]
fn what_partner_center_would_not_sell_is_not_sold_here_either() {
    let azure = mock().azure(LARKSPUR);
    // Withdrawn from sale: there is no price.
    let withdrawn = wanted("Standard_DS5_v2", "ukwest", AZURE);
    let answer = azure.azure_refused(400, "PurchaseError", "POST", &price_path(), &withdrawn);
    assert!(answer.text.contains("not on offer in US"), "{}", answer.text);
    // The same as what a reservation renews to.
    let renewal = json!({ "properties": {
        "renew": true, "renewProperties": { "purchaseProperties": withdrawn },
    } });
    let bought = super::bought(1);
    bought.azure.azure_refused(400, "PurchaseError", "PATCH", &bought.path(), &renewal);
    // A customer whose subscription was never registered has a price all the same.
    let azure = mock().azure(SUNDARAM);
    let own = azure.get(&arm("/subscriptions"))["value"][0]["subscriptionId"].clone();
    let wanted_there = wanted("Standard_D2s_v4", "eastus", own.as_str().unwrap());
    let message = refused_when_bought(&azure, "PurchaseError", &wanted_there);
    assert!(message.contains("is not registered"), "{message}");
    // A sandbox reserves two small machines.
    let azure = sandbox().azure(LARKSPUR);
    let three = wanted("Standard_B1s", "eastus", AZURE);
    let message = refused_when_bought(&azure, "PurchaseError", &three);
    assert!(message.contains("reserved VM instances per customer"), "{message}");
}

#[test]
fn what_is_out_of_stock_has_a_price_and_is_not_sold() {
    let azure = mock().azure(LARKSPUR);
    let restricted = wanted("Standard_B8ms", "uksouth", AZURE);
    let message = refused_when_bought(&azure, "FulfillmentOutOfStockError", &restricted);
    assert!(message.contains("there is no capacity"), "{message}");
}

#[test]
fn a_token_that_has_expired_says_so() {
    let mock = mock();
    let good = mock.handle().azure_token(LARKSPUR);
    let mut claims = Value::Object(decode_unverified(&good).unwrap().claims);
    claims["exp"] = 1_600_000_000.into();
    let old = SigningKey::embedded().unwrap().sign(&claims);
    let azure = mock.with_token(&old);
    let answer =
        azure.azure_refused(401, "ExpiredAuthenticationToken", "GET", &arm(ORDERS), &Value::Null);
    assert!(answer.header("www-authenticate").unwrap().contains("invalid_token"));
}

#[test]
fn bodies_of_another_kind_or_beyond_the_limit_are_refused() {
    let azure = mock().azure(LARKSPUR);
    let refused = |status: u16, code: &str, headers: &[(&str, &str)], body: &str| {
        let answer = azure.send("POST", &price_path(), headers, body);
        let told = answer.json()["error"]["code"].clone();
        assert_eq!((answer.status, told), (status, code.into()), "{}", answer.text);
    };
    for sent in ["text/plain", "application/x-www-form-urlencoded", "text/xml"] {
        refused(415, "UnsupportedMediaType", &[("content-type", sent)], "{}");
    }
    let huge = format!("{{\"location\":\"{}\"}}", "x".repeat(5 << 20));
    refused(413, "RequestContentTooLarge", &[], &huge);
}

#[test]
fn recommendations_for_an_id_that_is_none_say_which() {
    let azure = mock().azure(LARKSPUR);
    let order = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
    for kind in ["reservationRecommendations", "reservationRecommendationDetails"] {
        let below =
            |scope: &str| arm(&format!("{ORDERS}/{scope}/providers/Microsoft.Consumption/{kind}"));
        for (scope, code) in [
            ("nonsense".to_owned(), "InvalidReservationOrderId"),
            (format!("{order}/reservations/nonsense"), "InvalidReservationId"),
            (order.to_owned(), "BadRequest"),
        ] {
            azure.azure_refused(400, code, "GET", &below(&scope), &Value::Null);
        }
    }
}
