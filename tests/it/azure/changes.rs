//! PATCH of a reservation, archive, unarchive, availableScopes.

use partner_center_mock::domain::settings::Settings;
use serde_json::{Value, json};

use super::{AZURE, PLAN, PRAIRIE_SUBSCRIPTION, bought};
use crate::support::{LARKSPUR, LARKSPUR_AZURE, NOBODY, mock_with};

fn subscription(id: &str) -> String {
    format!("/subscriptions/{id}")
}

#[test]
fn a_reservation_is_renamed() {
    let bought = bought(1);
    let changed = bought.patch(&json!({ "name": "night batch" }));
    assert_eq!(changed["properties"]["displayName"], "night batch");
    assert_eq!(changed["properties"]["provisioningState"], "Succeeded");
    assert_eq!(changed["etag"], 4, "a change makes two revisions");
    assert_eq!(bought.get(), changed);
    for name in ["", "   ", "a\nb", &"x".repeat(65)] {
        bought.patch_refused("BadRequest", &json!({ "name": name }));
    }
}

#[test]
fn a_scope_is_given_in_every_form_that_clients_send() {
    let bought = bought(1);
    let described =
        json!({ "subscriptionId": subscription(AZURE), "displayName": "Larkspur workloads" });
    let single = subscription(AZURE);
    for properties in [
        json!({ "appliedScopeType": "Single", "appliedScopes": [single] }),
        json!({ "appliedScopeType": "single", "appliedScopes": [AZURE] }),
        json!({ "appliedScopeType": "Single", "appliedScopeProperties": { "subscriptionId": single } }),
        json!({ "appliedScopeType": "Single", "appliedScopes": [single.to_uppercase()], "appliedScopeProperties": described }),
    ] {
        let changed = bought.patch(&properties);
        let now = &changed["properties"];
        assert_eq!(now["appliedScopeType"], "Single");
        assert_eq!(now["appliedScopeProperties"], described);
        assert_eq!(
            now["appliedScopes"],
            Value::Null,
            "the answer to a change has the newer form only"
        );
        assert_eq!(bought.get()["properties"]["appliedScopes"], json!([single]));
        let shared = bought.patch(&json!({ "appliedScopeType": "Shared", "appliedScopes": null }));
        assert_eq!(shared["properties"]["appliedScopeType"], "Shared");
        assert_eq!(shared["properties"]["appliedScopeProperties"], Value::Null);
    }
}

#[test]
fn versions_before_2022_11_01_are_told_the_list_of_scopes() {
    let bought = bought(1);
    let path = bought.path().replace("2022-11-01", "2022-03-01");
    let change =
        json!({ "properties": { "appliedScopeType": "Single", "appliedScopes": [AZURE] } });
    let changed = bought.azure.expect(200, "PATCH", &path, &change).json();
    assert_eq!(changed["properties"]["appliedScopes"], json!([subscription(AZURE)]));
    assert_eq!(changed["properties"]["appliedScopeType"], "Single");
}

