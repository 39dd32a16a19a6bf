//! Entitlements and the reservations behind their artifacts.

use partner_center_mock::domain::settings::Transition;
use serde_json::{Value, json};

use crate::support::items::{
    cart_line, listed, order, plan_reservation, reservation, reservation_line, software,
};
use crate::support::{
    COOLIBAH, FOREIGN, LARKSPUR, LARKSPUR_PLAN, Mock, NOBODY, PRAIRIE, PRAIRIE_AZURE, mock,
    mock_with, sandbox,
};

/// The Brightwater customer, who has a reservation for SQL databases.
const BRIGHTWATER: &str = "92c5e8b1-4d70-4f36-8a2e-7b9d1c3f5e60";

fn list(mock: &Mock, customer: &str, query: &str) -> Vec<Value> {
    let list = mock.get(&format!("/v1/customers/{customer}/entitlements{query}"));
    let items = list["items"].as_array().unwrap().clone();
    assert_eq!(list["totalCount"].as_u64().unwrap(), items.len() as u64);
    assert!(list.get("links").is_none());
    items
}

fn buy(mock: &Mock, customer: &str, cart_lines: &[Value]) -> String {
    let path = format!("/v1/customers/{customer}/orders");
    let made = mock.post(201, &path, &order(cart_lines));
    format!("{path}/{}", made["id"].as_str().unwrap())
}

fn artifact_of(entitlement: &Value) -> String {
    format!("/v1{}", entitlement["entitledArtifacts"][0]["link"]["uri"].as_str().unwrap())
}

/// Entitlement of the fixtures' order for the web tier.
fn web_tier(items: &[Value]) -> &Value {
    let order = "Tn4vQ8cYxR2bLmZpK6wJ_hG9sD3fA7e-1";
    items.iter().find(|item| item["referenceOrder"]["id"] == order).unwrap()
}

#[test]
fn a_reservation_in_its_newer_form() {
    let mock = mock();
    for query in ["", "?entitlementType=reservedinstance", "?ENTITLEMENTTYPE=reservedInstance"] {
        let items = list(
            &mock,
            LARKSPUR,
            &format!("{query}{}showExpiry=True", if query.is_empty() { '?' } else { '&' }),
        );
        let found = web_tier(&items);
        let alternate = found["referenceOrder"]["alternateId"].as_str().unwrap();
        let sku = (found["productId"].clone(), found["skuId"].clone());
        assert_eq!(
            found,
            &json!({
                "includedEntitlements": [],
                "referenceOrder": { "id": "Tn4vQ8cYxR2bLmZpK6wJ_hG9sD3fA7e-1", "lineItemId": "0", "alternateId": alternate },
                "productId": sku.0, "skuId": sku.1, "quantity": 5,
                "quantityDetails": [{ "quantity": 5, "status": "Fulfilled" }],
                "entitledArtifacts": [{
                    "artifactType": "reservedinstance",
                    "link": {
                        "uri": format!("/customers/{LARKSPUR}/artifacts/reservedinstance/groups/9b3f6a2c1d7e4508a1c2b3d4e5f60718/lineitems/6f2e0d4b-1a3c-4c5d-8e7f-90a1b2c3d4e5/resource/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903"),
                        "method": "GET", "headers": []
                    },
                    "resourceId": "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903",
                    "dynamicAttributes": { "reservationType": "virtualmachines" }
                }],
                "entitlementType": "reservedinstance", "fulfillmentState": "Fulfilled",
                "expiryDate": "2026-08-13T00:00:00.0000000Z",
                "dynamicAttributes": { "reservationType": "virtualmachines" }
            })
        );
    }
    let details = mock.get(&artifact_of(web_tier(&list(&mock, LARKSPUR, ""))));
    assert_eq!(details["type"], "reservedinstance");
    let reservation = &details["reservations"][0];
    assert_eq!(reservation["reservationId"], "c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95");
    assert_eq!(reservation["scopeType"], "Shared");
    assert_eq!(reservation["displayName"], "web tier");
    assert_eq!(reservation["expiryDateTime"], "2026-08-13T00:00:00");
    assert_eq!(reservation["provisioningState"], "Created");
    assert!(reservation.get("appliedScopes").is_none());
    assert_eq!(details["virtualMachineReservations"], details["reservations"]);
    assert_eq!(details["reservation"], details["reservations"]);
}

