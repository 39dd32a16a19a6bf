//! Time: expiring, expired, renewed; and what is refused then.

use partner_center_mock::domain::ids::{CustomerId, TenantId};
use partner_center_mock::domain::settings::{PurchaseStates, Settings, Transition};
use serde_json::{Value, json};

use super::{ORDERS, bought, bought_for, bought_in, names};
use crate::support::{
    LARKSPUR, LARKSPUR_AZURE, PRAIRIE, PRAIRIE_AZURE, SUNDARAM, arm, items, mock, mock_with,
    sandbox,
};

fn display(bought: &super::Bought) -> Value {
    bought.get()["properties"]["displayProvisioningState"].clone()
}

#[test]
fn a_reservation_is_expiring_for_thirty_days_and_then_expired_on_both_sides() {
    let bought = bought_for(mock(), 2, "P3Y");
    assert_eq!(display(&bought), "Succeeded");
    bought.mock.advance("P2Y10M28D");
    assert_eq!(display(&bought), "Succeeded");
    bought.mock.advance("P1D");
    assert_eq!(display(&bought), "Expiring");
    assert_eq!(bought.get()["properties"]["provisioningState"], "Succeeded");
    bought.mock.advance("P29D");
    assert!(bought.artifact().is_some());
    bought.mock.advance("P1D");
    let over = bought.get();
    assert_eq!(over["properties"]["provisioningState"], "Expired");
    assert_eq!(over["properties"]["displayProvisioningState"], "Expired");
    assert_eq!(over["properties"]["userFriendlyRenewState"], "NotRenewed");
    assert_eq!(over["properties"]["capabilities"], Value::Null);
    let order = bought.azure.get(&bought.order_path());
    assert_eq!(order["properties"]["provisioningState"], "Expired");
    assert!(bought.artifact().is_none());

    bought.patch_refused("OperationCannotBePerformedInCurrentState", &json!({ "name": "late" }));
    let split =
        json!({ "properties": { "quantities": [1, 1], "reservationId": bought.reservation } });
    bought.azure.azure_refused(
        400,
        "OperationCannotBePerformedInCurrentState",
        "POST",
        &bought.of_order("split"),
        &split,
    );
    let archive = bought.of_order(&format!("reservations/{}/archive", bought.reservation));
    bought.azure.expect(200, "POST", &archive, &Value::Null);
}

#[test]
fn a_reservation_that_renews_is_followed_by_another_on_both_sides() {
    let bought = bought(4);
    bought.patch(&json!({ "renew": true, "name": "renewing" }));
    let before = names(&bought.azure.get(&arm(ORDERS)));
    let orders = format!("/v1/customers/{LARKSPUR}/orders");
    let placed = bought.mock.get(&orders)["totalCount"].as_u64().unwrap();
    bought.mock.advance("P1Y");

    let old = bought.get();
    assert_eq!(old["properties"]["provisioningState"], "Expired");
    assert_eq!(old["properties"]["userFriendlyRenewState"], "Renewed");
    let after = names(&bought.azure.get(&arm(ORDERS)));
    let new: Vec<&String> = after.iter().filter(|id| !before.contains(id)).collect();
    assert_eq!(new.len(), 1);
    let order = bought.azure.get(&arm(&format!("{ORDERS}/{}", new[0])));
    assert_eq!(order["properties"]["provisioningState"], "Succeeded");
    let list = bought.azure.get(&arm(&format!("{ORDERS}/{}/reservations", new[0])));
    let next = &list["value"][0];
    assert_eq!(old["properties"]["renewDestination"], next["id"]);
    assert_eq!(next["properties"]["renewSource"], old["id"]);
    assert_eq!(next["properties"]["quantity"], 4);
    assert_eq!(next["properties"]["displayName"], "renewing");
    assert_eq!(next["properties"]["renew"], true);
    assert_eq!(next["properties"]["userFriendlyRenewState"], "On");
    assert_eq!(next["properties"]["benefitStartTime"], "2027-03-01T12:00:00.0000000Z");
    assert_eq!(next["properties"]["expiryDate"], "2028-03-01");

    let list = bought.mock.get(&orders);
    assert_eq!(list["totalCount"].as_u64().unwrap(), placed + 1);
    let renewal = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|order| {
            order["transactionType"] == "SystemPurchase"
                || order["transactionType"] == "systemPurchase"
        })
        .expect("no order that the system placed");
    assert_eq!(renewal["lineItems"][0]["quantity"], 4);
    let entitled = bought
        .mock
        .get(&format!("/v1/customers/{LARKSPUR}/entitlements?entitlementType=reservedinstance"));
    let ids: Vec<&str> = entitled["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["entitledArtifacts"][0]["resourceId"].as_str().unwrap())
        .collect();
    assert!(ids.contains(&new[0].as_str()) && !ids.contains(&bought.order.as_str()), "{ids:?}");
}

