//! Microsoft's SDK for Java 1.15: camel case without nulls, defaults written out, links joined with two
//! slashes, and everything but success sent again, five times in all, with the same ids.

use serde_json::{Value, json};

use super::{Client, WHOLE, ids, is_date, is_iso_date, member};
use crate::support::items::{licence, small_vm};
use crate::support::{
    LARKSPUR, LARKSPUR_AZURE, LARKSPUR_LICENCE, LARKSPUR_PLAN, SUNDARAM, SUNDARAM_AZURE, mock,
};

fn client() -> Client {
    let headers = &[
        ("Accept", "application/json"),
        ("MS-Contract-Version", "v1"),
        ("MS-CorrelationId", "0d3f6f2b-1c7a-4a53-9d0d-5b0e6d1c8f0a"),
        ("X-Locale", "en-US"),
        ("MS-SdkVersion", "1.15.4"),
        ("MS-PartnerCenter-Client", "Partner Center Java SDK"),
        ("x-ms-client-request-id", "7d1dd905-0fb8-4f0e-8c44-47e72238a264"),
        ("User-Agent", "AutoRest-Java"),
        ("Content-Type", "application/json; charset=utf-8"),
    ];
    Client { mock: mock(), headers, unreadable }
}

const CYCLES: &[&str] = &["unknown", "monthly", "annual", "none", "one_time"];

/// Enumerations are matched letter by letter, and one unknown word makes the whole answer unreadable.
fn unreadable(at: &str, value: &Value) -> Option<String> {
    let name = member(at);
    let known: &[&str] = match name {
        "billingCycle" | "supportedBillingCycles" => CYCLES,
        "severity" => &["unknown", "critical", "moderate", "minimal"],
        "relationshipToPartner" => {
            &["unknown", "none", "reseller", "advisor", "syndication", "microsoftSupport"]
        }
        "contractType" => &["subscription", "productkey", "redemptioncode"],
        "billingType" | "billing" => &["none", "usage", "license"],
        "status"
            if at.contains("/subscriptions")
                && !at.contains("status.")
                && !at.contains("Entitle") =>
        {
            &["none", "active", "suspended", "deleted"]
        }
        "status" if at.contains("/servicerequests") => {
            &["none", "open", "closed", "attention_needed"]
        }
        _ => &[],
    };
    match value {
        Value::String(text) if !known.is_empty() && !known.contains(&text.as_str()) => {
            Some(format!("`{text}` is not one of {known:?}"))
        }
        Value::String(text) if is_date(name) && !is_iso_date(text) => {
            Some(format!("`{text}` is not a date"))
        }
        Value::Number(number) if WHOLE.contains(&name) && !number.is_i64() => {
            Some(format!("{number} is not whole"))
        }
        Value::Object(members) => {
            let capital = |name: &&String| name.starts_with(|c: char| c.is_ascii_uppercase());
            let free = ["provisioningContext", "inventoryContext", "customizedData"];
            let pascal = members.keys().find(capital).filter(|_| !free.contains(&name));
            pascal.map(|name| format!("`{name}` would be passed over"))
        }
        _ => None,
    }
}

/// The path of a customer.
fn customer(rest: &str) -> String {
    format!("/v1/customers/{LARKSPUR}{rest}")
}

#[test]
fn pages_of_customers_follow_by_links_that_are_joined_with_two_slashes() {
    let client = client();
    let all = ids(&client.get("/v1/customers"));
    let first = client.get("/v1/customers?size=2");
    assert_eq!(client.ids_by_links("/v1/", first), all);
}

#[test]
fn a_seek_query_goes_on_with_the_token_alone() {
    let client = client();
    let all = ids(&client.get("/v1/customers"));
    let mut page = client.get("/v1/customers?size=2");
    let mut found = ids(&page);
    while let Some(token) = page["continuationToken"].as_str() {
        let sent = [("MS-ContinuationToken", token)];
        page = client.send("GET", "/v1/customers?seekOperation=Next", &sent, "").json();
        assert!(ids(&page).len() <= 2, "the pages stay as long as they were asked for");
        found.extend(ids(&page));
    }
    assert_eq!(found, all);
}

