//! Audit records: what is recorded, who is named, what is listed.

use serde_json::{Value, json};

use super::customers::{customer, encoded};
use super::orders::{cancelled, orders, patch, placed};
use crate::support::items::{
    cart_line, licence, lines, order, reservation, reservation_line, small_vm, software,
};
use crate::support::{
    COOLIBAH, LARKSPUR, LARKSPUR_AZURE, LARKSPUR_LICENCE, Mock, PRAIRIE, PRAIRIE_AZURE, SUNDARAM,
    arm, mock, sandbox,
};

const RECORDS: &str = "/v1/auditrecords";
const ACTIVITY: &str = "/auditactivity/v1/auditrecords";
const PARTNER: &str = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
/// The Azure subscription behind Larkspur's Microsoft Azure subscription.
const AZURE: &str = "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18";

fn items(page: &Value) -> &[Value] {
    let items = page["items"].as_array().unwrap();
    assert_eq!(page["totalCount"], items.len());
    items
}

/// How many records there are.
fn count(mock: &Mock) -> usize {
    items(&mock.get(RECORDS)).len()
}

/// The records that `act` leaves, oldest first.
fn recorded(mock: &Mock, act: impl FnOnce()) -> Vec<Value> {
    let before = mock.get(RECORDS);
    act();
    let after = mock.get(RECORDS);
    let new = items(&after).len() - items(&before).len();
    items(&after)[..new].iter().rev().cloned().collect()
}

/// The one record that `act` leaves.
#[track_caller]
fn one(mock: &Mock, act: impl FnOnce()) -> Value {
    let mut records = recorded(mock, act);
    assert_eq!(records.len(), 1, "{records:#?}");
    records.remove(0)
}

/// The resource in a record.
#[track_caller]
fn resource(record: &Value, version: &str) -> Value {
    let text = record[version].as_str().unwrap_or_else(|| panic!("no {version} in {record:#}"));
    serde_json::from_str(text).unwrap()
}

/// Checks what an operation is recorded as, and that the record is found by its id.
#[track_caller]
fn is(mock: &Mock, record: &Value, operation: &str, of: &str, name: &str) {
    let words = (&record["operationType"], &record["resourceType"], &record["operationStatus"]);
    let kind = match operation {
        "create_order" | "update_order" => "order",
        "update_subscription" => "subscription",
        "create_agreement" => "agreement",
        _ => "customer",
    };
    assert_eq!(words, (&json!(operation), &json!(kind), &json!("succeeded")));
    assert_eq!(record["partnerId"], PARTNER);
    assert_eq!((&record["customerId"], &record["customerName"]), (&json!(of), &json!(name)));
    assert_eq!(record["operationDate"], "2026-03-01T12:00:00.0000000Z");
    assert_eq!(record["attributes"]["objectType"], "AuditRecord");
    let id = record["id"].as_str().unwrap();
    assert!(id.starts_with(&format!("{PARTNER}_{of}_")), "{id}");
    assert!(id.contains(&format!("_{}_63907", operation.replace('_', ""))), "{id}");
    for path in [RECORDS, ACTIVITY] {
        assert_eq!(mock.get(&format!("{path}/{}", id.to_uppercase())), *record);
    }
}