#[test]
fn a_renewal_buys_what_its_properties_say() {
    let bought = bought(4);
    let purchase = json!({
        "sku": { "name": "Standard_D4s_v4" }, "location": "westeurope",
        "properties": {
            "reservedResourceType": "VirtualMachines", "billingScopeId": super::AZURE, "term": "P3Y",
            "billingPlan": "Monthly", "quantity": "2", "displayName": "larger", "appliedScopeType": "Shared",
        },
    });
    bought.patch(&json!({ "renew": true, "renewProperties": { "purchaseProperties": purchase } }));
    bought.mock.advance("P1Y");
    let destination = bought.get()["properties"]["renewDestination"].as_str().unwrap().to_owned();
    let next = bought.azure.get(&arm(&destination));
    assert_eq!(next["sku"]["name"], "Standard_D4s_v4");
    assert_eq!(next["location"], "westeurope");
    let properties = &next["properties"];
    assert_eq!(
        (&properties["quantity"], &properties["term"], &properties["billingPlan"]),
        (&json!(2), &json!("P3Y"), &json!("Monthly"))
    );
    assert_eq!(properties["renew"], false);
}

#[test]
fn a_renewal_that_cannot_be_bought_is_no_renewal() {
    let bought = bought(1);
    bought.patch(&json!({ "renew": true }));
    let subscription = format!("/v1/customers/{LARKSPUR}/subscriptions/{LARKSPUR_AZURE}");
    let mut body = bought.mock.get(&subscription);
    body["status"] = "suspended".into();
    bought.mock.expect(200, "PATCH", &subscription, &body);
    assert_eq!(display(&bought), "Succeeded", "shared scope keeps its benefit");
    bought.mock.advance("P1Y");
    let over = bought.get();
    assert_eq!(over["properties"]["userFriendlyRenewState"], "NotRenewed");
    assert_eq!(over["properties"]["renewDestination"], Value::Null);
}

#[test]
fn a_reservation_whose_only_subscription_is_suspended_has_no_benefit() {
    let bought = bought(1);
    bought.patch(&json!({ "appliedScopeType": "Single", "appliedScopes": [super::AZURE] }));
    let subscription = format!("/v1/customers/{LARKSPUR}/subscriptions/{LARKSPUR_AZURE}");
    let mut body = bought.mock.get(&subscription);
    body["status"] = "suspended".into();
    bought.mock.expect(200, "PATCH", &subscription, &body);
    assert_eq!(display(&bought), "NoBenefit");
    body = bought.mock.get(&subscription);
    body["status"] = "active".into();
    bought.mock.expect(200, "PATCH", &subscription, &body);
    assert_eq!(display(&bought), "Succeeded");
}

#[test]
fn an_order_cancelled_in_partner_center_is_cancelled_in_azure() {
    let sandbox = sandbox();
    let item = items::reservation("CA", "Standard_B1s", "eastus", "P1Y");
    let line = items::reservation_line(&item, PRAIRIE_AZURE);
    let azure = sandbox.azure(PRAIRIE);
    let orders = format!("/v1/customers/{PRAIRIE}/orders");
    let before = names(&azure.get(&arm(ORDERS)));
    let placed = sandbox.post(201, &orders, &items::order(&[line]));
    let after = names(&azure.get(&arm(ORDERS)));
    let new = after.iter().find(|id| !before.contains(id)).unwrap();
    let purchase = format!("{orders}/{}", placed["id"].as_str().unwrap());
    sandbox.expect(200, "PATCH", &purchase, &json!({ "status": "cancelled" }));
    let cancelled = azure.get(&arm(&format!("{ORDERS}/{new}")));
    assert_eq!(cancelled["properties"]["provisioningState"], "Cancelled");
    let list = azure.get(&arm(&format!("{ORDERS}/{new}/reservations")));
    let name = list["value"][0]["name"].as_str().unwrap();
    let body = json!({ "properties": { "name": "late" } });
    let path = arm(&format!("{ORDERS}/{new}/reservations/{name}"));
    azure.azure_refused(400, "OperationCannotBePerformedInCurrentState", "PATCH", &path, &body);
}

#[test]
fn an_order_on_its_way_passes_through_the_long_states_where_the_settings_say_so() {
    let mut settings = Settings {
        purchase_states: PurchaseStates::Long,
        expiring_days: 400,
        ..Settings::default()
    };
    settings.set_delay(Transition::OrderProvisioning, "PT1H".parse().unwrap());
    let bought = bought_in(mock_with(|builder| builder.settings(settings)), 1);
    let mut seen = Vec::new();
    for _ in 0..8 {
        let order = bought.azure.get(&bought.order_path());
        seen.push(order["properties"]["provisioningState"].as_str().unwrap().to_owned());
        bought.mock.advance("PT10M");
    }
    let expected = [
        "Creating",
        "PendingResourceHold",
        "ConfirmedResourceHold",
        "PendingBilling",
        "ConfirmedBilling",
        "Created",
        "Succeeded",
        "Succeeded",
    ];
    assert_eq!(seen, expected);
    assert_eq!(display(&bought), "Expiring", "400 days before the end");
}

