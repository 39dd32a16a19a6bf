//! Orders: placed directly, listed, priced, fulfilled and changed.

use partner_center_mock::domain::settings::Transition;
use serde_json::{Value, json};

use crate::support::items::{
    cart_line, licence, lines, listed, order, order_line, plan_reservation, reservation,
    reservation_line, small_vm, software,
};
use crate::support::{
    COOLIBAH, FOREIGN, LARKSPUR, LARKSPUR_AZURE, LARKSPUR_LICENCE, LARKSPUR_PLAN, Mock, NOBODY,
    PRAIRIE, PRAIRIE_AZURE, SUNDARAM, SUNDARAM_AZURE, mock, mock_with, sandbox,
};

pub fn orders(customer: &str) -> String {
    format!("/v1/customers/{customer}/orders")
}

/// Places an order for these cart lines, lets it be fulfilled, and gives its path.
pub fn placed(mock: &Mock, customer: &str, cart_lines: &[Value]) -> String {
    let made = mock.post(201, &orders(customer), &order(cart_lines));
    let path = format!("/v1{}", made["links"]["self"]["uri"].as_str().unwrap());
    assert_ne!(mock.get(&path)["status"], "pending");
    path
}

pub fn patch(mock: &Mock, path: &str, body: &Value) -> Value {
    mock.expect(200, "PATCH", path, body).json()
}

pub fn billed(item: &str, cycle: &str) -> Value {
    let mut body = order(&[cart_line(item, 2)]);
    body["billingCycle"] = cycle.into();
    body
}

pub fn cancelled() -> Value {
    json!({ "status": "cancelled" })
}