#[test]
fn a_customer_is_followed_from_its_creation_to_its_deletion() {
    let mock = sandbox();
    let mut made = Value::Null;
    let added = one(&mock, || made = mock.post(201, "/v1/customers", &customer("fernleigh")));
    let id = made["id"].as_str().unwrap();
    let path = format!("/v1/customers/{id}");
    is(&mock, &added, "add_customer", id, "fernleigh Ltd");
    let new = resource(&added, "resourceNewValue");
    assert_eq!(new["Id"], id);
    assert_eq!(new["CompanyProfile"]["Domain"], "fernleigh.onmicrosoft.com");
    assert_eq!(new["BillingProfile"]["DefaultAddress"]["PostalCode"], "83702");
    assert_eq!(new["Attributes"], json!({ "Etag": null, "ObjectType": "Customer" }));
    assert!(new["CustomDomains"].is_null() && new.get("Links").is_none());
    assert!(new["UserCredentials"].is_null(), "a password is told once");
    assert!(added.get("resourceOldValue").is_none());

    let agreed = one(&mock, || {
        let agreement = json!({
            "primaryContact": { "firstName": "Orla", "lastName": "Finch", "email": "o@fernleigh.example" },
            "templateId": "117a77b0-9360-443b-8795-c6dedc750cf9",
            "dateAgreed": "2026-02-28T00:00:00Z",
            "type": "MicrosoftCustomerAgreement",
        });
        mock.post(201, &format!("{path}/agreements"), &agreement);
    });
    is(&mock, &agreed, "create_agreement", id, "fernleigh Ltd");
    let new = resource(&agreed, "resourceNewValue");
    assert_eq!(new["PrimaryContact"]["LastName"], "Finch");
    assert!(new["PrimaryContact"]["PhoneNumber"].is_null());

    let mut profile = customer("fernleigh")["billingProfile"].clone();
    profile["companyName"] = "Fernleigh Gardens".into();
    let billing = format!("{path}/profiles/billing");
    let changed = one(&mock, || drop(mock.expect(200, "PUT", &billing, &profile)));
    is(&mock, &changed, "update_customer_billing_profile", id, "fernleigh Ltd");
    let name = |version| resource(&changed, version)["BillingProfile"]["CompanyName"].clone();
    assert_eq!(name("resourceOldValue"), "fernleigh Ltd");
    assert_eq!(name("resourceNewValue"), "Fernleigh Gardens");

    let before = count(&mock);
    let gone = one(&mock, || drop(mock.expect(204, "DELETE", &path, &Value::Null)));
    is(&mock, &gone, "delete_customer", id, "fernleigh Ltd");
    assert_eq!(resource(&gone, "resourceOldValue")["Id"], id);
    assert!(gone.get("resourceNewValue").is_none());
    assert_eq!(count(&mock), before + 1, "the customer's records stay");
    for record in [added, agreed, changed] {
        mock.get(&format!("{RECORDS}/{}", record["id"].as_str().unwrap()));
    }
}

#[test]
fn the_end_of_a_relationship_is_recorded() {
    let mock = mock();
    let path = format!("/v1/customers/{COOLIBAH}");
    let name = mock.get(&path)["companyProfile"]["companyName"].clone();
    let body = json!({ "relationshipToPartner": "none" });
    let ended = one(&mock, || drop(mock.expect(200, "PATCH", &path, &body)));
    let name = name.as_str().unwrap();
    is(&mock, &ended, "remove_partner_customer_relationship", COOLIBAH, name);
    assert_eq!(resource(&ended, "resourceOldValue")["Id"], COOLIBAH);
}

#[test]
fn an_order_is_recorded_as_it_was_placed() {
    let mock = mock();
    let mut line = reservation_line(&small_vm(), LARKSPUR_AZURE);
    line["friendlyName"] = "B1s east".into();
    let mut made = Value::Null;
    let record = one(&mock, || made = mock.post(201, &orders(LARKSPUR), &order(&[line])));
    is(&mock, &record, "create_order", LARKSPUR, "Larkspur Foods");
    let order = made["id"].as_str().unwrap();
    let begin = format!("{PARTNER}_{LARKSPUR}_{}_createorder_", order.to_lowercase());
    assert!(record["id"].as_str().unwrap().starts_with(&begin), "{}", record["id"]);
    // As it is now, and as it was then.
    let path = format!("{}/{order}", orders(LARKSPUR));
    assert_eq!(mock.get(&path)["status"], "completed");
    let new = resource(&record, "resourceNewValue");
    assert_eq!((&new["Id"], &new["Status"]), (&made["id"], &json!("pending")));
    let line = &new["LineItems"][0];
    assert_eq!(line["OfferId"], small_vm());
    assert!(line["SubscriptionId"].is_null());
    assert_eq!(line["ProvisioningContext"]["subscriptionId"], LARKSPUR_AZURE);
    assert_eq!(new["BillingCycle"], "one_time");
    let data: Vec<(&str, &Value)> = record["customizedData"]
        .as_array()
        .unwrap()
        .iter()
        .map(|datum| (datum["key"].as_str().unwrap(), &datum["value"]))
        .collect();
    let (offer, null) = (json!(small_vm()), Value::Null);
    assert_eq!(
        data,
        [
            ("OrderId", &made["id"]),
            ("AlternateId", &made["alternateId"]),
            ("BillingCycle", &json!("OneTime")),
            ("OfferId-0", &offer),
            ("SubscriptionId-0", &null),
            ("SubscriptionName-0", &json!("B1s east")),
            ("Quantity-0", &json!("1")),
            ("PartnerOnRecord-0", &null),
        ]
    );
}