#[test]
fn a_resource_group_counts_as_single_and_a_management_group_as_itself() {
    let bought = bought(1);
    let group = format!("{}/resourceGroups/shop-rg", subscription(AZURE));
    let changed = bought.patch(&json!({
        "appliedScopeType": "Single", "appliedScopeProperties": { "resourceGroupId": group },
    }));
    let now = &changed["properties"];
    assert_eq!(
        (&now["appliedScopeType"], &now["userFriendlyAppliedScopeType"]),
        (&json!("Single"), &json!("ResourceGroup"))
    );
    assert_eq!(
        now["appliedScopeProperties"],
        json!({ "resourceGroupId": group, "displayName": "shop-rg" })
    );
    let management = "/providers/Microsoft.Management/managementGroups/retail";
    let changed = bought.patch(&json!({
        "appliedScopeType": "ManagementGroup",
        "appliedScopeProperties": { "tenantId": LARKSPUR, "managementGroupId": management },
    }));
    assert_eq!(
        changed["properties"]["appliedScopeProperties"],
        json!({ "tenantId": LARKSPUR, "managementGroupId": management, "displayName": "retail" })
    );
    for wrong in [
        json!({ "appliedScopeType": "ManagementGroup" }),
        json!({ "appliedScopeType": "ManagementGroup", "appliedScopes": [subscription(AZURE)], "appliedScopeProperties": { "managementGroupId": "retail" } }),
    ] {
        bought.patch_refused("BadRequest", &wrong);
    }
    let elsewhere = json!({ "appliedScopeType": "ManagementGroup", "appliedScopeProperties": { "tenantId": NOBODY, "managementGroupId": "retail" } });
    bought.patch_refused("AppliedScopesNotAssociatedWithCommerceAccount", &elsewhere);
    let no_tenant = json!({ "appliedScopeType": "ManagementGroup", "appliedScopeProperties": { "tenantId": "x", "managementGroupId": "retail" } });
    bought.patch_refused("InvalidTenantId", &no_tenant);
}

#[test]
fn a_scope_outside_the_billing_context_is_refused() {
    let bought = bought(1);
    let single =
        |id: &str| json!({ "appliedScopeType": "Single", "appliedScopes": [subscription(id)] });
    // Another customer's, one nobody has, one of the Azure plan, and the id of Partner Center.
    for id in [PRAIRIE_SUBSCRIPTION, NOBODY, PLAN, LARKSPUR_AZURE] {
        bought.patch_refused("AppliedScopesNotAssociatedWithCommerceAccount", &single(id));
    }
    bought.patch_refused("InvalidSubscriptionId", &single("web"));
    bought.patch_refused("MissingAppliedScopesForSingle", &json!({ "appliedScopeType": "Single" }));
    bought.patch_refused(
        "MissingAppliedScopesForSingle",
        &json!({ "appliedScopeType": "Single", "appliedScopes": [] }),
    );
    let two = json!({ "appliedScopeType": "Single", "appliedScopes": [subscription(AZURE), subscription(PLAN)] });
    bought.patch_refused("InvalidSingleAppliedScopesCount", &two);
    let both = json!({ "appliedScopeType": "Shared", "appliedScopes": [subscription(AZURE)] });
    bought.patch_refused("BadRequest", &both);
    bought.patch_refused("BadRequest", &json!({ "appliedScopeType": "ResourceGroup" }));
    let billing = json!({ "billingScopeId": subscription(AZURE) });
    bought.patch_refused("BillingScopeIdCannotBeChanged", &billing);
}

#[test]
fn a_change_that_changes_nothing_is_refused_unless_the_settings_say_otherwise() {
    let here = bought(1);
    for nothing in [
        json!({}),
        json!({ "name": "batch tier" }),
        // az always sends it.
        json!({ "renew": false }),
        json!({ "name": "batch tier", "appliedScopeType": "Shared", "instanceFlexibility": "On" }),
    ] {
        here.patch_refused("PatchValuesSameAsExisting", &nothing);
    }
    let scope = json!({ "appliedScopeType": "Shared", "renew": false });
    here.patch_refused("AppliedScopesSameAsExisting", &scope);
    here.azure.azure_refused(400, "PatchValuesSameAsExisting", "PATCH", &here.path(), &json!({}));

    let settings = Settings { refuse_empty_change: false, ..Settings::default() };
    let lenient = mock_with(|builder| builder.settings(settings));
    let there = super::bought_in(lenient, 1);
    let same = there.patch(&json!({ "name": "batch tier" }));
    assert_eq!(same["etag"], 2);
}