/// The provisioning status of every line.
pub fn provisioning(mock: &Mock, path: &str) -> Vec<String> {
    let list = mock.get(&format!("{path}/provisioningstatus"));
    let words = list["items"].as_array().unwrap().iter();
    words.map(|line| line["status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_reservation_is_ordered_directly() {
    let mock = mock();
    let body = json!({
        "BillingCycle": "one_time", "CurrencyCode": "USD",
        "LineItems": [{
            "LineItemNumber": 0, "OfferId": small_vm(), "FriendlyName": "web tier", "Quantity": 2,
            "TermDuration": "P1Y",
            "ProvisioningContext": { "subscriptionId": LARKSPUR_AZURE, "scope": "shared", "duration": "1Year" }
        }],
        "PartnerOnRecordAttestationAccepted": true
    });
    let made = mock.post(201, &orders(LARKSPUR), &body);
    let id = made["id"].as_str().unwrap();
    assert_eq!((id.len(), id.ends_with('1')), (33, true));
    assert_eq!(made["alternateId"].as_str().unwrap().len(), 12);
    assert_eq!(made["referenceCustomerId"], LARKSPUR);
    assert_eq!(made["status"], "pending");
    assert_eq!(made["transactionType"], "UserPurchase");
    assert_eq!(made["currencySymbol"], "$");
    assert_eq!(made["client"]["deviceFamily"], "UniversalStore-PartnerCenter");
    assert_eq!(made["partnerOnRecordAttestationAccepted"], true);
    assert_eq!(made["links"]["patchOperation"]["method"], "PATCH");
    assert!(made.get("totalPrice").is_none() && made["attributes"].get("etag").is_none());
    let line = &made["lineItems"][0];
    assert_eq!(line["offerId"], small_vm());
    assert_eq!(line["transactionType"], "New");
    let item: Vec<String> = small_vm().split(':').map(str::to_owned).collect();
    assert_eq!(
        line["links"]["availability"]["uri"],
        format!("/products/{}/skus/{}/availabilities/{}?country=US", item[0], item[1], item[2])
    );
}

#[test]
fn orders_are_read_as_every_client_writes_them() {
    let mock = mock();
    let unset = "0001-01-01T00:00:00";
    let dotnet = json!({
        "Id": null, "AlternateId": null, "ReferenceCustomerId": LARKSPUR, "BillingCycle": "unknown",
        "CurrencyCode": null, "CurrencySymbol": null, "TotalPrice": null, "CreationDate": null,
        "Status": null, "TransactionType": "UserPurchase", "Client": null, "Links": null,
        "LineItems": [{
            "LineItemNumber": 0, "OfferId": small_vm(), "SubscriptionId": null,
            "ParentSubscriptionId": null, "TermDuration": null, "TransactionType": "new",
            "FriendlyName": null, "Quantity": 1, "PartnerIdOnRecord": null,
            "AdditionalPartnerIdsOnRecord": null, "CustomTermEndDate": unset, "Pricing": null,
            "ProvisioningContext": { "subscriptionId": LARKSPUR_AZURE, "scope": "shared" },
            "RenewsTo": null, "PromotionId": null, "AttestationAccepted": null, "Links": null
        }],
        "Attributes": { "Etag": null, "ObjectType": "Order" }
    });
    let java = json!({
        "referenceCustomerId": LARKSPUR, "billingCycle": "one_time", "totalPrice": 0.0,
        "lineItems": [{
            "lineItemNumber": 0, "offerId": small_vm(), "quantity": 1,
            "provisioningContext": { "subscriptionId": LARKSPUR_AZURE, "scope": "shared" }
        }],
        "attributes": { "objectType": "Order" }
    });
    let powershell = json!({ "BillingCycle": "OneTime", "LineItems": [{
        "LineItemNumber": 0, "OfferId": small_vm(), "Quantity": 1,
        "ProvisioningContext": { "subscriptionId": LARKSPUR_AZURE, "scope": "shared" }
    }] });
    for body in [dotnet, java, powershell] {
        let made = mock.post(201, &orders(LARKSPUR), &body);
        assert_eq!(made["billingCycle"], "one_time");
        assert!(!made.to_string().contains("null"), "{made:#}");
    }
}

#[test]
fn what_a_cart_would_note_refuses_an_order() {
    let mock = mock();
    let good = reservation_line(&small_vm(), LARKSPUR_AZURE);
    let to = |subscription: &str| reservation_line(&small_vm(), subscription);
    let without = |key: &str| {
        let mut line = good.clone();
        line["provisioningContext"].as_object_mut().unwrap().remove(key);
        line
    };
    let with = |base: &Value, key: &str, value: Value| {
        let mut line = base.clone();
        line[key] = value;
        line
    };
    let seats = cart_line(&licence(), 1);
    let addon = cart_line(&listed("US", "CFQ7TTC0LHSL", "0001", "P1Y"), 1);
    let vm = |country: &str, sku: &str, region: &str| reservation(country, sku, region, "P1Y");
    let table = [
        (400, 800_004, cart_line("no-such-thing", 1)),
        (400, 800_004, cart_line("DZH318Z0BSV1:0001:DZH318ZZZZZZ", 1)),
        (400, 800_010, reservation_line(&vm("US", "Standard_B8ms", "uksouth"), LARKSPUR_AZURE)),
        (400, 800_011, to(LARKSPUR_LICENCE)),
        (400, 800_013, to(LARKSPUR_PLAN)),
        (400, 800_013, {
            let item = plan_reservation("US", "Standard_D2s_v4", "eastus", "P1Y");
            reservation_line(&item, LARKSPUR_AZURE)
        }),
        (400, 800_017, cart_line(&licence(), 301)),
        (403, 800_020, cart_line(&listed("US", "DZH318Z0SQ19", "0002", ""), 1)),
        (400, 800_021, to(NOBODY)),
        (400, 800_021, to(PRAIRIE_AZURE)),
        (400, 800_029, addon.clone()),
        (400, 800_029, with(&addon, "parentSubscriptionId", LARKSPUR_LICENCE.into())),
        (400, 800_029, with(&seats, "parentSubscriptionId", LARKSPUR_LICENCE.into())),
        (400, 800_070, reservation_line(&vm("GB", "Standard_D2s_v4", "eastus"), LARKSPUR_AZURE)),
        (400, 800_002, without("scope")),
        (400, 800_002, without("subscriptionId")),
        (400, 800_002, with(&good, "provisioningContext", Value::Null)),
        (400, 800_002, with(&good, "termDuration", "P3Y".into())),
        (400, 800_002, with(&good, "quantity", 0.into())),
        (400, 800_002, with(&seats, "customTermEndDate", "2020-01-01".into())),
        (400, 800_002, with(&good, "customTermEndDate", "2026-06-01".into())),
        (400, 900_154, with(&seats, "partnerIdOnRecord", "6018822".into())),
        (400, 900_154, with(&seats, "partnerIdOnRecord", "1".into())),
        (400, 900_203, cart_line(&listed("US", "CFQ7TTC0LA3S", "0001", "P1Y"), 1)),
        (400, 27007, with(&seats, "promotionId", "any".into())),
    ];
    for (status, code, line) in table {
        mock.refused(status, code, "POST", &orders(LARKSPUR), &order(&[line]));
    }
    let mut monthly = order(std::slice::from_ref(&good));
    monthly["billingCycle"] = "monthly".into();
    mock.refused(400, 800_085, "POST", &orders(LARKSPUR), &monthly);
    let mut euros = order(std::slice::from_ref(&good));
    euros["currencyCode"] = "EUR".into();
    mock.refused(400, 800_002, "POST", &orders(LARKSPUR), &euros);
    let mixed = order(&[good, seats]);
    mock.refused(400, 800_085, "POST", &orders(LARKSPUR), &mixed);
}

#[test]
fn the_subscription_and_the_customer_must_be_ready() {
    let mock = mock();
    let (french, suspended) =
        ("3d6f0a95-2b8c-4e17-9f4a-c5e7d9b1a382", "74e1b8c5-0d39-4a62-b7f8-2c6e9a4d1f53");
    let item = reservation("FR", "Standard_D2s_v4", "westeurope", "P1Y");
    let body = order(&[reservation_line(&item, suspended)]);
    mock.refused(400, 800_012, "POST", &orders(french), &body);
    let item = reservation("IN", "Standard_D2s_v4", "eastus", "P1Y");
    let body = order(&[reservation_line(&item, SUNDARAM_AZURE)]);
    mock.refused(400, 800_030, "POST", &orders(SUNDARAM), &body);
    let body = order(&[cart_line(&listed("IN", "CFQ7TTC0LH18", "0001", "P1Y"), 1)]);
    mock.refused(403, 13605, "POST", &orders(SUNDARAM), &body);
    mock.post(201, &orders(SUNDARAM), &order(&[cart_line("MS-AZR-0145P", 1)]));
    // Reservations are not sold in Brazil.
    let body = order(&[reservation_line(&small_vm(), LARKSPUR_AZURE)]);
    let brazilian = "0e4c6a8d-7f21-4b95-9d3e-b1f5c7a9e264";
    mock.refused(400, 800_070, "POST", &orders(brazilian), &body);
    let body = order(&[cart_line(&licence(), 1)]);
    mock.refused(404, 1000, "POST", &orders(NOBODY), &body);
    mock.refused(403, 20002, "POST", &orders(FOREIGN), &body);
    mock.refused(400, 800_002, "POST", &orders("not-a-guid"), &body);
}

#[test]
fn lines_are_numbered_from_0_each_once() {
    let mock = mock();
    let line = |number: i64| order_line(number, &cart_line(&licence(), 1));
    for numbers in [vec![1], vec![0, 0], vec![0, 2], vec![-1, 0], vec![i64::MAX]] {
        let body = lines(&numbers.iter().map(|number| line(*number)).collect::<Vec<_>>());
        mock.refused(400, 800_071, "POST", &orders(LARKSPUR), &body);
    }
    let made = mock.post(201, &orders(LARKSPUR), &lines(&[line(1), line(0)]));
    assert_eq!(made["lineItems"][0]["lineItemNumber"], 0);
    for body in [json!({}), json!({ "lineItems": [] }), json!({ "lineItems": [{ "quantity": 1 }] })]
    {
        mock.refused(400, 800_002, "POST", &orders(LARKSPUR), &body);
    }
    let mut unknown = lines(&[line(0)]);
    unknown["billingCycle"] = "weekly".into();
    mock.refused(400, 900_126, "POST", &orders(LARKSPUR), &unknown);
}

#[test]
fn a_sandbox_sells_no_more_than_its_limits() {
    let mock = sandbox();
    let seats = |count| order(&[cart_line(&listed("AU", "CFQ7TTC0LCHC", "0001", "P1Y"), count)]);
    let plan = order(&[cart_line(&listed("AU", "DZH318Z0BPS6", "0001", ""), 1)]);
    let azure = order(&[cart_line("MS-AZR-0145P", 1)]);
    mock.refused(403, 800_067, "POST", &orders(COOLIBAH), &seats(26));
    for _ in 0..3 {
        mock.post(201, &orders(COOLIBAH), &plan);
    }
    mock.refused(400, 900_116, "POST", &orders(COOLIBAH), &plan);
    for _ in 0..2 {
        mock.post(201, &orders(COOLIBAH), &seats(25));
    }
    mock.refused(403, 800_066, "POST", &orders(COOLIBAH), &seats(1));
    // Seven customers of the fixtures have Azure; the partner may have ten in all.
    for _ in 0..3 {
        mock.post(201, &orders(SUNDARAM), &azure);
    }
    mock.refused(403, 800_068, "POST", &orders(PRAIRIE), &azure);
}

#[test]
fn a_sandbox_reserves_two_small_machines_per_customer() {
    let mock = sandbox();
    let small = |count: i64| {
        let item = reservation("CA", "Standard_B1s", "eastus", "P1Y");
        let mut line = reservation_line(&item, PRAIRIE_AZURE);
        line["quantity"] = count.into();
        order(&[line])
    };
    let large = reservation("CA", "Standard_D2s_v4", "eastus", "P1Y");
    let large = order(&[reservation_line(&large, PRAIRIE_AZURE)]);
    mock.refused(400, 800_018, "POST", &orders(PRAIRIE), &large);
    mock.refused(400, 800_018, "POST", &orders(PRAIRIE), &small(3));
    // What is still pending counts as well.
    let made = mock.post(201, &orders(PRAIRIE), &small(2));
    let path = format!("{}/{}", orders(PRAIRIE), made["id"].as_str().unwrap());
    mock.get(&path);
    mock.refused(400, 800_018, "POST", &orders(PRAIRIE), &small(1));
    patch(&mock, &path, &cancelled());
    mock.post(201, &orders(PRAIRIE), &small(2));
}

#[test]
fn an_order_is_found_by_its_id_and_nothing_else() {
    let mock = mock();
    let path = placed(&mock, LARKSPUR, &[reservation_line(&small_vm(), LARKSPUR_AZURE)]);
    let id = mock.get(&path)["id"].as_str().unwrap().to_owned();
    let swapped: String = id
        .chars()
        .map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    for (customer, id) in [
        (LARKSPUR, swapped.as_str()),
        (PRAIRIE, &id),
        (LARKSPUR, NOBODY),
        (LARKSPUR, "%F0%9F%A6%80"),
    ] {
        let path = format!("{}/{id}", orders(customer));
        mock.refused(404, 20000, "GET", &path, &Value::Null);
        mock.refused(404, 20000, "PATCH", &path, &cancelled());
        for below in ["provisioningstatus", "activationlinks", "lineitems/0/activationlinks"] {
            mock.refused(404, 20000, "GET", &format!("{path}/{below}"), &Value::Null);
        }
    }
    mock.refused(404, 1000, "GET", &format!("{}/{id}", orders(NOBODY)), &Value::Null);
    mock.refused(403, 20002, "GET", &format!("{}/{id}", orders(FOREIGN)), &Value::Null);
    // Ids of legacy orders are GUIDs, whose case does not count.
    let legacy = mock.post(201, &orders(LARKSPUR), &order(&[cart_line("MS-AZR-0145P", 1)]));
    let id = legacy["id"].as_str().unwrap();
    assert_eq!(mock.get(&format!("{}/{}", orders(LARKSPUR), id.to_uppercase()))["id"], id);
}

#[test]
fn prices_are_shown_when_asked_for_and_add_up() {
    let mock = mock();
    let yen_customer = "a8e3c7d2-5f94-4b06-8e1d-0f2a4c6b8d95";
    for customer in [LARKSPUR, yen_customer] {
        for (flag, shown) in [("true", true), ("True", true), ("false", false), ("", false)] {
            let query =
                if flag.is_empty() { String::new() } else { format!("?include_price={flag}") };
            let list = mock.get(&format!("{}{query}", orders(customer)));
            assert!(list["totalCount"].as_u64().unwrap() > 1);
            for order in list["items"].as_array().unwrap() {
                let by_id = mock.get(&format!(
                    "{}/{}{query}",
                    orders(customer),
                    order["id"].as_str().unwrap()
                ));
                assert_eq!(&by_id, order);
                assert_eq!(order.get("totalPrice").is_some(), shown);
                let mut sum = 0.0;
                for line in order["lineItems"].as_array().unwrap() {
                    assert_eq!(line.get("pricing").is_some(), shown);
                    if shown {
                        let price = |name: &str| line["pricing"][name].as_f64().unwrap();
                        let quantity = line["quantity"].as_f64().unwrap();
                        let extended = price("price") * quantity;
                        assert!((extended - price("extendedPrice")).abs() < 0.001, "{line:#}");
                        sum += extended;
                    }
                }
                if shown {
                    assert!(
                        (sum - order["totalPrice"].as_f64().unwrap()).abs() < 0.001,
                        "{order:#}"
                    );
                }
            }
        }
    }
    let path = format!("{}?include_price=perhaps", orders(LARKSPUR));
    mock.refused(400, 800_002, "GET", &path, &Value::Null);
}

#[test]
fn the_list_is_filtered_by_billing_cycle_in_any_spelling() {
    let mock = mock();
    let cycles = |query: &str| {
        let list = mock.get(&format!("{}{query}", orders(LARKSPUR)));
        let items = list["items"].as_array().unwrap();
        assert_eq!(list["totalCount"].as_u64().unwrap(), items.len() as u64);
        let words = items.iter().map(|order| order["billingCycle"].as_str().unwrap().to_owned());
        words.collect::<Vec<_>>()
    };
    let all = cycles("");
    let one_time: Vec<_> = all.iter().filter(|word| *word == "one_time").cloned().collect();
    assert!(!one_time.is_empty() && one_time.len() < all.len());
    for spelling in ["one_time", "OneTime", "onetime", "ONE_TIME", "4"] {
        assert_eq!(cycles(&format!("?billingType={spelling}")), one_time, "{spelling}");
    }
    assert_eq!(cycles("?BILLINGTYPE=monthly"), vec!["monthly"; all.len() - one_time.len()]);
    assert_eq!(cycles("?billingType=annual"), Vec::<String>::new());
    assert_eq!(cycles("?billingType=none"), Vec::<String>::new());
    assert_eq!(cycles("?billingType=unknown"), all);
    for unknown in ["weekly", "9", "-1"] {
        let path = format!("{}?billingType={unknown}", orders(LARKSPUR));
        mock.refused(400, 900_126, "GET", &path, &Value::Null);
    }
    mock.refused(404, 1000, "GET", &orders(NOBODY), &Value::Null);
    mock.refused(403, 20002, "GET", &orders(FOREIGN), &Value::Null);
}

#[test]
fn a_new_order_may_take_a_while_to_be_listed_and_to_be_fulfilled() {
    let mock = mock_with(|builder| {
        builder
            .delay(Transition::OrderListing, "PT15M".parse().unwrap())
            .delay(Transition::OrderProvisioning, "PT1H".parse().unwrap())
    });
    let body = order(&[reservation_line(&small_vm(), LARKSPUR_AZURE), cart_line(&software(), 1)]);
    let made = mock.post(201, &orders(LARKSPUR), &body);
    let path = format!("{}/{}", orders(LARKSPUR), made["id"].as_str().unwrap());
    let is_listed = || {
        let list = mock.get(&orders(LARKSPUR));
        list["items"].as_array().unwrap().iter().any(|order| order["id"] == made["id"])
    };
    assert_eq!(mock.get(&path), made);
    assert_eq!(provisioning(&mock, &path), ["PrefulfillmentPending", "PrefulfillmentPending"]);
    assert!(!is_listed());
    mock.advance("PT14M59S");
    assert!(!is_listed());
    mock.advance("PT1S");
    assert!(is_listed());
    mock.advance("PT44M59S");
    assert_eq!(mock.get(&path)["status"], "pending");
    mock.advance("PT1S");
    assert_eq!(mock.get(&path)["status"], "completed");
    assert_eq!(provisioning(&mock, &path), ["Fulfilled", "Fulfilled"]);
    let line = &mock.get(&format!("{path}/provisioningstatus"))["items"][0];
    assert_eq!(
        line["quantityProvisioningInformation"],
        json!([{ "quantity": 1, "status": "Fulfilled" }])
    );
    assert_eq!(line["attributes"]["objectType"], "OrderLineItemProvisioningStatus");
}