#[test]
fn a_checkout_is_recorded_by_its_orders() {
    let mock = mock();
    let carts = format!("/v1/customers/{LARKSPUR}/carts");
    let mut licences = cart_line(&licence(), 2);
    licences["billingCycle"] = "monthly".into();
    let body = lines(&[licences, reservation_line(&small_vm(), LARKSPUR_AZURE)]);
    let mut cart = Value::Null;
    let none = recorded(&mock, || cart = mock.post(201, &carts, &body));
    assert!(none.is_empty(), "a cart is nothing to record: {none:?}");
    let mut checkout = Value::Null;
    let path = format!("{carts}/{}/checkout", cart["id"].as_str().unwrap());
    let records = recorded(&mock, || checkout = mock.post(201, &path, &Value::Null));
    let placed = checkout["orders"].as_array().unwrap();
    assert_eq!((records.len(), placed.len()), (2, 2));
    for (record, order) in records.iter().zip(placed) {
        is(&mock, record, "create_order", LARKSPUR, "Larkspur Foods");
        assert_eq!(resource(record, "resourceNewValue")["Id"], order["id"]);
    }
}

#[test]
fn changes_of_orders_and_subscriptions_are_recorded() {
    let mock = sandbox();
    let item = reservation("CA", "Standard_B1s", "eastus", "P1Y");
    let path = placed(&mock, PRAIRIE, &[reservation_line(&item, PRAIRIE_AZURE)]);
    let name =
        mock.get(&format!("/v1/customers/{PRAIRIE}"))["companyProfile"]["companyName"].clone();
    let record = one(&mock, || drop(patch(&mock, &path, &cancelled())));
    is(&mock, &record, "update_order", PRAIRIE, name.as_str().unwrap());
    let status = |version| resource(&record, version)["Status"].clone();
    assert_eq!(status("resourceOldValue"), "completed");
    assert_eq!(status("resourceNewValue"), "cancelled");

    // Sent back as it is, an order stays as it is, and nothing is recorded.
    let path = placed(&mock, LARKSPUR, &[cart_line(&software(), 1)]);
    let whole = mock.get(&path);
    let none = recorded(&mock, || drop(patch(&mock, &path, &whole)));
    assert!(none.is_empty(), "{none:?}");

    let path = format!("/v1/customers/{LARKSPUR}/subscriptions/{LARKSPUR_LICENCE}");
    let record = one(&mock, || drop(patch(&mock, &path, &json!({ "friendlyName": "Mail" }))));
    is(&mock, &record, "update_subscription", LARKSPUR, "Larkspur Foods");
    assert!(record["id"].as_str().unwrap().contains(LARKSPUR_LICENCE));
    let (old, new) = (resource(&record, "resourceOldValue"), resource(&record, "resourceNewValue"));
    assert_ne!(old["FriendlyName"], "Mail");
    assert_eq!(new["FriendlyName"], "Mail");
    assert_ne!(old["Attributes"]["Etag"], new["Attributes"]["Etag"]);
    assert_eq!(new["Id"], LARKSPUR_LICENCE);
}

