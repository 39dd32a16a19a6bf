//! Pricing and buying in Azure.

use serde_json::{Value, json};

use super::{AZURE, ORDERS, PLAN, PRAIRIE_SUBSCRIPTION};
use crate::support::{COOLIBAH, LARKSPUR, Mock, NOBODY, PRAIRIE, arm, mock};

fn wanted() -> Value {
    json!({
        "sku": { "name": "Standard_D2s_v4" },
        "location": "eastus",
        "properties": {
            "reservedResourceType": "VirtualMachines",
            "billingScopeId": format!("/subscriptions/{AZURE}"),
            "term": "P1Y",
            "billingPlan": "Monthly",
            "quantity": 3,
            "displayName": "bought-here",
            "appliedScopeType": "Shared",
            "appliedScopes": null,
            "renew": false,
            "reservedResourceProperties": { "instanceFlexibility": "On" },
        },
    })
}

fn with(path: &str, value: Value) -> Value {
    let mut body = wanted();
    *body.pointer_mut(path).unwrap() = value;
    body
}

fn price_path() -> String {
    arm("/providers/Microsoft.Capacity/calculatePrice")
}

fn quote(azure: &Mock, body: &Value) -> String {
    let priced = azure.post(200, &price_path(), body);
    priced["properties"]["reservationOrderId"].as_str().unwrap().to_owned()
}

fn order_path(id: &str) -> String {
    arm(&format!("{ORDERS}/{id}"))
}

fn amount(value: &Value) -> f64 {
    value["amount"].as_f64().unwrap()
}

#[test]
fn a_price_comes_with_an_id_and_a_schedule_that_sums_up() {
    let azure = mock().azure(LARKSPUR);
    let priced = azure.post(200, &price_path(), &wanted());
    let properties = &priced["properties"];
    assert_eq!(properties["isBillingPartnerManaged"], true);
    assert_eq!(properties["skuTitle"], "Reserved VM Instance, Standard_D2s_v4, US East, 1 Year");
    let schedule = properties["paymentSchedule"].as_array().unwrap();
    assert_eq!(schedule.len(), 12);
    assert_eq!(schedule[0]["dueDate"], "2026-03-01");
    assert_eq!(schedule[11]["dueDate"], "2027-02-01");
    assert!(schedule[0]["billingCurrencyTotal"].is_object());
    assert_eq!(schedule[1]["billingCurrencyTotal"], Value::Null);
    let sum: f64 = schedule.iter().map(|it| amount(&it["pricingCurrencyTotal"])).sum();
    assert!((sum - amount(&properties["pricingCurrencyTotal"])).abs() < 0.001, "{sum}");

    let upfront =
        azure.post(200, &price_path(), &with("/properties/billingPlan", "upfront".into()));
    assert_eq!(upfront["properties"]["paymentSchedule"], Value::Null);
    assert_eq!(upfront["properties"]["pricingCurrencyTotal"], properties["pricingCurrencyTotal"]);
    let text = azure.post(200, &price_path(), &with("/properties/quantity", "3".into()));
    assert_eq!(text["properties"]["pricingCurrencyTotal"], properties["pricingCurrencyTotal"]);
}

#[test]
fn the_price_is_that_of_partner_center() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let priced = azure.post(200, &price_path(), &with("/properties/quantity", 1.into()));
    let item = crate::support::items::small_vm();
    let line = crate::support::items::reservation_line(&item, crate::support::LARKSPUR_AZURE);
    let orders = format!("/v1/customers/{LARKSPUR}/orders");
    let order = mock.post(201, &orders, &crate::support::items::order(&[line]));
    let path = format!("{orders}/{}?include_price=true", order["id"].as_str().unwrap());
    let order = mock.get(&path);
    assert_eq!(order["totalPrice"], priced["properties"]["billingCurrencyTotal"]["amount"]);
}

#[test]
fn what_was_priced_is_bought_and_appears_in_partner_center() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let id = quote(&azure, &wanted());
    azure.azure_refused(404, "ReservationOrderNotFound", "GET", &order_path(&id), &Value::Null);
    let answer = azure.expect(202, "PUT", &order_path(&id), &wanted());
    assert!(
        answer
            .header("location")
            .unwrap()
            .contains(&format!("/reservationOrders/{id}?api-version="))
    );
    assert_eq!(answer.header("retry-after"), Some("1"));
    let begun = answer.json();
    assert_eq!(begun["properties"]["provisioningState"], "Creating");
    assert_eq!(begun["etag"], 1);
    let order = azure.get(&order_path(&id));
    assert_eq!(order["properties"]["provisioningState"], "Succeeded");
    assert_eq!(order["properties"]["billingPlan"], "Monthly");
    assert_eq!(order["properties"]["displayName"], "bought-here");
    let list = azure.get(&arm(&format!("{ORDERS}/{id}/reservations")));
    assert_eq!(list["value"][0]["properties"]["quantity"], 3);

    let entitled = mock
        .get(&format!("/v1/customers/{LARKSPUR}/entitlements?entitlementType=reservedinstance"));
    let own = entitled["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["entitledArtifacts"][0]["resourceId"] == id.as_str());
    let own = own.expect("no entitlement");
    assert_eq!(own["quantity"], 3);
    let purchase = own["referenceOrder"]["id"].as_str().unwrap();
    let purchase = mock.get(&format!("/v1/customers/{LARKSPUR}/orders/{purchase}"));
    assert_eq!(purchase["status"], "completed");
    assert_eq!(purchase["billingCycle"], "monthly");

    // The same again answers the order; another body does not.
    let again = azure.expect(200, "PUT", &order_path(&id), &wanted()).json();
    assert_eq!(again["name"], id);
    let other = with("/properties/quantity", 4.into());
    azure.azure_refused(400, "ReservationOrderIdAlreadyExists", "PUT", &order_path(&id), &other);
}