#[test]
fn instance_size_flexibility_is_for_machines_and_off_only_with_a_single_scope() {
    let bought = bought(1);
    assert_eq!(bought.get()["properties"]["instanceFlexibility"], "On");
    bought.patch_refused("BadRequest", &json!({ "instanceFlexibility": "Off" }));
    bought.patch_refused("BadRequest", &json!({ "instanceFlexibility": "Sometimes" }));
    let changed = bought.patch(&json!({
        "instanceFlexibility": "off", "appliedScopeType": "Single", "appliedScopes": [AZURE],
    }));
    assert_eq!(changed["properties"]["instanceFlexibility"], "Off");
    bought.patch_refused("BadRequest", &json!({ "appliedScopeType": "Shared" }));
    bought.patch(&json!({ "instanceFlexibility": "On", "appliedScopeType": "Shared" }));
}

#[test]
fn revisions_tell_what_a_reservation_was() {
    let bought = bought(1);
    bought.patch(&json!({ "name": "second" }));
    let list = bought
        .azure
        .get(&bought.of_order(&format!("reservations/{}/revisions", bought.reservation)));
    let told: Vec<(u64, &str, &str)> = list["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["etag"].as_u64().unwrap(),
                it["properties"]["displayName"].as_str().unwrap(),
                it["properties"]["provisioningState"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (4, "second", "Succeeded"),
            (3, "batch tier", "Pending"),
            (2, "batch tier", "Succeeded"),
            (1, "batch tier", "Creating")
        ]
    );
    let first = &list["value"][0];
    assert_eq!(first["name"], "4");
    assert!(
        first["id"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/reservations/{}/revisions/4", bought.reservation))
    );
    assert_eq!(first["type"], "microsoft.capacity/reservationOrders/reservations/revisions");
    assert_eq!(list["value"][1]["properties"]["extendedStatusInfo"]["statusCode"], "Pending");
}

#[test]
fn only_what_is_over_is_archived() {
    let bought = bought(2);
    let path = |id: &str, action: &str| bought.of_order(&format!("reservations/{id}/{action}"));
    let post = |path: &str| bought.azure.expect(200, "POST", path, &Value::Null);
    for action in ["archive", "unarchive"] {
        let path = path(&bought.reservation, action);
        bought.azure.azure_refused(
            400,
            "OperationCannotBePerformedInCurrentState",
            "POST",
            &path,
            &Value::Null,
        );
    }
    bought.split(&bought.reservation, [1, 1]);
    assert_eq!(post(&path(&bought.reservation, "archive")).text, "");
    let archived = bought.get();
    assert_eq!(archived["properties"]["archived"], true);
    post(&path(&bought.reservation, "archive"));
    assert_eq!(bought.get()["etag"], archived["etag"], "twice changes nothing");
    post(&path(&bought.reservation, "unarchive"));
    assert_eq!(bought.get()["properties"]["archived"], false);
}

#[test]
fn available_scopes_are_those_of_the_billing_context() {
    let bought = bought(1);
    let path = bought.of_order(&format!("reservations/{}/availableScopes", bought.reservation));
    let asked = [AZURE, PLAN, PRAIRIE_SUBSCRIPTION, NOBODY].map(subscription);
    let answer = bought.azure.post(200, &path, &json!({ "properties": { "scopes": asked } }));
    let valid: Vec<bool> = answer["properties"]["scopes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["valid"].as_bool().unwrap())
        .collect();
    assert_eq!(valid, [true, false, false, false]);
    assert_eq!(answer["properties"]["scopes"][0]["scope"], asked[0]);
    bought.azure.azure_refused(400, "BadRequest", "POST", &path, &json!({ "properties": {} }));
}

#[test]
fn unknown_orders_and_reservations_are_told_apart() {
    let bought = bought(1);
    let body = json!({ "properties": { "name": "x" } });
    let other = bought.path_of(NOBODY);
    bought.azure.azure_refused(404, "ReservationIdNotInReservationOrder", "PATCH", &other, &body);
    let other = bought.path().replace(&bought.order, NOBODY);
    bought.azure.azure_refused(404, "ReservationOrderNotFound", "PATCH", &other, &body);
    let other = bought.path_of("web");
    bought.azure.azure_refused(400, "InvalidReservationId", "GET", &other, &Value::Null);
}

#[test]
fn renewal_properties_are_checked_when_they_are_set() {
    let bought = bought(2);
    let purchase = |change: &dyn Fn(&mut Value)| {
        let mut purchase = json!({
            "sku": { "name": "Standard_D2s_v4" }, "location": "eastus",
            "properties": {
                "reservedResourceType": "VirtualMachines", "billingScopeId": subscription(AZURE),
                "term": "P3Y", "billingPlan": "Monthly", "quantity": 3, "displayName": "next",
                "appliedScopeType": "Shared", "renew": true,
            },
        });
        change(&mut purchase);
        json!({ "renew": true, "renewProperties": { "purchaseProperties": purchase } })
    };
    let changed = bought.patch(&purchase(&|_| {}));
    assert_eq!(changed["properties"]["renew"], true);
    assert_eq!(changed["properties"]["userFriendlyRenewState"], "On");
    assert_eq!(changed["properties"]["renewProperties"], Value::Null, "only when asked for");
    let expanded = bought.azure.get(&format!("{}&$expand=renewProperties", bought.path()));
    let renewal = &expanded["properties"]["renewProperties"];
    assert_eq!(renewal["purchaseProperties"]["properties"]["quantity"], 3);
    assert_eq!(renewal["purchaseProperties"]["properties"]["term"], "P3Y");
    assert_eq!(renewal["billingCurrencyTotal"], Value::Null, "known in the last 30 days only");
    let same_scope = json!({ "appliedScopeType": "Shared", "renewProperties":
        purchase(&|_| {})["renewProperties"] });
    bought.patch_refused("PatchValuesSameAsExisting", &same_scope);

    let quantity = purchase(&|it| it["properties"]["quantity"] = 0.into());
    bought.patch_refused("BadRequest", &quantity);
    let term = purchase(&|it| it["properties"]["term"] = "P5Y".into());
    bought.patch_refused("UnsupportedReservationTerm", &term);
    let location = purchase(&|it| it["location"] = "atlantis".into());
    bought.patch_refused("InvalidLocationId", &location);
    let billed = purchase(&|it| it["properties"]["billingScopeId"] = PRAIRIE_SUBSCRIPTION.into());
    bought.patch_refused("InvalidSubscriptionId", &billed);
    let mut without = purchase(&|_| {});
    without["renew"] = false.into();
    bought.patch_refused("BadRequest", &without);
    bought.patch_refused("BadRequest", &json!({ "renew": true, "renewProperties": {} }));
}

#[test]
fn names_in_a_scope_are_the_same_in_any_casing() {
    let bought = bought(2);
    let group = |name: &str| format!("{}/resourceGroups/{name}", subscription(AZURE));
    let scoped =
        |name: &str| json!({ "appliedScopeType": "Single", "appliedScopes": [group(name)] });
    bought.patch(&scoped("shop-rg"));
    bought.patch_refused("AppliedScopesSameAsExisting", &scoped("SHOP-RG"));
    let [first, second] = bought.split(&bought.reservation, [1, 1]);
    for (id, name) in [(&first, "other"), (&first, "Shop-rg")] {
        let body = json!({ "properties": scoped(name) });
        bought.azure.expect(200, "PATCH", &bought.path_of(id), &body);
    }
    let merge = json!({ "properties": { "sources": [first, second] } });
    bought.azure.expect(200, "POST", &bought.of_order("merge"), &merge);
}

#[test]
fn a_management_group_is_described_and_not_listed_as_a_scope() {
    let bought = bought(1);
    bought.patch(&json!({
        "appliedScopeType": "ManagementGroup",
        "appliedScopeProperties": { "tenantId": LARKSPUR, "managementGroupId": "retail" },
    }));
    let now = bought.get();
    assert_eq!(now["properties"]["appliedScopes"], Value::Null);
    assert!(now["properties"]["appliedScopeProperties"].is_object());
}