#[test]
fn what_is_bought_in_azure_or_renews_is_recorded_as_an_order() {
    let mock = mock();
    let azure = mock.azure(LARKSPUR);
    let body = json!({
        "sku": { "name": "Standard_D2s_v4" },
        "location": "eastus",
        "properties": {
            "reservedResourceType": "VirtualMachines",
            "billingScopeId": format!("/subscriptions/{AZURE}"),
            "term": "P1Y",
            "billingPlan": "Upfront",
            "quantity": 1,
            "displayName": "nightly batch",
            "appliedScopeType": "Shared",
            "renew": true,
        },
    });
    let price = azure.post(200, &arm("/providers/Microsoft.Capacity/calculatePrice"), &body);
    let order = price["properties"]["reservationOrderId"].as_str().unwrap();
    let path = arm(&format!("/providers/Microsoft.Capacity/reservationOrders/{order}"));
    let correlation = "3f0b6a52-8d17-4e94-b1c6-5a9e2d7f4c08";
    let record = one(&mock, || {
        let headers = [("x-ms-correlation-request-id", correlation)];
        let answer = azure.send("PUT", &path, &headers, &body.to_string());
        assert!(answer.status < 300, "{}", answer.text);
    });
    is(&mock, &record, "create_order", LARKSPUR, "Larkspur Foods");
    assert_eq!(record["originalCorrelationId"], correlation);
    assert!(record["userPrincipalName"].as_str().unwrap().contains('@'));
    assert_eq!(resource(&record, "resourceNewValue")["TransactionType"], "UserPurchase");

    mock.advance("P366D");
    let page = mock.get(RECORDS);
    let renewed = items(&page)
        .iter()
        .find(|record| record["customizedData"][5]["value"] == "nightly batch")
        .unwrap();
    assert_eq!(renewed["operationType"], "create_order");
    assert_eq!(resource(renewed, "resourceNewValue")["TransactionType"], "SystemPurchase");
    assert_eq!(renewed["applicationId"], "Partner Center", "the service itself");
    for absent in ["userPrincipalName", "originalCorrelationId"] {
        assert!(renewed.get(absent).is_none(), "the service itself has no {absent}");
    }
}

#[test]
fn users_applications_and_calls_are_named() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}/subscriptions/{LARKSPUR_LICENCE}");
    let rename = |client: &Mock, headers: &[(&str, &str)]| {
        let body = json!({ "friendlyName": format!("Mail {}", headers.len()) }).to_string();
        let answer = client.send("PATCH", &path, headers, &body);
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.header("ms-correlationid").unwrap().to_owned()
    };
    let mut made = String::new();
    let by_user = one(&mock, || made = rename(&mock, &[]));
    assert!(by_user["userPrincipalName"].as_str().unwrap().ends_with(".example"));
    assert_eq!(by_user["applicationId"].as_str().unwrap().len(), 36);
    assert_eq!(by_user["originalCorrelationId"], made, "the one that the answer carries");

    let sent = "0B9E6F13-7C52-4D8A-A3F4-61D0E5B7C928";
    let app = mock.app_only();
    let headers = [("MS-CorrelationId", sent)];
    let by_app = one(&mock, || drop(rename(&app, &headers)));
    assert!(by_app.get("userPrincipalName").is_none());
    assert_eq!(by_app["applicationId"], by_user["applicationId"]);
    assert_eq!(by_app["originalCorrelationId"], sent.to_lowercase());

    let headers = [("MS-CorrelationId", "my-call"), ("MS-ContractVersion", "v1")];
    let odd = one(&mock, || drop(rename(&mock, &headers)));
    assert!(odd.get("originalCorrelationId").is_none(), "what is no GUID is not told as one");
}

#[test]
fn what_is_refused_or_not_in_the_list_of_operations_leaves_no_record() {
    let mock = mock();
    let none = recorded(&mock, || {
        mock.refused(400, 800_004, "POST", &orders(LARKSPUR), &order(&[cart_line("a:b:c", 1)]));
        let azure = "/v1/customers/c8f5a1d7-3e92-4b64-a0d8-2f7e6c9b5a43/subscriptions/3fb8d2c6-9a05-4e71-8c4d-6e0b1a7f5d92/registrations";
        assert!(azure.contains(SUNDARAM));
        mock.expect(202, "POST", azure, &Value::Null);
    });
    assert!(none.is_empty(), "{none:?}");
}

#[test]
fn fixtures_have_a_history_of_their_own() {
    let mock = mock();
    let page = mock.get(&format!("{RECORDS}?startDate=2025-12-01"));
    let records = items(&page);
    let dates: Vec<&str> =
        records.iter().map(|record| record["operationDate"].as_str().unwrap()).collect();
    assert!(dates.is_sorted_by(|a, b| a >= b), "newest first: {dates:?}");
    assert!(dates.last().unwrap() < &"2026-01-01", "{dates:?}");
    assert!(records.iter().all(|record| record.get("userPrincipalName").is_none()));
    let created = records.iter().find(|record| record["operationType"] == "create_order").unwrap();
    let order = resource(created, "resourceNewValue");
    assert_eq!(order["CreationDate"], created["operationDate"]);
}