#[test]
fn a_seek_query_stays_within_the_filter_it_began_with() {
    let client = client();
    let filter = "%7B%22value%22%3A%22%22%2C%22field%22%3A%22CompanyName%22%2C\
                  %22fieldType%22%3A%22String%22%2C%22operator%22%3A%22StartsWith%22%7D";
    let lark = filter.replace("%22value%22%3A%22%22", "%22value%22%3A%22Lark%22");
    let found = client.get(&format!("/v1/customers?size=0&filter={lark}"));
    assert_eq!(ids(&found), [LARKSPUR]);
    for letter in ["C", "S", "P"] {
        let filter =
            filter.replace("%22value%22%3A%22%22", &format!("%22value%22%3A%22{letter}%22"));
        let all = ids(&client.get(&format!("/v1/customers?size=0&filter={filter}")));
        let mut page = client.get(&format!("/v1/customers?size=1&filter={filter}"));
        let mut found = ids(&page);
        while let Some(token) = page["continuationToken"].as_str() {
            let sent = [("MS-ContinuationToken", token)];
            page = client.send("GET", "/v1/customers?seekOperation=Next", &sent, "").json();
            found.extend(ids(&page));
        }
        assert_eq!(found, all, "{letter}");
    }
}

#[test]
fn a_domain_that_is_free_is_asked_for_five_times() {
    let client = client();
    let path = "/v1/domains/fernandquill.onmicrosoft.com";
    let again = [("MS-RequestId", "daa6254a-cb09-4bd9-ae95-3f26a691426b")];
    for _ in 0..5 {
        assert_eq!(client.send("HEAD", path, &again, "").status, 404);
    }
    let made = json!({
        "attributes": { "objectType": "Customer" },
        "companyProfile": {
            "attributes": { "objectType": "CustomerCompanyProfile" },
            "companyName": "Fern and Quill",
            "domain": "fernandquill.onmicrosoft.com",
        },
        "billingProfile": {
            "attributes": { "objectType": "CustomerBillingProfile" },
            "email": "ap@fernandquill.example",
            "culture": "EN-US",
            "language": "En",
            "companyName": "Fern and Quill",
            "defaultAddress": {
                "country": "US", "city": "Boise", "state": "ID", "addressLine1": "40 Garden St",
                "postalCode": "83702", "firstName": "Orla", "lastName": "Finch",
            },
        },
    });
    let created = client.expect(201, "POST", "/v1/customers", &made);
    assert_eq!(client.send("HEAD", path, &[], "").status, 200);
    let profile = format!("/v1/customers/{}/profiles/billing", created["id"].as_str().unwrap());
    let mut read = client.get(&profile);
    read["firstName"] = "Zoe".into();
    assert_eq!(client.expect(200, "PUT", &profile, &read)["firstName"], "Zoe");
}