#[test]
fn the_schedule_of_an_order_follows_the_clock() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let id = quote(&azure, &wanted());
    azure.expect(202, "PUT", &order_path(&id), &wanted());
    let statuses = || -> (usize, Value) {
        let order = azure.get(&format!("{}&$expand=schedule", order_path(&id)));
        let plan = &order["properties"]["planInformation"];
        let paid = |it: &&Value| it["status"] == "Succeeded";
        let count = plan["transactions"].as_array().unwrap().iter().filter(paid).count();
        (count, plan["nextPaymentDueDate"].clone())
    };
    assert_eq!(statuses(), (1, json!("2026-04-01")));
    mock.advance("P3M");
    assert_eq!(statuses(), (4, json!("2026-07-01")));
    mock.advance("P1Y");
    assert_eq!(statuses(), (12, Value::Null));
    azure.azure_refused(
        400,
        "BadRequest",
        "GET",
        &format!("{}&$expand=everything", order_path(&id)),
        &Value::Null,
    );
    assert_eq!(azure.get(&order_path(&id))["properties"]["planInformation"], Value::Null);
}

#[test]
fn what_was_not_priced_is_not_bought() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    azure.azure_refused(400, "BadRequest", "PUT", &order_path(NOBODY), &wanted());
    let fixture = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
    azure.azure_refused(
        400,
        "ReservationOrderIdAlreadyExists",
        "PUT",
        &order_path(fixture),
        &wanted(),
    );
    let id = quote(&azure, &wanted());
    for (path, value) in [
        ("/properties/quantity", json!(4)),
        ("/properties/term", json!("P3Y")),
        ("/sku/name", json!("Standard_D4s_v4")),
        ("/location", json!("westeurope")),
        ("/properties/billingPlan", json!("Upfront")),
    ] {
        azure.azure_refused(400, "BadRequest", "PUT", &order_path(&id), &with(path, value));
    }
    // Another customer cannot take it, and after an hour nobody can.
    let theirs = with("/properties/billingScopeId", PRAIRIE_SUBSCRIPTION.into());
    mock.azure(PRAIRIE).azure_refused(400, "BadRequest", "PUT", &order_path(&id), &theirs);
    mock.advance("PT1H");
    azure.azure_refused(400, "BadRequest", "PUT", &order_path(&id), &wanted());
}

#[test]
fn what_cannot_be_sold_says_why() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    for (path, value, code) in [
        ("/sku/name", json!("Standard_Nothing"), "BadRequest"),
        ("/sku/name", json!(null), "BadRequest"),
        ("/properties/reservedResourceType", json!("Bicycles"), "BadRequest"),
        ("/properties/reservedResourceType", json!(null), "BadRequest"),
        ("/location", json!("atlantis"), "InvalidLocationId"),
        ("/location", json!(null), "InvalidLocationId"),
        ("/properties/term", json!("P5Y"), "UnsupportedReservationTerm"),
        ("/properties/term", json!("P1M"), "UnsupportedReservationTerm"),
        ("/properties/quantity", json!(0), "BadRequest"),
        ("/properties/quantity", json!(-1), "BadRequest"),
        ("/properties/quantity", json!(10_001), "BadRequest"),
        ("/properties/billingPlan", json!("Weekly"), "BadRequest"),
        ("/properties/billingScopeId", json!("x"), "InvalidSubscriptionId"),
        ("/properties/billingScopeId", json!(NOBODY), "InvalidSubscriptionId"),
        ("/properties/billingScopeId", json!(PRAIRIE_SUBSCRIPTION), "InvalidSubscriptionId"),
        ("/properties/appliedScopeType", json!("Single"), "MissingAppliedScopesForSingle"),
        ("/properties/appliedScopeType", json!(null), "BadRequest"),
        ("/properties/appliedScopes", json!([AZURE, PLAN]), "BadRequest"),
        ("/properties/displayName", json!("x".repeat(65)), "BadRequest"),
        ("/properties/displayName", json!("a\nb"), "BadRequest"),
    ] {
        azure.azure_refused(400, code, "POST", &price_path(), &with(path, value));
    }
    let mut foreign = with("/properties/appliedScopeType", "Single".into());
    foreign["properties"]["appliedScopes"] = json!([PRAIRIE_SUBSCRIPTION]);
    azure.azure_refused(
        400,
        "AppliedScopesNotAssociatedWithCommerceAccount",
        "POST",
        &price_path(),
        &foreign,
    );
    foreign["properties"]["appliedScopes"] = json!([AZURE, PLAN]);
    azure.azure_refused(400, "InvalidSingleAppliedScopesCount", "POST", &price_path(), &foreign);
    let azure_of_partner = mock.azure("7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30");
    let refused = azure_of_partner.azure_refused(
        401,
        "InvalidAuthenticationTokenTenant",
        "POST",
        &price_path(),
        &wanted(),
    );
    let challenge = refused.header("www-authenticate").unwrap();
    assert!(challenge.starts_with("Bearer authorization_uri=\"https://"), "{challenge}");
    mock.azure(COOLIBAH).azure_refused(
        400,
        "InvalidSubscriptionId",
        "POST",
        &price_path(),
        &wanted(),
    );
}
