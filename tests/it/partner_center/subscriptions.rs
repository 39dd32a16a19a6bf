//! Subscriptions: lists, changes, provisioning, support contact, activation, Azure subscriptions.

use partner_center_mock::api::service::Options;
use partner_center_mock::domain::ids::{CustomerId, SubscriptionId};
use partner_center_mock::domain::orders::{NewOrder, place};
use partner_center_mock::domain::purchase::LineRequest;
use partner_center_mock::domain::settings::Transition;
use partner_center_mock::domain::subscriptions::Subscription;
use serde_json::{Value, json};

use crate::support::{
    FOREIGN, LARKSPUR, LARKSPUR_AZURE, LARKSPUR_LICENCE, LARKSPUR_PLAN, Mock, NOBODY, mock,
    mock_with, sandbox,
};

/// The Azure subscription below the Azure plan.
const ENTITLEMENT: &str = "a4c7e0d3-5b92-4f18-8d6a-3e9f1c7b2d50";
/// Suspended.
const VERNEUIL: &str = "3d6f0a95-2b8c-4e17-9f4a-c5e7d9b1a382";
const VERNEUIL_AZURE: &str = "74e1b8c5-0d39-4a62-b7f8-2c6e9a4d1f53";
/// Bought through a reseller.
const CEDAR: &str = "2a8c4e6f-9d13-4b57-a0e2-c4f6d8b0a139";
const CEDAR_AZURE: &str = "8e0a2c4d-6f17-4b39-9d5c-e1b3f7a5d028";

fn path(customer: &str, subscription: &str) -> String {
    format!("/v1/customers/{customer}/subscriptions/{subscription}")
}

fn own(subscription: &str) -> String {
    path(LARKSPUR, subscription)
}