/// Orders of one, two and three units, a day apart, the last one today.
fn three_days() -> Mock {
    let mock = mock();
    mock.advance("P40D");
    for quantity in 1..=3 {
        mock.advance("P1D");
        mock.post(201, &orders(LARKSPUR), &order(&[cart_line(&software(), quantity)]));
    }
    mock
}

/// The quantities that were ordered, by the records of a page.
fn quantities(page: &Value) -> Vec<&str> {
    let datum = |record: &'_ Value| record["customizedData"][6]["value"].clone();
    items(page)
        .iter()
        .filter(|record| record["operationType"] == "create_order" && !datum(record).is_null())
        .map(|record| record["customizedData"][6]["value"].as_str().unwrap())
        .collect()
}

#[test]
fn dates_are_read_in_every_form_that_clients_send() {
    // The orders were placed at noon of the 11th, 12th and 13th of April.
    let mock = three_days();
    for (query, expected) in [
        ("", vec!["3", "2", "1"]),
        ("startDate=2026-04-12", vec!["3", "2"]),
        ("startDate=2026-04-12T00:00:00Z&endDate=2026-04-12", vec!["2"]),
        ("startdate=2026-04-12T12:00:01&ENDDATE=2026-04-13T12:00:00.0000000Z", vec!["3"]),
        ("startDate=04%2F11%2F2026%2000:00:00&endDate=04/12/2026+00:00:00", vec!["2", "1"]),
        ("startDate=4/12/2026%2012:00:00%20AM&endDate=4/12/2026%2011:59:00%20AM", vec![]),
        ("startDate=2026-04-102&endDate=2026-04-102", vec!["2"]),
        ("startDate=2026-04-12T14:00:00+02:00&endDate=2026-04-12T14:00:00%2B02:00", vec!["2"]),
        ("startDate=0001-01-01T00:00:00&endDate=2026-04-11", vec!["1"]),
        ("auditRequest.startDate=2026-04-13&auditRequest.endDate=2026-04-13", vec!["3"]),
        ("endDate=9999-12-31", vec!["3", "2", "1"]),
    ] {
        for path in [RECORDS, ACTIVITY] {
            assert_eq!(quantities(&mock.get(&format!("{path}?{query}"))), expected, "{query}");
        }
    }
    for (code, query, reason) in [
        (400, "startDate=2026-01-12", "the earliest is 2026-01-13"),
        (400, "auditRequest.startDate=2020-01-01", "auditRequest.startDate"),
        (800_002, "startDate=yesterday", "`yesterday` is no date"),
        (400, "endDate=2026-01-12", "endDate: is more than 90 days back"),
        (800_002, "startDate=2026-02-30", "`2026-02-30` is no date"),
        (800_002, "endDate=2026-04-400", "endDate"),
        (800_002, "startDate=2026-04-12&endDate=2026-04-11", "lies after endDate"),
        (800_002, "size=501", "must be 1 to 500"),
        (800_002, "auditRequest.size=-1", "auditRequest.size"),
    ] {
        let answer = mock.refused(400, code, "GET", &format!("{RECORDS}?{query}"), &Value::Null);
        assert!(answer.text.contains(reason), "{}", answer.text);
    }
    mock.get(&format!("{RECORDS}?startDate=2026-01-13"));
}

#[test]
fn records_are_shown_for_90_days() {
    let mock = mock();
    let record = one(&mock, || {
        mock.post(201, &orders(LARKSPUR), &order(&[cart_line(&software(), 7)]));
    });
    let path = format!("{RECORDS}/{}", record["id"].as_str().unwrap());
    mock.advance("P90D");
    let earliest = format!("{RECORDS}?startDate=2026-03-01");
    assert_eq!(mock.get(&path), record);
    assert_eq!(quantities(&mock.get(&earliest)), ["7"]);
    mock.advance("PT1S");
    mock.refused(404, 1000, "GET", &path, &Value::Null);
    assert!(quantities(&mock.get(&earliest)).is_empty(), "of its day, but a second too old");
}