#[test]
fn a_cart_is_put_back_whole_and_checked_out_with_the_body_success() {
    let client = client();
    let cart = json!({
        "attributes": { "objectType": "Cart" },
        "lineItems": [{
            "id": 0,
            "catalogItemId": small_vm(),
            "friendlyName": "web",
            "quantity": 1,
            "billingCycle": "one_time",
            "provisioningContext": { "scope": "shared", "subscriptionId": LARKSPUR_AZURE },
        }],
    });
    let made = client.expect(201, "POST", &customer("/carts"), &cart);
    let path = customer(&format!("/carts/{}", made["id"].as_str().unwrap()));
    let mut read = client.get(&path);
    read["lineItems"][0]["quantity"] = 3.into();
    client.expect(201, "PUT", &path, &read);
    assert_eq!(client.get(&path)["lineItems"][0]["quantity"], 3);
    let out = client.expect_text(201, "POST", &format!("{path}/checkout"), r#""success""#);
    let order = out["orders"][0]["id"].as_str().unwrap();
    let order = customer(&format!("/orders/{order}"));
    let read = client.get(&format!("{order}?include_price=false"));
    assert_eq!(read["lineItems"][0]["quantity"], 3);
    assert_eq!(client.expect(200, "PATCH", &order, &read)["status"], read["status"]);
    let steps = client.get(&format!("{order}/provisioningstatus"));
    assert_eq!(steps["items"][0]["lineItemNumber"], 0);
}

#[test]
fn an_order_carries_the_defaults_of_its_class() {
    let client = client();
    let order = json!({
        "attributes": { "objectType": "Order" },
        "billingCycle": "monthly",
        "lineItems": [{
            "attributes": { "objectType": "OrderLineItem" },
            "friendlyName": "seats", "lineItemNumber": 0, "offerId": licence(), "quantity": 3,
        }],
        "referenceCustomerId": LARKSPUR,
        "totalPrice": 0.0,
    });
    let made = client.expect(201, "POST", &customer("/orders"), &order);
    assert_eq!((&made["billingCycle"], &made["totalPrice"]), (&json!("monthly"), &Value::Null));
    let path = customer(&format!("/orders/{}?include_price=true", made["id"].as_str().unwrap()));
    assert!(client.get(&path)["totalPrice"].as_f64().unwrap() > 0.0);
    let ours = client.get(&customer("/orders?include_price=false"));
    assert!(ids(&ours).contains(&made["id"].as_str().unwrap().to_owned()));
}

#[test]
fn an_order_that_is_sent_five_times_is_placed_once() {
    let client = client();
    let count = || client.get(&customer("/orders"))["totalCount"].as_u64().unwrap();
    let before = count();
    let order = crate::support::items::order(&[crate::support::items::cart_line(&licence(), 1)]);
    let again = [("MS-RequestId", "c2f7a0de-55e0-4d3c-8a3c-1b0a4c7d9e21")];
    let sent = |body: &str| client.send("POST", &customer("/orders"), &again, body);
    let first = sent(&order.to_string());
    for _ in 1..5 {
        assert_eq!(sent(&order.to_string()).text, first.text);
    }
    assert_eq!(count(), before + 1);
    let refused = json!({ "lineItems": [] }).to_string();
    for _ in 0..5 {
        assert_eq!(sent(&refused).status, 400);
    }
    assert_eq!(count(), before + 1);
}

#[test]
fn a_subscription_is_patched_with_all_that_was_read() {
    let client = client();
    let path = customer(&format!("/subscriptions/{LARKSPUR_LICENCE}"));
    let mut read = client.get(&path);
    let quantity = read["quantity"].as_u64().unwrap() + 1;
    read["quantity"] = quantity.into();
    assert_eq!(client.expect(200, "PATCH", &path, &read)["quantity"], quantity);
    read = client.get(&path);
    read["friendlyName"] = "renamed".into();
    read["actions"] = Value::Null;
    client.expect(200, "PATCH", &path, &read);
    assert_eq!(client.get(&path)["friendlyName"], "renamed");
    for rest in ["/provisioningstatus", "/addons", "/supportcontact"] {
        client.get(&format!("{path}{rest}"));
    }
    let plan = customer(&format!("/subscriptions/{LARKSPUR_PLAN}/azureEntitlements"));
    assert_eq!(client.get(&plan)["items"][0]["subscriptionId"], LARKSPUR_PLAN);
}

#[test]
fn a_registration_has_the_body_success() {
    let client = client();
    let path = format!("/v1/customers/{SUNDARAM}/subscriptions/{SUNDARAM_AZURE}");
    let answer = client.send("POST", &format!("{path}/registrations"), &[], r#""success""#);
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert!(answer.header("location").unwrap().contains("registrationstatus"));
    assert_eq!(client.get(&format!("{path}/registrationstatus"))["status"], "Registered");
}

#[test]
fn entitlements_say_what_their_artifacts_are() {
    let client = client();
    let reserved =
        client.get(&customer("/entitlements?entitlementType=reservedinstance&showExpiry=false"));
    let all = client.get(&customer("/entitlements?showExpiry=true"));
    assert!(!reserved["items"].as_array().unwrap().is_empty());
    assert!(all["items"].as_array().unwrap().len() >= reserved["items"].as_array().unwrap().len());
    for item in all["items"].as_array().unwrap() {
        for artifact in item["entitledArtifacts"].as_array().unwrap() {
            assert!(artifact["artifactType"].is_string(), "{artifact}");
        }
    }
}

#[test]
fn a_service_request_is_opened_by_language_and_changed_by_what_differs() {
    let client = client();
    let topics = client.get("/v1/servicerequests/supporttopics");
    let made = json!({
        "attributes": { "objectType": "ServiceRequest" },
        "severity": "critical", "status": "none", "title": "Zero usage",
        "description": "Nothing is used", "supportTopicId": topics["items"][0]["id"],
    });
    let made = client.expect(201, "POST", "/v1/servicerequests/en-US", &made);
    let path = format!("/v1/servicerequests/{}", made["id"].as_str().unwrap());
    let note = json!({
        "attributes": { "objectType": "ServiceRequest" },
        "severity": "unknown", "status": "none", "newNote": { "text": "still" },
    });
    let noted = client.expect(200, "PATCH", &path, &note);
    assert_eq!((&noted["severity"], noted["status"] == "closed"), (&json!("critical"), false));
    let mut whole = client.get(&path);
    whole["severity"] = "moderate".into();
    assert_eq!(client.expect(200, "PATCH", &path, &whole)["severity"], "moderate");
    let close = json!({ "severity": "unknown", "status": "closed" });
    assert_eq!(client.expect(200, "PATCH", &path, &close)["status"], "closed");
    assert_eq!(client.get(&path)["severity"], "moderate");
}

#[test]
fn audit_records_are_asked_for_by_the_day_of_the_year() {
    let client = client();
    client.get(&customer("/orders"));
    let first = client.get("/v1/auditrecords?startDate=2026-02-040&endDate=2026-03-061&size=3");
    let all = client.get("/v1/auditrecords?startDate=2026-02-040&endDate=2026-03-061");
    assert!(all["totalCount"].as_u64().unwrap() > 3, "{all}");
    assert_eq!(client.ids_by_links("/v1/", first), ids(&all));
}

#[test]
fn what_is_listed_can_be_read() {
    let client = client();
    for path in [
        "/v1/offers?country=US",
        "/v1/offercategories?country=US",
        "/v1/products?country=US&targetView=Azure",
        "/v1/products?country=US&targetView=AzureReservationsVM&targetSegment=commercial",
        "/v1/agreements",
        "/v1/invoices?size=0",
        "/v1/invoices/summary",
        "/v1/profiles/legalbusiness",
        "/v1/profiles/mpn",
        "/v1/profiles/support",
        "/v1/profiles/organization",
        "/v1/profiles/billing",
        "/v1/countryvalidationrules/US",
        "/v1/servicerequests",
    ] {
        client.get(path);
    }
    for path in ["/subscriptions", "/profiles/company", "/agreements", "/relationships"] {
        client.get(&customer(path));
    }
    let products = client.get("/v1/products?country=US&targetView=AzureReservationsVM");
    let product = products["items"][0]["id"].as_str().unwrap().to_owned();
    let skus = client.get(&format!("/v1/products/{product}/skus?country=US"));
    let sku = skus["items"][0]["id"].as_str().unwrap();
    client.get(&format!("/v1/products/{product}/skus/{sku}/availabilities?country=US"));
}

#[test]
fn refusals_are_read_as_faults_with_code_and_text() {
    let client = client();
    for (path, code) in [
        ("/v1/customers/00000000-0000-4000-8000-000000000001".to_owned(), 1000),
        (customer("/orders/nope?include_price=false"), 20000),
        ("/v1/customers?seekOperation=Next".to_owned(), 2000),
    ] {
        let answer = client.send("GET", &path, &[], "");
        assert!(answer.status >= 400, "{path}");
        assert_eq!(answer.code(), code, "{path}: {}", answer.text);
    }
}