/// The catalog item of a SKU for a term.
fn item(mock: &Mock, product: &str, sku: &str, term: &str) -> String {
    let availabilities =
        mock.get(&format!("/v1/customers/{LARKSPUR}/products/{product}/skus/{sku}/availabilities"));
    availabilities["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["terms"][0]["duration"] == *term)
        .unwrap_or_else(|| panic!("{product}:{sku} for {term}"))["catalogItemId"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Orders it and gives the id of the subscription it makes.
fn buy(mock: &Mock, item: &str, quantity: i64, parent: Option<&str>) -> String {
    let customer: CustomerId = LARKSPUR.parse().unwrap();
    let line = LineRequest {
        catalog_item_id: item.to_owned(),
        quantity,
        parent_subscription: parent.map(str::to_owned),
        ..LineRequest::default()
    };
    let order = NewOrder { lines: vec![line], ..NewOrder::default() };
    let order = mock.handle().world().write(|tx| place(tx, customer, order)).unwrap();
    let list = mock.get(&format!("/v1/customers/{LARKSPUR}/subscriptions?order_id={order}"));
    assert_eq!(list["totalCount"], 1, "{item}: {list}");
    list["items"][0]["id"].as_str().unwrap().to_owned()
}

fn licences(mock: &Mock) -> String {
    buy(mock, &item(mock, "CFQ7TTC0LFLX", "0001", "P1Y"), 10, None)
}

fn saas(mock: &Mock) -> String {
    buy(mock, &item(mock, "DZH318Z0NFA1", "0001", "P1M"), 4, None)
}

fn software(mock: &Mock) -> String {
    buy(mock, &item(mock, "DZH318Z0WSSB", "0001", "P1Y"), 2, None)
}

fn patch(mock: &Mock, subscription: &str, body: Value) -> Value {
    mock.expect(200, "PATCH", &own(subscription), &body).json()
}

/// Changes a subscription behind the wire, into a state that takes too long to reach by calls.
fn set(mock: &Mock, subscription: &str, change: impl FnOnce(&mut Subscription)) {
    let key = (LARKSPUR.parse().unwrap(), subscription.parse::<SubscriptionId>().unwrap());
    let write = |tx: &mut partner_center_mock::domain::transaction::Transaction| {
        let mut row = Subscription::clone(tx.subscription(key.0, key.1)?);
        change(&mut row);
        tx.subscriptions.put(key, row);
        Ok(())
    };
    mock.handle().world().write(write).unwrap();
}

#[test]
fn a_subscription_reads_as_documented() {
    let mock = mock();
    let body = mock.get(&own(LARKSPUR_AZURE));
    let order = body["orderId"].as_str().unwrap();
    assert_eq!(
        body,
        json!({
            "id": LARKSPUR_AZURE,
            "entitlementId": "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18",
            "offerId": "MS-AZR-0145P",
            "offerName": "Microsoft Azure",
            "friendlyName": "Larkspur workloads",
            "productType": {"id": "Azure", "displayName": "Azure"},
            "quantity": 1,
            "unitType": "Usage-based",
            "hasPurchasableAddons": false,
            "creationDate": "2022-03-01T12:00:00.0000000Z",
            "effectiveStartDate": "2022-03-01T12:00:00.0000000Z",
            "commitmentEndDate": "9999-12-10T00:00:00.0000000Z",
            "status": "active",
            "autoRenewEnabled": false,
            "isTrial": false,
            "billingType": "usage",
            "billingCycle": "monthly",
            "termDuration": "",
            "isMicrosoftProduct": true,
            "publisherName": "Microsoft",
            "partnerId": "",
            "actions": ["Edit"],
            "contractType": "subscription",
            "links": {
                "offer": {"uri": "/offers/MS-AZR-0145P?country=US", "method": "GET", "headers": []},
                "self": {
                    "uri": format!("/customers/{LARKSPUR}/subscriptions/{LARKSPUR_AZURE}"),
                    "method": "GET",
                    "headers": [],
                },
            },
            "orderId": order,
            "attributes": {"etag": body["attributes"]["etag"], "objectType": "Subscription"},
        })
    );
    let plan = mock.get(&own(LARKSPUR_PLAN));
    assert_eq!(plan["offerName"], "Microsoft Azure plan");
    assert_eq!(plan.get("entitlementId"), None);
    assert!(plan["offerId"].as_str().unwrap().starts_with("DZH318Z0BPS6:0001:"));
    assert_eq!(plan["links"]["product"]["uri"], "/products/DZH318Z0BPS6?country=US");
    mock.get(&format!("/v1{}", plan["links"]["availability"]["uri"].as_str().unwrap()));
    assert!(!body.to_string().contains("null") && !plan.to_string().contains("null"));
}

#[test]
fn a_licence_subscription_tells_its_term_and_what_can_be_given_back() {
    let mock = mock();
    let body = mock.get(&own(&licences(&mock)));
    assert_eq!(body["productType"]["displayName"], "OnlineServicesNCE");
    assert_eq!(
        (&body["termDuration"], &body["renewalTermDuration"]),
        (&json!("P1Y"), &json!("P1Y"))
    );
    assert_eq!(body["commitmentEndDate"], "2027-03-01T12:00:00.0000000Z");
    let until = "2026-03-08T12:00:00.0000000Z";
    assert_eq!(body["cancellationAllowedUntilDate"], until);
    assert_eq!(body["refundOptions"], json!([{"type": "Full", "expiresAt": until}]));
    assert_eq!(
        body["refundableQuantity"],
        json!({"totalQuantity": 10, "details": [{"quantity": 10, "allowedUntilDateTime": until}]})
    );
    assert_eq!(body["billingCycleEndDate"], "2026-04-01T12:00:00.0000000Z");
    assert_eq!(body["actions"], json!(["Edit", "Cancel"]));
    mock.advance("P8D");
    let later = mock.get(&format!("/v1{}", body["links"]["self"]["uri"].as_str().unwrap()));
    assert_eq!(later["refundableQuantity"], json!({"totalQuantity": 0, "details": []}));
    assert_eq!(later["actions"], json!(["Edit"]));
}

#[test]
fn lists_filter_by_order_and_reseller() {
    let mock = mock();
    let list = format!("/v1/customers/{LARKSPUR}/subscriptions");
    let all = mock.get(&list);
    assert_eq!(all["totalCount"], 3, "reservations have no subscription: {all}");
    let order = all["items"][0]["orderId"].as_str().unwrap();
    let of_order = mock.get(&format!("{list}?Order_Id={order}"));
    assert_eq!(of_order["items"], json!([all["items"][0]]));
    let cedar = format!("/v1/customers/{CEDAR}/subscriptions");
    assert_eq!(mock.get(&format!("{cedar}?mpn_id=6120453"))["items"][0]["id"], CEDAR_AZURE);
    for nothing in [
        format!("{list}?order_id=none"),
        format!("{list}?mpn_id=6120453"),
        format!("{cedar}?mpn_id=1&order_id=x"),
    ] {
        assert_eq!(mock.get(&nothing)["totalCount"], 0, "{nothing}");
    }
    let malformed = format!("{list}?mpn_id=granite");
    mock.refused(400, 800_002, "GET", &malformed, &Value::Null);
    for (status, code, customer) in
        [(404, 1000, NOBODY), (403, 20002, FOREIGN), (400, 800_002, "x")]
    {
        let path = format!("/v1/customers/{customer}/subscriptions");
        mock.refused(status, code, "GET", &path, &Value::Null);
    }
    for unknown in [NOBODY, "x", "", CEDAR_AZURE] {
        if !unknown.is_empty() {
            mock.refused(404, 20003, "GET", &own(unknown), &Value::Null);
        }
    }
}

#[test]
fn the_whole_resource_sent_back_changes_only_what_differs() {
    let mock = mock();
    for id in [LARKSPUR_AZURE, LARKSPUR_PLAN, LARKSPUR_LICENCE] {
        let mut body = mock.get(&own(id));
        body["friendlyName"] = json!("Renamed");
        body["unitType"] = json!("none");
        body["billingType"] = json!("none");
        let after = patch(&mock, id, body.clone());
        assert_ne!(after["attributes"]["etag"], body["attributes"]["etag"]);
        body["attributes"] = after["attributes"].clone();
        let now = mock.get(&own(id));
        body["unitType"] = now["unitType"].clone();
        body["billingType"] = now["billingType"].clone();
        assert_eq!(after, body);
        assert_eq!(now, body);
    }
}

#[test]
fn unset_values_of_clients_change_nothing() {
    let mock = mock();
    let before = mock.get(&own(LARKSPUR_AZURE));
    // As the .NET SDK writes a sparse resource.
    let after = patch(
        &mock,
        LARKSPUR_AZURE,
        json!({
            "Id": null, "OfferId": null, "FriendlyName": null, "Quantity": 0, "Status": "none",
            "AutoRenewEnabled": false, "BillingCycle": "unknown", "BillingType": "none",
            "PartnerId": "", "CreationDate": "0001-01-01T00:00:00", "Links": null,
            "Attributes": {"Etag": null, "ObjectType": "Subscription"},
        }),
    );
    for key in ["friendlyName", "quantity", "status", "partnerId", "billingCycle", "creationDate"] {
        assert_eq!(after[key], before[key], "{key}");
    }
    assert_eq!(patch(&mock, LARKSPUR_AZURE, json!({"status": ""}))["status"], "active");
    assert_eq!(
        patch(&mock, LARKSPUR_AZURE, json!({"friendlyName": " "}))["friendlyName"],
        before["friendlyName"]
    );
}

#[test]
fn a_stale_version_is_refused_wherever_it_stands() {
    let mock = mock();
    let seen = mock.get(&own(LARKSPUR_AZURE))["attributes"]["etag"].as_str().unwrap().to_owned();
    let with = |etag: &str| json!({"friendlyName": "New", "attributes": {"etag": etag}});
    let send = |header: &str, body: &Value| {
        mock.send("PATCH", &own(LARKSPUR_AZURE), &[("If-Match", header)], &body.to_string())
    };
    assert_eq!(send(&format!("\"{seen}\""), &with("")).status, 200);
    mock.refused(400, 2055, "PATCH", &own(LARKSPUR_AZURE), &with(&seen));
    for (header, body) in [(&*seen, with("")), (&*seen, json!({"friendlyName": "x"}))] {
        let answer = send(header, &body);
        assert_eq!((answer.status, answer.code()), (400, 2055), "{}", answer.text);
    }
    // The header counts before the body, and anything goes with a star.
    let now = mock.get(&own(LARKSPUR_AZURE))["attributes"]["etag"].as_str().unwrap().to_owned();
    assert_eq!(send(&now, &with(&seen)).status, 200);
    assert_eq!(send("*", &with("")).status, 200);
    assert_eq!(mock.send("PATCH", &own(LARKSPUR_AZURE), &[], "{}").status, 200);
}

#[test]
fn seats_are_added_and_taken_back_within_the_window() {
    let mock = mock();
    let id = licences(&mock);
    assert_eq!(patch(&mock, &id, json!({"quantity": 40}))["quantity"], 40);
    assert_eq!(patch(&mock, &id, json!({"quantity": 12}))["quantity"], 12);
    for quantity in [-1, 10_000_001, i64::from(u32::MAX) + 1, i64::MIN] {
        mock.refused(400, 2002, "PATCH", &own(&id), &json!({"quantity": quantity}));
    }
    mock.advance("P8D");
    mock.refused(400, 800_090, "PATCH", &own(&id), &json!({"quantity": 11}));
    assert_eq!(patch(&mock, &id, json!({"quantity": 13}))["quantity"], 13);
    for (id, code) in
        [(LARKSPUR_AZURE, 800_095), (LARKSPUR_PLAN, 800_095), (&software(&mock), 800_095)]
    {
        mock.refused(400, code, "PATCH", &own(id), &json!({"quantity": 7}));
    }
    let trial = buy(&mock, &item(&mock, "CFQ7TTC0LH18", "0002", "P1M"), 5, None);
    mock.refused(400, 2006, "PATCH", &own(&trial), &json!({"quantity": 7}));
}

#[test]
fn a_slow_world_provisions_seats_in_its_time() {
    let mock = mock_with(|builder| {
        builder.delay(Transition::SubscriptionProvisioning, "PT5M".parse().unwrap())
    });
    let id = licences(&mock);
    let provisioning = || mock.get(&format!("{}/provisioningstatus", own(&id)));
    assert_eq!(provisioning()["status"], "success");
    let answer = mock.expect(202, "PATCH", &own(&id), &json!({"quantity": 11}));
    let location = format!("/customers/{LARKSPUR}/subscriptions/{id}");
    assert_eq!(answer.header("location"), Some(&*location));
    assert_eq!(answer.json()["quantity"], 11);
    assert_eq!(provisioning()["status"], "pending");
    // New commerce and everything else have different words for "not yet".
    mock.refused(409, 900_278, "PATCH", &own(&id), &json!({"quantity": 12}));
    mock.refused(409, 900_278, "PATCH", &own(&id), &json!({"friendlyName": "x"}));
    let saas = saas(&mock);
    set(&mock, &saas, |row| row.activated = true);
    mock.expect(202, "PATCH", &own(&saas), &json!({"quantity": 5}));
    mock.refused(400, 800_082, "PATCH", &own(&saas), &json!({"quantity": 6}));
    mock.advance("PT5M");
    let done = provisioning();
    assert_eq!((&done["status"], &done["quantity"]), (&json!("success"), &json!(11)));
    assert_eq!(done["skuId"].as_str().unwrap().parse::<uuid::Uuid>().unwrap().get_version_num(), 5);
    assert_eq!(done["attributes"]["objectType"], "SubscriptionProvisioningStatus");
    mock.expect(202, "PATCH", &own(&id), &json!({"quantity": 12}));
    // Nothing is provisioned when the quantity stays.
    mock.advance("PT5M");
    patch(&mock, &id, json!({"quantity": 12, "friendlyName": "Twelve"}));
}

#[test]
fn a_subscription_is_suspended_and_runs_again() {
    let mock = mock();
    for id in [LARKSPUR_AZURE, &licences(&mock)] {
        let off = patch(&mock, id, json!({"status": "Suspended"}));
        assert_eq!(
            (&off["status"], &off["suspensionReasons"]),
            (&json!("suspended"), &json!(["PartnerInitiated"]))
        );
        mock.refused(400, 2001, "PATCH", &own(id), &json!({"quantity": 99}));
        mock.refused(400, 800_091, "PATCH", &own(id), &json!({"friendlyName": "x"}));
        let on = patch(&mock, id, json!({"status": 1, "friendlyName": "Back"}));
        assert_eq!((&on["status"], &on["friendlyName"]), (&json!("active"), &json!("Back")));
        assert_eq!(on.get("suspensionReasons"), None);
    }
    let verneuil = path(VERNEUIL, VERNEUIL_AZURE);
    assert_eq!(mock.get(&verneuil)["status"], "suspended");
    assert_eq!(
        mock.expect(200, "PATCH", &verneuil, &json!({"status": "active"})).json()["status"],
        "active"
    );
}

#[test]
fn a_subscription_is_cancelled_where_that_is_possible() {
    let mock = mock();
    let id = licences(&mock);
    let mut body = mock.get(&own(&id));
    body["status"] = json!("deleted");
    let after = patch(&mock, &id, body);
    assert_eq!((&after["status"], &after["autoRenewEnabled"]), (&json!("deleted"), &json!(false)));
    assert_eq!(after["actions"], json!([]));
    for body in [json!({"status": "active"}), json!({"friendlyName": "x"}), json!({"quantity": 1})]
    {
        mock.refused(400, 2011, "PATCH", &own(&id), &body);
    }
    assert_eq!(mock.get(&own(&id))["status"], "deleted", "it stays in sight");
    let late = licences(&mock);
    mock.advance("P7D");
    patch(&mock, &late, json!({"friendlyName": "On the last moment"}));
    mock.advance("PT1S");
    mock.refused(400, 900_117, "PATCH", &own(&late), &json!({"status": "deleted"}));
    mock.refused(400, 900_117, "PATCH", &own(LARKSPUR_LICENCE), &json!({"status": 3}));
    mock.refused(400, 800_096, "PATCH", &own(LARKSPUR_AZURE), &json!({"status": "deleted"}));
    for status in ["expired", "Pending", "6"] {
        mock.refused(400, 800_096, "PATCH", &own(LARKSPUR_AZURE), &json!({"status": status}));
    }
    let software = software(&mock);
    mock.refused(400, 800_096, "PATCH", &own(&software), &json!({"status": "suspended"}));
}

#[test]
fn an_azure_plan_ends_after_its_azure_subscriptions() {
    let mock = mock();
    let entitlements = format!("{}/azureentitlements", own(LARKSPUR_PLAN));
    let list = mock.get(&entitlements);
    assert_eq!(list["totalCount"], 1);
    let entitlement = &list["items"][0];
    assert_eq!(
        (&entitlement["id"], &entitlement["status"], &entitlement["subscriptionId"]),
        (&json!(ENTITLEMENT), &json!("active"), &json!(LARKSPUR_PLAN))
    );
    assert_eq!(mock.get(&format!("{entitlements}/{ENTITLEMENT}")), *entitlement);
    for status in ["suspended", "deleted"] {
        mock.refused(403, 900_115, "PATCH", &own(LARKSPUR_PLAN), &json!({"status": status}));
    }
    for (path, body) in [
        (format!("{entitlements}/{NOBODY}"), None),
        (format!("{entitlements}/x"), None),
        (
            format!("{entitlements}/{NOBODY}/cancel"),
            Some(json!({"cancellationReason": "compromise"})),
        ),
    ] {
        let method = if body.is_some() { "POST" } else { "GET" };
        mock.refused(404, 1000, method, &path, &body.unwrap_or_default());
    }
    let cancel = format!("{entitlements}/{ENTITLEMENT}/cancel");
    mock.refused(400, 800_002, "POST", &cancel, &json!([1]));
    let body = mock.post(200, &cancel, &json!({"CancellationReason": "compromise"}));
    assert_eq!(body["status"], "canceled");
    mock.refused(400, 800_096, "POST", &cancel, &Value::Null);
    assert_eq!(patch(&mock, LARKSPUR_PLAN, json!({"status": "suspended"}))["status"], "suspended");
    assert_eq!(patch(&mock, LARKSPUR_PLAN, json!({"status": "deleted"}))["status"], "deleted");
    mock.refused(400, 2011, "POST", &cancel, &Value::Null);
    let none = mock.get(&format!("{}/azureEntitlements", own(LARKSPUR_AZURE)));
    assert_eq!(none["totalCount"], 0);
}

#[test]
fn add_ons_go_with_what_they_add_to() {
    let mock = mock();
    let base = licences(&mock);
    assert_eq!(mock.get(&own(&base))["hasPurchasableAddons"], true);
    let addon = buy(&mock, &item(&mock, "CFQ7TTC0LHSL", "0001", "P1Y"), 3, Some(&base));
    let list = mock.get(&format!("{}/addons", own(&base)));
    assert_eq!((&list["totalCount"], &list["items"][0]["id"]), (&json!(1), &json!(addon)));
    assert_eq!(list["items"][0]["parentSubscriptionId"], json!(base));
    assert_eq!(
        list["items"][0]["links"]["parentSubscription"]["uri"],
        format!("/customers/{LARKSPUR}/subscriptions/{base}")
    );
    assert_eq!(mock.get(&format!("{}/addons", own(&addon)))["totalCount"], 0);
    patch(&mock, &base, json!({"status": "suspended"}));
    assert_eq!(mock.get(&own(&addon))["status"], "suspended");
    mock.refused(409, 27009, "PATCH", &own(&addon), &json!({"status": "active"}));
    patch(&mock, &base, json!({"status": "active"}));
    assert_eq!(mock.get(&own(&addon))["status"], "suspended");
    patch(&mock, &addon, json!({"status": "active"}));
    patch(&mock, &base, json!({"status": "deleted"}));
    assert_eq!(mock.get(&own(&addon))["status"], "deleted");
}

#[test]
fn renewal_is_switched_and_planned() {
    let mock = mock();
    let id = licences(&mock);
    assert_eq!(patch(&mock, &id, json!({"autoRenewEnabled": false}))["autoRenewEnabled"], false);
    assert_eq!(patch(&mock, &id, json!({"autoRenewEnabled": true}))["autoRenewEnabled"], true);
    mock.refused(400, 800_093, "PATCH", &own(LARKSPUR_AZURE), &json!({"autoRenewEnabled": true}));

    let next = item(&mock, "CFQ7TTC0LFLX", "0001", "P3Y");
    let mut parts = next.split(':');
    let mut part = || parts.next().unwrap();
    let product = json!({
        "productId": part(), "skuId": part(), "availabilityId": part(),
        "billingCycle": "annual", "termDuration": "P3Y",
    });
    let plan = |product: &Value, quantity: i64| json!({"scheduledNextTermInstructions": {"product": product, "quantity": quantity}});
    let with = |key: &str, value: Value| {
        let mut changed = product.clone();
        changed[key] = value;
        changed
    };
    for (code, body) in [
        (800_002, json!({"scheduledNextTermInstructions": {}})),
        (800_002, json!({"scheduledNextTermInstructions": {"product": product}})),
        (800_002, plan(&with("availabilityId", json!("NOPE")), 5)),
        (800_002, plan(&with("termDuration", json!("P1Y")), 5)),
        (800_002, plan(&with("termDuration", json!("P9Y")), 5)),
        (800_002, plan(&with("billingCycle", json!("biennial")), 5)),
        (800_002, plan(&with("promotionId", json!("a:b:c")), 5)),
        (800_002, plan(&product, -5)),
        (2002, plan(&product, 0)),
        (900_126, plan(&with("billingCycle", json!("weekly")), 5)),
    ] {
        mock.refused(400, code, "PATCH", &own(&id), &body);
    }
    mock.refused(400, 800_093, "PATCH", &own(LARKSPUR_AZURE), &plan(&product, 5));
    let planned = patch(&mock, &id, plan(&product, 5));
    let instructions = &planned["scheduledNextTermInstructions"];
    assert_eq!(*instructions, json!({"product": product, "quantity": 5}));
    // Sent back whole, with renewal switched off: the plan goes with it.
    let mut whole = planned.clone();
    whole["autoRenewEnabled"] = json!(false);
    assert_eq!(patch(&mock, &id, whole).get("scheduledNextTermInstructions"), None);
    patch(&mock, &id, json!({"autoRenewEnabled": true}));
    patch(&mock, &id, plan(&product, 6));
    let body = json!({"ScheduledNextTermInstructions": null});
    assert_eq!(patch(&mock, &id, body).get("scheduledNextTermInstructions"), None);
}

#[test]
fn the_reseller_of_record_is_one_of_the_partners_resellers() {
    let mock = mock();
    let body = patch(&mock, LARKSPUR_AZURE, json!({"partnerId": "6233871"}));
    assert_eq!(body["partnerId"], "6233871");
    for mpn_id in ["1", "6018822", "5139860", "\u{0}"] {
        mock.refused(400, 800_098, "PATCH", &own(LARKSPUR_AZURE), &json!({"partnerId": mpn_id}));
    }
}

#[test]
fn what_a_patch_cannot_change_is_refused() {
    let mock = mock();
    let own = own(LARKSPUR_AZURE);
    let long = "x".repeat(257);
    for (status, code, body) in [
        (400, 2054, json!({"billingCycle": "annual"})),
        (400, 2054, json!({"billingCycle": 4})),
        (400, 800_002, json!({"id": LARKSPUR_PLAN})),
        (400, 800_002, json!({"friendlyName": long})),
        (400, 800_002, json!({"quantity": "many"})),
        (400, 800_002, json!({"attributes": 7})),
        (400, 800_002, json!([])),
        (400, 900_126, json!({"status": "asleep"})),
        (400, 900_126, json!({"billingCycle": "weekly"})),
    ] {
        mock.refused(status, code, "PATCH", &own, &body);
    }
    let body = json!({"id": LARKSPUR_AZURE.to_uppercase(), "friendlyName": "Same id"});
    patch(&mock, LARKSPUR_AZURE, body);
    for (status, code, path) in [
        (404, 20003, path(LARKSPUR, NOBODY)),
        (404, 20003, path(LARKSPUR, CEDAR_AZURE)),
        (404, 1000, path(NOBODY, LARKSPUR_AZURE)),
        (403, 20002, path(FOREIGN, LARKSPUR_AZURE)),
    ] {
        mock.refused(status, code, "PATCH", &path, &json!({"friendlyName": "x"}));
    }
}

#[test]
fn a_sandbox_has_few_seats() {
    let mock = sandbox();
    let product = format!("/v1/customers/{LARKSPUR}/products/CFQ7TTC0LFLX");
    mock.get(&product);
    patch(&mock, LARKSPUR_LICENCE, json!({"quantity": 25}));
    mock.refused(403, 800_067, "PATCH", &own(LARKSPUR_LICENCE), &json!({"quantity": 26}));
}

#[test]
fn a_marketplace_purchase_waits_for_activation() {
    let mock = sandbox();
    let id = saas(&mock);
    let links = mock.get(&format!("{}/activationlinks", own(&id)));
    assert_eq!(links["items"][0]["lineItemNumber"], 0);
    let uri = links["items"][0]["link"]["uri"].as_str().unwrap();
    assert!(uri.starts_with("https://northfellanalytics.example/"), "{uri}");
    for body in [json!({"quantity": 5}), json!({"friendlyName": "x"}), json!({"status": "deleted"})]
    {
        mock.refused(400, 800_081, "PATCH", &own(&id), &body);
    }
    let activate = format!("{}/activate", own(&id));
    let answer = mock.send("POST", &activate, &[], "null");
    assert_eq!(answer.json(), json!({"subscriptionId": id, "status": "Success"}));
    mock.refused(400, 800_041, "POST", &activate, &Value::Null);
    mock.refused(400, 2002, "PATCH", &own(&id), &json!({"quantity": 1}));
    mock.refused(400, 800_096, "PATCH", &own(&id), &json!({"status": "suspended"}));
    assert_eq!(patch(&mock, &id, json!({"quantity": 5}))["quantity"], 5);
    assert_eq!(patch(&mock, &id, json!({"status": "deleted"}))["status"], "deleted");
    mock.refused(400, 2011, "POST", &activate, &Value::Null);
    assert_eq!(mock.get(&format!("{}/activationlinks", own(&id)))["totalCount"], 0);
    let production = crate::support::mock();
    let path = format!("{}/activate", own(&saas(&production)));
    production.refused(400, 900_127, "POST", &path, &Value::Null);
    let none = production.get(&format!("{}/activationlinks", own(LARKSPUR_AZURE)));
    assert_eq!(none["totalCount"], 0);
}

#[test]
fn the_support_contact_is_the_partner_until_a_reseller_is_named() {
    let mock = mock();
    let path = format!("{}/supportcontact", own(LARKSPUR_AZURE));
    let contact = mock.get(&path);
    assert_eq!(
        contact,
        json!({
            "supportTenantId": "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30",
            "supportMpnId": "5139860",
            "name": "Fabricore",
            "links": {"self": {"uri": path.strip_prefix("/v1").unwrap(), "method": "Get", "headers": []}},
            "attributes": {"objectType": "SupportContact"},
        })
    );
    let put = |body: &Value| mock.expect(200, "PUT", &path, body).json();
    let named = put(&json!({"SupportMpnId": "6120453", "SupportTenantId": null, "Name": null}));
    assert_eq!(
        (&named["name"], &named["supportTenantId"]),
        (&json!("Granite Peak Cloud"), &json!("8d3fa6b2-5c71-4e09-9d48-b6a2f0c3e715"))
    );
    assert_eq!(mock.get(&path), named);
    assert_eq!(put(&contact), contact, "sent back whole");
    for (status, code, body) in [
        (404, 800_015, json!({"supportMpnId": "1"})),
        (400, 800_016, json!({"supportMpnId": "6018822"})),
        (400, 800_002, json!({"name": "Somebody"})),
        (400, 800_002, json!({"supportMpnId": "6120453", "supportTenantId": LARKSPUR})),
        (400, 800_002, json!({"supportMpnId": "6120453", "supportTenantId": "x"})),
        (400, 800_002, json!({"supportMpnId": "6120453", "name": "x".repeat(257)})),
    ] {
        mock.refused(status, code, "PUT", &path, &body);
    }
    mock.refused(404, 20003, "GET", &format!("{}/supportcontact", own(NOBODY)), &Value::Null);
}

#[test]
fn some_operations_need_a_user_and_delegated_administration() {
    let mock = mock();
    let app = mock.app_only();
    let own = own(LARKSPUR_LICENCE);
    app.get(&own);
    for path in ["provisioningstatus", "supportcontact", "conversions"] {
        app.refused(403, 900_329, "GET", &format!("{own}/{path}"), &Value::Null);
    }
    let customer: CustomerId = LARKSPUR.parse().unwrap();
    let write = |tx: &mut partner_center_mock::domain::transaction::Transaction| {
        let mut row =
            partner_center_mock::domain::customers::Customer::clone(tx.customer(customer)?);
        row.allow_delegated_access = false;
        tx.customers.put(customer, row);
        Ok(())
    };
    mock.handle().world().write(write).unwrap();
    mock.refused(403, 900_150, "GET", &format!("{own}/provisioningstatus"), &Value::Null);
}

#[test]
fn what_the_mock_does_not_offer_says_so() {
    let mock = mock();
    for (method, path) in [
        ("GET", "upgrades"),
        ("POST", "upgrades"),
        ("GET", "conversions"),
        ("POST", "conversions"),
        ("GET", "transitions"),
        ("POST", "transitions"),
        ("GET", "transitioneligibilities"),
    ] {
        let path = format!("{}/{path}", own(LARKSPUR_LICENCE));
        mock.refused(501, 0, method, &path, &Value::Null);
    }
    for method in ["GET", "PUT"] {
        mock.refused(501, 0, method, &own("overage"), &Value::Null);
    }
    mock.refused(501, 0, "GET", &own("usagerecords"), &Value::Null);
    mock.refused(501, 0, "GET", "/v1/customers/usagerecords", &Value::Null);
    mock.refused(404, 1000, "GET", &path(NOBODY, "usagerecords"), &Value::Null);
    mock.refused(404, 20003, "GET", &format!("{}/upgrades", own(NOBODY)), &Value::Null);
}

#[test]
fn a_strict_server_takes_back_what_it_gave() {
    let strict = Options { strict: true, ..Options::default() };
    let mock = mock_with(|builder| builder.options(strict));
    for id in [LARKSPUR_AZURE, LARKSPUR_PLAN, &licences(&mock), &software(&mock)] {
        let body = mock.get(&own(id));
        patch(&mock, id, body);
    }
    let path = format!("{}/supportcontact", own(LARKSPUR_AZURE));
    mock.expect(200, "PUT", &path, &mock.get(&path));
    mock.refused(400, 800_002, "PATCH", &own(LARKSPUR_AZURE), &json!({"fiendlyName": "x"}));
}