#[test]
fn a_reservation_in_its_older_form() {
    let mock = mock();
    for word in [
        "virtualmachinereservedinstance",
        "VirtualMachineReservedInstance",
        "virtual_machine_reserved_instance",
    ] {
        let items = list(&mock, LARKSPUR, &format!("?entitlementType={word}"));
        let found = web_tier(&items);
        assert_eq!(found["entitlementType"], "virtualmachinereservedinstance");
        assert!(found.get("dynamicAttributes").is_none() && found.get("expiryDate").is_none());
        let artifact = &found["entitledArtifacts"][0];
        assert_eq!(artifact["artifactType"], "virtual_machine_reserved_instance");
        assert!(artifact.get("dynamicAttributes").is_none());
        let details = mock.get(&artifact_of(found));
        assert_eq!(details["type"], "virtual_machine_reserved_instance");
        assert_eq!(details["virtualMachineReservations"][0]["quantity"], 5);
        assert!(details.get("reservations").is_none());
    }
    // Only virtual machines have it.
    let sql = list(&mock, BRIGHTWATER, "");
    assert_eq!(sql[0]["dynamicAttributes"]["reservationType"], "sqldatabases");
    assert!(list(&mock, BRIGHTWATER, "?entitlementType=virtualmachinereservedinstance").is_empty());
    mock.get(&artifact_of(&sql[0]));
    let older =
        artifact_of(&sql[0]).replace("/reservedinstance/", "/virtualmachinereservedinstance/");
    mock.refused(404, 800_037, "GET", &older, &Value::Null);
}

#[test]
fn the_filter_chooses_software_or_reservations() {
    let mock = mock();
    let kinds = |query: &str| {
        let items = list(&mock, LARKSPUR, query);
        let kinds = items.iter().map(|item| item["entitlementType"].as_str().unwrap().to_owned());
        let mut kinds: Vec<_> = kinds.collect();
        kinds.dedup();
        kinds
    };
    assert_eq!(kinds(""), ["software", "reservedinstance"]);
    assert_eq!(kinds("?entitlementType=Software"), ["software"]);
    assert_eq!(kinds("?entitlementType=reservedinstance"), ["reservedinstance"]);
    assert_eq!(kinds("?entitlementType=somethingelse"), Vec::<String>::new());
    let software = &list(&mock, LARKSPUR, "?entitlementType=software&showExpiry=true")[0];
    assert_eq!((&software["entitledArtifacts"], &software["quantity"]), (&json!([]), &json!(2)));
    assert!(software.get("expiryDate").is_none(), "perpetual: {software:#}");
    assert!(list(&mock, COOLIBAH, "").is_empty());
}

#[test]
fn software_for_a_term_has_an_end() {
    let mock = mock();
    let term = listed("US", "DZH318Z0SLE1", "0001", "P1Y");
    let order = buy(&mock, LARKSPUR, &[cart_line(&term, 1)]);
    let of_order = || {
        let items = list(&mock, LARKSPUR, "?entitlementType=software&showExpiry=true");
        items
            .into_iter()
            .find(|item| order.ends_with(item["referenceOrder"]["id"].as_str().unwrap()))
    };
    assert_eq!(of_order().unwrap()["expiryDate"], "2027-03-01T00:00:00.0000000Z");
    mock.advance("P1Y");
    assert!(of_order().is_none());
}

#[test]
fn a_single_scope_names_its_subscription() {
    let mock = mock();
    let item = reservation("CA", "Standard_D2s_v4", "canadaeast", "P1Y");
    let mut line = reservation_line(&item, PRAIRIE_AZURE);
    line["provisioningContext"]["scope"] = "Single".into();
    line["quantity"] = 7.into();
    buy(&mock, PRAIRIE, &[line]);
    let details = mock.get(&artifact_of(&list(&mock, PRAIRIE, "")[0]));
    let reservations = details["reservations"].as_array().unwrap();
    assert_eq!(reservations.len(), 1);
    assert_eq!(
        (&reservations[0]["scopeType"], &reservations[0]["quantity"]),
        (&json!("Single"), &json!(7))
    );
    assert_eq!(
        reservations[0]["appliedScopes"],
        json!(["/subscriptions/e18c5a70-4d2b-4f96-93a7-6b0f2c8d1e54"])
    );
}