#[test]
fn filters_find_records() {
    let mock = mock();
    for customer in [LARKSPUR, "0e4c6a8d-7f21-4b95-9d3e-b1f5c7a9e264"] {
        let billing = format!("/v1/customers/{customer}/profiles/billing");
        let mut profile = mock.get(&billing);
        profile["firstName"] = "Nola".into();
        mock.expect(200, "PUT", &billing, &profile);
    }
    placed(&mock, LARKSPUR, &[cart_line(&software(), 1)]);
    let simple = |field: &str, operator: &str, value: &str| json!({ "Field": field, "Operator": operator, "Value": value });
    let today = "startDate=2026-03-01";
    let found = |filter: &Value| -> Vec<String> {
        let filter = encoded(&filter.to_string());
        let page = mock.get(&format!("{RECORDS}?{today}&filter={filter}"));
        items(&page)
            .iter()
            .filter(|record| record.get("userPrincipalName").is_some())
            .map(|record| {
                let name = record["customerName"].as_str().unwrap().split(' ').next().unwrap();
                format!("{name} {}", record["resourceType"].as_str().unwrap())
            })
            .collect()
    };
    let (all, order) =
        (["Larkspur order", "Serra customer", "Larkspur customer"], ["Larkspur order"]);
    for (filter, expected) in [
        (simple("CompanyName", "substring", "PUR F"), &[all[0], all[2]][..]),
        (simple("companyname", "Substring", "serra"), &all[1..2]),
        (simple("CustomerId", "equals", &LARKSPUR.to_uppercase()), &[all[0], all[2]]),
        (simple("ResourceType", "equals", "Order"), &order),
        (simple("resource_type", "Equals", "CUSTOMER"), &all[1..]),
        (simple("ResourceType", "equals", "ThirdPartyAddOn"), &[]),
        (simple("CompanyName", "substring", "nobody"), &[]),
        (
            json!({
                "LeftFilter": simple("CustomerId", "equals", LARKSPUR),
                "RightFilter": simple("ResourceType", "equals", "order"),
                "Operator": "and",
            }),
            &order,
        ),
    ] {
        assert_eq!(found(&filter), expected, "{filter}");
    }
    let swagger = "auditRequest.filter.field=CompanyName&auditRequest.filter.value=larkspur\
                   &auditRequest.filter.operator=substring";
    let page = mock.get(&format!("{ACTIVITY}?auditRequest.{today}&{swagger}"));
    assert!(items(&page).iter().all(|record| record["customerId"] == LARKSPUR));
    assert!(items(&page).len() >= 2);
    for (code, filter) in [
        (800_002, simple("CompanyName", "equals", "Larkspur Foods")),
        (800_002, simple("CustomerId", "substring", LARKSPUR)),
        (800_002, simple("CustomerId", "equals", "Larkspur")),
        (800_002, simple("OperationType", "equals", "create_order")),
        (900_126, simple("ResourceType", "equals", "reservation")),
    ] {
        let query = encoded(&filter.to_string());
        mock.refused(400, code, "GET", &format!("{RECORDS}?filter={query}"), &Value::Null);
    }
    let half = format!("{ACTIVITY}?auditRequest.filter.field=CompanyName");
    mock.refused(400, 800_002, "GET", &half, &Value::Null);
}

