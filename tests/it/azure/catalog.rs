//! What can be reserved, which reservations a subscription uses, what the provider can do.

use serde_json::{Value, json};

use super::{AZURE, PLAN, PRAIRIE_SUBSCRIPTION, bought};
use crate::support::{LARKSPUR, LARKSPUR_AZURE, NOBODY, arm, mock};

fn catalog(subscription: &str, query: &str) -> String {
    arm(&format!("/subscriptions/{subscription}/providers/Microsoft.Capacity/catalogs?{query}"))
}

#[test]
fn the_catalogue_is_that_of_partner_center() {
    let azure = mock().azure(LARKSPUR);
    let list = azure.get(&catalog(AZURE, "reservedResourceType=VirtualMachines&location=eastus"));
    let items = list["value"].as_array().unwrap();
    assert_eq!(list["totalItems"], items.len());
    let item = items.iter().find(|item| item["name"] == "Standard_D2s_v4").unwrap();
    assert_eq!(item["resourceType"], "virtualMachines");
    assert_eq!(item["locations"], json!(["eastus"]));
    assert_eq!(item["billingPlans"]["P1Y"], json!(["Upfront", "Monthly"]));
    let price = azure.post(
        200,
        &arm("/providers/Microsoft.Capacity/calculatePrice"),
        &json!({ "sku": { "name": "Standard_D2s_v4" }, "location": "eastus", "properties": {
            "reservedResourceType": "VirtualMachines", "billingScopeId": AZURE, "term": "P1Y",
            "quantity": 1, "appliedScopeType": "Shared",
        } }),
    );
    assert_eq!(item["msrp"]["p1Y"], price["properties"]["pricingCurrencyTotal"]);
    let older = catalog(AZURE, "reservedResourceType=VirtualMachines&location=eastus")
        .replace("2022-11-01", "2022-03-01");
    assert_eq!(azure.get(&older), list["value"], "a bare list before 2022-11-01");
}

#[test]
fn the_catalogue_is_paged_with_skip_and_take() {
    let azure = mock().azure(LARKSPUR);
    let query = "reservedResourceType=VirtualMachines&location=eastus";
    let all = azure.get(&catalog(AZURE, query));
    let page = azure.get(&catalog(AZURE, &format!("{query}&$skip=2.0&$take=3.0")));
    let range: Vec<Value> = all["value"].as_array().unwrap()[2..5].to_vec();
    assert_eq!(page["value"], Value::Array(range));
    assert_eq!(page["totalItems"], all["totalItems"]);
    let next = page["nextLink"].as_str().unwrap();
    let next = azure.get(next.split_once(azure.server.base_url().as_str()).unwrap().1);
    assert_eq!(next["value"][0], all["value"][5]);
}

#[test]
fn a_catalogue_needs_a_subscription_a_kind_and_a_region() {
    let azure = mock().azure(LARKSPUR);
    let vms = "reservedResourceType=VirtualMachines";
    for (subscription, query, status, code) in [
        (
            NOBODY,
            "reservedResourceType=VirtualMachines&location=eastus",
            404,
            "SubscriptionNotFound",
        ),
        // The id of Partner Center is not Azure's.
        (
            LARKSPUR_AZURE,
            "reservedResourceType=VirtualMachines&location=eastus",
            404,
            "SubscriptionNotFound",
        ),
        ("x", "reservedResourceType=VirtualMachines&location=eastus", 404, "SubscriptionNotFound"),
        (
            PRAIRIE_SUBSCRIPTION,
            "reservedResourceType=VirtualMachines&location=eastus",
            401,
            "InvalidAuthenticationTokenTenant",
        ),
        (AZURE, "location=eastus", 400, "BadRequest"),
        (AZURE, "reservedResourceType=Bicycles&location=eastus", 400, "BadRequest"),
        (AZURE, vms, 400, "InvalidLocationId"),
        (AZURE, "reservedResourceType=VirtualMachines&location=atlantis", 400, "InvalidLocationId"),
    ] {
        azure.azure_refused(status, code, "GET", &catalog(subscription, query), &Value::Null);
    }
}

#[test]
fn reservations_apply_to_the_subscriptions_in_their_scope() {
    let bought = bought(1);
    let applies = |subscription: &str| {
        let path = arm(&format!(
            "/subscriptions/{subscription}/providers/Microsoft.Capacity/appliedReservations"
        ));
        let list = bought.azure.get(&path);
        assert_eq!(list["name"], "default");
        let own = format!("/providers/Microsoft.Capacity/reservationorders/{}", bought.order);
        let orders = list["properties"]["reservationOrderIds"]["value"].as_array().unwrap().clone();
        orders.contains(&Value::String(own))
    };
    assert!(applies(AZURE), "shared");
    assert!(!applies(PLAN), "another kind of offer");
    bought.patch(&json!({ "appliedScopeType": "Single", "appliedScopeProperties": {
        "resourceGroupId": format!("/subscriptions/{AZURE}/resourceGroups/shop"),
    } }));
    assert!(applies(AZURE));
    bought.mock.advance("P1Y");
    assert!(!applies(AZURE), "expired");
}

#[test]
fn the_provider_lists_its_operations() {
    let azure = mock().azure(LARKSPUR);
    let list = azure.get(&arm("/providers/Microsoft.Capacity/operations"));
    let names = super::names(&list);
    assert!(names.contains(&"Microsoft.Capacity/reservationorders/read".to_owned()), "{names:?}");
}