#[test]
fn a_reservation_below_an_azure_plan_names_the_plan_or_an_azure_subscription_of_it() {
    let mock = mock();
    let item = plan_reservation("US", "Standard_D2s_v4", "eastus", "P1Y");
    let below = "a4c7e0d3-5b92-4f18-8d6a-3e9f1c7b2d50";
    for (number, named) in [LARKSPUR_PLAN, below].into_iter().enumerate() {
        let mut line = reservation_line(&item, named);
        line["provisioningContext"]["scope"] = "single".into();
        line["friendlyName"] = format!("for {number}").into();
        let order = buy(&mock, LARKSPUR, &[line]);
        let items = list(&mock, LARKSPUR, "?entitlementType=reservedinstance");
        let is_own =
            |item: &&Value| order.ends_with(item["referenceOrder"]["id"].as_str().unwrap());
        let details = mock.get(&artifact_of(items.iter().find(is_own).unwrap()));
        let scopes = &details["reservations"][0]["appliedScopes"];
        assert_eq!(scopes, &json!([format!("/subscriptions/{below}")]));
    }
}

#[test]
fn pending_cancelled_and_ended_reservations_are_not_listed() {
    let slow =
        mock_with(|builder| builder.delay(Transition::OrderProvisioning, "PT1H".parse().unwrap()));
    let item = reservation("CA", "Standard_B1s", "eastus", "P1Y");
    let line = reservation_line(&item, PRAIRIE_AZURE);
    buy(&slow, PRAIRIE, std::slice::from_ref(&line));
    assert!(list(&slow, PRAIRIE, "").is_empty());
    slow.advance("PT1H");
    assert_eq!(list(&slow, PRAIRIE, "").len(), 1);
    slow.advance("P364DT23H");
    assert_eq!(list(&slow, PRAIRIE, "").len(), 1);
    slow.advance("PT1H");
    assert!(list(&slow, PRAIRIE, "").is_empty());

    let mock = sandbox();
    let order = buy(&mock, PRAIRIE, &[line]);
    let before = list(&mock, PRAIRIE, "");
    assert_eq!(before.len(), 1);
    mock.expect(200, "PATCH", &order, &json!({ "status": "cancelled" }));
    assert!(list(&mock, PRAIRIE, "").is_empty());
    let details = mock.get(&artifact_of(&before[0]));
    assert_eq!(details["reservations"][0]["provisioningState"], "Cancelled");
}

#[test]
fn cancelled_software_is_no_entitlement() {
    let mock = mock();
    let order = buy(&mock, LARKSPUR, &[cart_line(&software(), 3), cart_line(&software(), 4)]);
    let count = || list(&mock, LARKSPUR, "?entitlementType=software").len();
    let both = count();
    let one = json!({ "status": "cancelled", "lineItems": [{ "lineItemNumber": 1 }] });
    mock.expect(200, "PATCH", &order, &one);
    assert_eq!(count(), both - 1);
    mock.expect(200, "PATCH", &order, &json!({ "status": "cancelled" }));
    assert_eq!(count(), both - 2);
}

#[test]
fn an_artifact_is_found_by_its_whole_link_of_its_own_customer() {
    let mock = mock();
    let path = artifact_of(web_tier(&list(&mock, LARKSPUR, "")));
    mock.get(&path.to_uppercase().replace("/V1/", "/v1/"));
    for wrong in [
        path.replace(LARKSPUR, PRAIRIE),
        path.replace("9b3f6a2c1d7e4508a1c2b3d4e5f60718", "00000000000000000000000000000000"),
        path.replace("6f2e0d4b", "00000000"),
        path.replace("3e8d5a71", "00000000"),
        path.replace("9b3f6a2c1d7e4508a1c2b3d4e5f60718", "x"),
        path.replace("3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903", "%00"),
    ] {
        mock.refused(404, 800_037, "GET", &wrong, &Value::Null);
    }
    mock.refused(403, 20002, "GET", &path.replace(LARKSPUR, FOREIGN), &Value::Null);
    mock.refused(404, 1000, "GET", &path.replace(LARKSPUR, NOBODY), &Value::Null);
    let list = |customer: &str| format!("/v1/customers/{customer}/entitlements");
    mock.refused(403, 20002, "GET", &list(FOREIGN), &Value::Null);
    mock.refused(404, 1000, "GET", &list(NOBODY), &Value::Null);
    mock.refused(400, 800_002, "GET", &format!("{}?showExpiry=soon", list(LARKSPUR)), &Value::Null);
}