#[test]
fn pages_lead_from_the_newest_record_to_the_oldest_and_back() {
    let mock = three_days();
    let query = format!(
        "startDate=2026-04-11&filter={}",
        encoded(r#"{"Field":"ResourceType","Value":"order","Operator":"equals"}"#)
    );
    for (root, path) in [("/v1", RECORDS), ("", ACTIVITY)] {
        let first = mock.get(&format!("{path}?size=2&{query}"));
        assert_eq!(quantities(&first), ["3", "2"]);
        let next = &first["links"]["next"];
        let token = first["continuationToken"].as_str().unwrap();
        assert_eq!(next["headers"], json!([{ "key": "MS-ContinuationToken", "value": token }]));
        let uri = format!("{root}{}", next["uri"].as_str().unwrap());
        assert!(uri.contains("startDate=2026-04-11&"), "{uri}");
        let by_link = mock.send("GET", &uri, &[("MS-ContinuationToken", token)], "").json();
        assert_eq!(quantities(&by_link), ["1"]);
        assert!(by_link.get("continuationToken").is_none() && by_link["links"]["next"].is_null());
        // As a parameter, as one client library sends it.
        let token = encoded(token);
        let in_query = format!("{path}?size=2&{query}&MS-ContinuationToken={token}");
        assert_eq!(quantities(&mock.get(&in_query)), ["1"]);
        let back = &by_link["links"]["previous"];
        let uri = format!("{root}{}", back["uri"].as_str().unwrap());
        let token = back["headers"][0]["value"].as_str().unwrap();
        let page = mock.send("GET", &uri, &[("MS-ContinuationToken", token)], "").json();
        assert_eq!(quantities(&page), ["3", "2"]);
        // A token of another list is none of this one.
        let other = format!("{path}?size=2&MS-ContinuationToken={}", encoded(token));
        mock.refused(400, 2000, "GET", &other, &Value::Null);
    }
    // What is written meanwhile moves no page.
    let first = mock.get(&format!("{RECORDS}?size=1&{query}"));
    placed(&mock, LARKSPUR, &[cart_line(&software(), 9)]);
    let token = first["continuationToken"].as_str().unwrap();
    let path = format!("{RECORDS}?size=1&{query}&seekOperation=Next");
    let second = mock.send("GET", &path, &[("MS-ContinuationToken", token)], "").json();
    assert_eq!((quantities(&first), quantities(&second)), (vec!["3"], vec!["2"]));
}

#[test]
fn a_record_that_is_not_there_is_not_found() {
    let mock = mock();
    let page = mock.get(RECORDS);
    let id = items(&page)[0]["id"].as_str().unwrap();
    for path in [RECORDS, ACTIVITY] {
        for wrong in ["x", "1", &id.replace(PARTNER, LARKSPUR), &format!("{id}0"), "_"] {
            mock.refused(404, 1000, "GET", &format!("{path}/{wrong}"), &Value::Null);
        }
    }
}

#[test]
fn an_invoice_is_recorded_when_it_is_issued() {
    let mock = mock();
    placed(&mock, LARKSPUR, &[cart_line(&software(), 1)]);
    mock.advance("P32D");
    let page = mock.get(&format!(
        "{RECORDS}?filter={}",
        encoded(r#"{"Field":"ResourceType","Value":"invoice","Operator":"equals"}"#)
    ));
    let invoices = mock.get("/v1/invoices");
    let march: Vec<&Value> = items(&invoices)
        .iter()
        .filter(|invoice| invoice["invoiceDate"].as_str().unwrap().starts_with("2026-04"))
        .collect();
    let records: Vec<&Value> = items(&page)
        .iter()
        .filter(|record| record["operationDate"].as_str().unwrap().starts_with("2026-04"))
        .collect();
    assert!(!march.is_empty());
    assert_eq!(records.len(), march.len());
    for invoice in march {
        let record = records
            .iter()
            .find(|record| resource(record, "resourceNewValue")["Id"] == invoice["id"])
            .unwrap_or_else(|| panic!("{} is not recorded", invoice["id"]));
        assert_eq!(record["operationType"], "ready_invoice");
        let id = record["id"].as_str().unwrap();
        let number = invoice["id"].as_str().unwrap().to_lowercase();
        assert!(id.starts_with(&format!("{PARTNER}_{number}_readyinvoice_")), "{id}");
        assert_eq!(mock.get(&format!("{RECORDS}/{id}")), **record);
        let told = resource(record, "resourceNewValue");
        assert_eq!(told["TotalCharges"], invoice["totalCharges"]);
        assert_eq!(told["CurrencyCode"], invoice["currencyCode"]);
        assert_eq!(told["Attributes"]["ObjectType"], "Invoice");
        for absent in ["customerId", "customerName", "userPrincipalName"] {
            assert!(record.get(absent).is_none(), "{absent}");
        }
    }
}