#[test]
fn the_price_of_a_renewal_is_known_in_the_last_thirty_days() {
    let bought = bought(2);
    bought.patch(&json!({ "renew": true }));
    let renewal = || {
        let expanded = bought.azure.get(&format!("{}&$expand=renewProperties", bought.path()));
        expanded["properties"]["renewProperties"].clone()
    };
    bought.mock.advance("P334D");
    let early = renewal();
    assert_eq!(early["purchaseProperties"]["properties"]["quantity"], 2);
    assert_eq!(early["pricingCurrencyTotal"], Value::Null);
    bought.mock.advance("P1D");
    assert!(renewal()["pricingCurrencyTotal"]["amount"].as_f64().unwrap() > 0.0);
    assert!(renewal()["billingCurrencyTotal"]["amount"].as_f64().unwrap() > 0.0);
}

#[test]
fn what_was_cancelled_is_never_paid_however_much_time_passes() {
    let sandbox = sandbox();
    let azure = sandbox.azure(PRAIRIE);
    let wanted = json!({
        "sku": { "name": "Standard_B1s" }, "location": "eastus",
        "properties": {
            "reservedResourceType": "VirtualMachines",
            "billingScopeId": super::PRAIRIE_SUBSCRIPTION, "term": "P1Y", "billingPlan": "Monthly",
            "quantity": 1, "appliedScopeType": "Shared",
        },
    });
    let price = arm("/providers/Microsoft.Capacity/calculatePrice");
    let priced = azure.post(200, &price, &wanted);
    let id = priced["properties"]["reservationOrderId"].as_str().unwrap();
    let path = arm(&format!("{ORDERS}/{id}"));
    azure.expect(202, "PUT", &path, &wanted);
    sandbox.advance("P1M");
    let entitled = sandbox
        .get(&format!("/v1/customers/{PRAIRIE}/entitlements?entitlementType=reservedinstance"));
    let own = entitled["items"].as_array().unwrap().iter();
    let own = own.clone().find(|it| it["entitledArtifacts"][0]["resourceId"] == id).unwrap();
    let purchase = own["referenceOrder"]["id"].as_str().unwrap();
    let purchase = format!("/v1/customers/{PRAIRIE}/orders/{purchase}");
    sandbox.expect(200, "PATCH", &purchase, &json!({ "status": "cancelled" }));
    let plan = || {
        let order = azure.get(&format!("{path}&$expand=schedule"));
        order["properties"]["planInformation"].clone()
    };
    let cancelled = plan();
    let statuses: Vec<&Value> =
        cancelled["transactions"].as_array().unwrap().iter().map(|it| &it["status"]).collect();
    assert_eq!(statuses[..3], ["Succeeded", "Succeeded", "Cancelled"]);
    assert_eq!(cancelled["transactions"][0]["billingAccount"], "partner");
    assert_eq!(cancelled["transactions"][2]["billingAccount"], Value::Null);
    assert_eq!(cancelled["nextPaymentDueDate"], Value::Null);
    sandbox.advance("P3M");
    assert_eq!(plan(), cancelled);

    // A repeated purchase of what is over says where the order is, so that nobody polls for success.
    let again = azure.expect(200, "PUT", &path, &wanted);
    assert_eq!(again.json()["properties"]["provisioningState"], "Cancelled");
    assert!(again.header("location").unwrap().contains(&format!("/reservationOrders/{id}?")));
}

#[test]
fn a_long_name_from_partner_center_does_not_stop_the_renewal() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let mut line = items::reservation_line(&items::small_vm(), LARKSPUR_AZURE);
    line["friendlyName"] = "n".repeat(100).into();
    let before = names(&azure.get(&arm(ORDERS)));
    mock.post(201, &format!("/v1/customers/{LARKSPUR}/orders"), &items::order(&[line]));
    let new = |before: &[String]| {
        let after = names(&azure.get(&arm(ORDERS)));
        let mut new = after.into_iter().filter(|id| !before.contains(id));
        (new.next(), new.next())
    };
    let (Some(order), None) = new(&before) else { panic!("not one new order") };
    let path = format!("{ORDERS}/{order}/reservations");
    let id = names(&azure.get(&arm(&path))).remove(0);
    let path = arm(&format!("{path}/{id}"));
    azure.expect(200, "PATCH", &path, &json!({ "properties": { "renew": true } }));
    mock.advance("P3Y");
    assert_eq!(azure.get(&path)["properties"]["userFriendlyRenewState"], "Renewed");
}

#[test]
fn azure_forgets_a_customer_that_is_deleted() {
    let sandbox = sandbox();
    let tenant = TenantId(SUNDARAM.parse::<CustomerId>().unwrap().0);
    let roles = || {
        let state = sandbox.handle().world().published();
        state.role_assignments.iter().filter(|((of, _), _)| *of == tenant).count()
    };
    assert!(roles() > 0);
    let path = format!("/v1/customers/{SUNDARAM}");
    sandbox.expect(204, "DELETE", &path, &Value::Null);
    assert_eq!(roles(), 0);
}
