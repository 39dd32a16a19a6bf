//! Microsoft's SDK for .NET 3.4: Pascal case with every null, dates of the year 1 and first members of
//! enumerations for what is not set, whole objects written back as they were read.

use serde_json::{Map, Value, json};

use super::{Client, WHOLE, ids, is_date, is_iso_date, member};
use crate::support::items::{licence, small_vm};
use crate::support::{LARKSPUR, LARKSPUR_AZURE, LARKSPUR_LICENCE, SUNDARAM, SUNDARAM_AZURE, mock};

const NEVER: &str = "0001-01-01T00:00:00";

fn client() -> Client {
    let headers = &[
        ("Accept", "application/json"),
        ("MS-CorrelationId", "91c3ec30-aafe-4d75-9953-36ddff99f91d"),
        ("X-Locale", "en-US"),
        ("MS-PartnerCenter-Client", "Partner Center .NET SDK"),
        ("MS-PartnerCenter-Application", "reservations"),
        ("MS-SdkVersion", "3.4.0.0"),
        ("Content-Type", "application/json; charset=utf-8"),
    ];
    Client { mock: mock(), headers, unreadable }
}

/// Members that are enumerations: a null or an empty text in one is an error.
const ENUMERATIONS: &[&str] = &[
    "billingCycle",
    "billingType",
    "contractType",
    "relationshipToPartner",
    "severity",
    "status",
    "unitType",
];

fn unreadable(at: &str, value: &Value) -> Option<String> {
    let name = member(at);
    match value {
        Value::Null if ENUMERATIONS.contains(&name) || is_date(name) => Some("null".to_owned()),
        Value::String(text) if ENUMERATIONS.contains(&name) && text.is_empty() => {
            Some("empty".to_owned())
        }
        Value::String(text) if is_date(name) && !is_iso_date(text) => {
            Some(format!("`{text}` is not a date"))
        }
        Value::Number(number) if WHOLE.contains(&name) && !number.is_i64() => {
            Some(format!("{number} is not whole"))
        }
        Value::Object(members) => {
            let lacks = |wanted: &[&str]| {
                wanted
                    .iter()
                    .find(|name| !members.contains_key(**name))
                    .map(|name| format!("lacks `{name}`"))
            };
            if members.get("attributes").is_some_and(|it| it["objectType"] == "Subscription") {
                return lacks(&["creationDate", "effectiveStartDate", "commitmentEndDate"]);
            }
            if let Some(artifacts) = members.get("entitledArtifacts").and_then(Value::as_array)
                && artifacts.iter().any(|artifact| !artifact["artifactType"].is_string())
            {
                return Some("an artifact without artifactType".to_owned());
            }
            None
        }
        _ => None,
    }
}

/// The path of a customer.
fn customer(rest: &str) -> String {
    format!("/v1/customers/{LARKSPUR}{rest}")
}

/// What was read as the SDK writes it: Pascal case, but for the keys of dictionaries.
fn written(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(written).collect(),
        Value::Object(members) => {
            let mut pascal = Map::new();
            for (name, value) in members {
                let value =
                    if name == "provisioningContext" { value.clone() } else { written(value) };
                pascal.insert(format!("{}{}", name[..1].to_uppercase(), &name[1..]), value);
            }
            Value::Object(pascal)
        }
        other => other.clone(),
    }
}

/// A new line of a cart with all that it does not say.
fn cart_line(item: &str, quantity: i64) -> Value {
    json!({
        "Id": 0, "CatalogItemId": item, "FriendlyName": null, "Quantity": quantity,
        "CurrencyCode": null, "BillingCycle": "one_time", "TermDuration": null,
        "PromotionId": null, "Participants": null,
        "ProvisioningContext": { "subscriptionId": LARKSPUR_AZURE, "scope": "shared" },
        "OrderGroup": null, "PurchaseSystem": null, "AddonItems": null, "RenewsTo": null,
        "Error": null, "CustomTermEndDate": null, "AttestationAccepted": null,
    })
}

fn cart(lines: &[Value]) -> Value {
    json!({
        "Id": null, "CreationTimestamp": null, "LastModifiedTimestamp": null,
        "ExpirationTimestamp": NEVER, "LastModifiedUser": null, "LineItems": lines,
        "Status": null, "PartnerOnRecordAttestationAccepted": null, "Links": null,
        "Attributes": { "Etag": null, "ObjectType": "Cart" },
    })
}

#[test]
fn pages_of_customers_follow_by_link_and_by_token() {
    let client = client();
    let all = ids(&client.get("/v1/customers"));
    let first = client.get("/v1/customers?size=2");
    let token = [("MS-ContinuationToken", first["continuationToken"].as_str().unwrap())];
    let second = client.send("GET", "/v1/customers?seekOperation=Next", &token, "").json();
    assert_eq!(ids(&second), all[2..4]);
    assert_eq!(client.ids_by_links("/v1", first), all);
    let filter = "%7B%22Field%22%3A%22CompanyName%22%2C%22Value%22%3A%22Lark%22%2C\
                  %22Operator%22%3A%22starts_with%22%7D";
    let found = client.get(&format!("/v1/customers?size=0&filter={filter}"));
    assert_eq!(ids(&found), [LARKSPUR]);
}

#[test]
fn a_billing_profile_is_written_back_whole() {
    let client = client();
    let path = customer("/profiles/billing");
    let mut profile = written(&client.get(&path));
    profile["FirstName"] = "Zoe".into();
    profile["DefaultAddress"]["Region"] = Value::Null;
    assert_eq!(client.expect(200, "PUT", &path, &profile)["firstName"], "Zoe");
}

#[test]
fn a_cart_full_of_nulls_goes_all_the_way_to_an_order() {
    let client = client();
    let made = client.expect(201, "POST", &customer("/carts"), &cart(&[cart_line(&small_vm(), 1)]));
    let path = customer(&format!("/carts/{}", made["id"].as_str().unwrap()));
    let mut whole = written(&client.get(&path));
    whole["LineItems"][0]["Quantity"] = 2.into();
    whole["LineItems"][0]["Error"] = Value::Null;
    assert_eq!(client.expect(201, "PUT", &path, &whole)["lineItems"][0]["quantity"], 2);
    let out = client.expect_text(201, "POST", &format!("{path}/checkout"), r#""success""#);
    let id = out["orders"][0]["id"].as_str().unwrap();
    let path = customer(&format!("/orders/{id}"));
    let order = client.get(&path);
    assert_eq!(client.expect(200, "PATCH", &path, &written(&order))["id"], id);
    assert_eq!(client.get(&path)["lineItems"][0]["quantity"], 2);
    assert!(client.get(&format!("{path}?includePrice=true"))["lineItems"][0].is_object());
    client.get(&format!("{path}/provisioningstatus"));
}

#[test]
fn a_wrong_item_is_told_on_its_line() {
    let client = client();
    let lines = [cart_line("DZH318Z0BQ3Q:0001:DZH318Z0NONE", 1)];
    let made = client.expect(201, "POST", &customer("/carts"), &cart(&lines));
    let error = &made["lineItems"][0]["error"];
    assert!(error["errorCode"].is_string() || error["errorCode"].is_u64(), "{made}");
    assert!(error["errorDescription"].is_string(), "{made}");
}

#[test]
fn an_order_full_of_nulls_is_placed_and_its_subscription_suspended() {
    let client = client();
    let order = json!({
        "Id": null, "AlternateId": null, "ReferenceCustomerId": LARKSPUR,
        "BillingCycle": "monthly", "CurrencyCode": null, "CurrencySymbol": null,
        "LineItems": [{
            "LineItemNumber": 0, "ProvisioningContext": null, "OfferId": licence(),
            "SubscriptionId": null, "ParentSubscriptionId": null, "TermDuration": null,
            "TransactionType": null, "FriendlyName": "seats", "Quantity": 3,
            "CustomTermEndDate": null, "Pricing": null, "PartnerIdOnRecord": null, "Links": null,
            "RenewsTo": null, "AttestationAccepted": null,
        }],
        "CreationDate": null, "Status": null, "TransactionType": null, "TotalPrice": null,
        "Links": null, "Attributes": { "Etag": null, "ObjectType": "Order" },
    });
    let placed = client.expect(201, "POST", &customer("/orders"), &order);
    let by_order = customer(&format!("/subscriptions?order_id={}", placed["id"].as_str().unwrap()));
    let found = client.get(&by_order);
    assert_eq!(found["totalCount"], 1);
    let path = customer(&format!("/subscriptions/{}", found["items"][0]["id"].as_str().unwrap()));
    let mut whole = written(&client.get(&path));
    whole["Status"] = "suspended".into();
    whole["EntitlementId"] = Value::Null;
    assert_eq!(client.expect(200, "PATCH", &path, &whole)["status"], "suspended");
}

#[test]
fn a_subscription_is_written_back_whole() {
    let client = client();
    let path = customer(&format!("/subscriptions/{LARKSPUR_LICENCE}"));
    let mut whole = written(&client.get(&path));
    let quantity = whole["Quantity"].as_u64().unwrap() + 2;
    whole["Quantity"] = quantity.into();
    whole["SuspensionReasons"] = Value::Null;
    assert_eq!(client.expect(200, "PATCH", &path, &whole)["quantity"], quantity);
    let status = client.get(&format!("{path}/provisioningstatus"));
    assert!(status["skuId"].as_str().unwrap().parse::<uuid::Uuid>().is_ok(), "{status}");
}

#[test]
fn a_registration_has_the_body_null() {
    let client = client();
    let path = format!("/v1/customers/{SUNDARAM}/subscriptions/{SUNDARAM_AZURE}");
    let answer = client.send("POST", &format!("{path}/registrations"), &[], "null");
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert!(answer.header("location").unwrap().contains("registrationstatus"));
    client.get(&format!("{path}/registrationstatus"));
}

#[test]
fn an_artifact_of_an_entitlement_is_behind_its_link() {
    let client = client();
    let found = client.get(&customer("/entitlements?entitlementType=ReservedInstance"));
    let artifacts = found["items"].as_array().unwrap().iter().flat_map(|item| {
        item["entitledArtifacts"].as_array().unwrap().iter().filter(|it| it["link"].is_object())
    });
    let link = artifacts.map(|artifact| artifact["link"].clone()).next().unwrap();
    let details = client.follow("/v1", &link);
    assert_eq!(details["type"], "reservedinstance");
    assert!(details["reservations"][0]["quantity"].is_u64(), "{details}");
}

#[test]
fn service_requests_are_filtered_and_closed_with_everything_unset() {
    let client = client();
    let new = json!({
        "Id": null, "Title": "Zero usage", "Description": "Nothing is used",
        "Severity": "critical", "SupportTopicId": "32870045", "SupportTopicName": null,
        "Status": "none", "Organization": null, "PrimaryContact": null, "LastUpdatedBy": null,
        "ProductName": null, "ProductId": null, "CreatedDate": NEVER, "LastModifiedDate": NEVER,
        "LastClosedDate": NEVER, "FileLinks": null, "NewNote": null, "Notes": null,
        "CountryCode": null, "Attributes": { "Etag": null, "ObjectType": "ServiceRequest" },
    });
    let made = client.expect(201, "POST", "/v1/servicerequests/en-US", &new);
    let open = "/v1/servicerequests?size=5&offset=0&filter=%7B%22Field%22%3A%22Status%22%2C\
                %22Value%22%3A%22open%22%2C%22Operator%22%3A%22equals%22%7D";
    let id = made["id"].as_str().unwrap().to_owned();
    assert!(ids(&client.get(open)).contains(&id));
    let mut patch = new.clone();
    for name in ["Title", "Description", "SupportTopicId"] {
        patch[name] = Value::Null;
    }
    patch["Severity"] = "unknown".into();
    patch["Status"] = "closed".into();
    let path = format!("/v1/servicerequests/{id}");
    let closed = client.expect(200, "PATCH", &path, &patch);
    assert_eq!((&closed["status"], &closed["severity"]), (&json!("closed"), &json!("critical")));
    assert_eq!(closed["title"], "Zero usage");
    assert!(!ids(&client.get(open)).contains(&id));
}

#[test]
fn audit_records_are_asked_for_with_american_dates() {
    let client = client();
    let filter = format!(
        "%7B%22Field%22%3A%22CustomerId%22%2C%22Value%22%3A%22{LARKSPUR}%22%2C\
         %22Operator%22%3A%22equals%22%7D"
    );
    let dates = "startDate=02/20/2026%2012:02:00&endDate=03/02/2026%2000:00:00";
    let all = client.get(&format!("/v1/auditrecords?{dates}"));
    assert!(all["totalCount"].as_u64().unwrap() > 2, "{all}");
    let first = client.get(&format!("/v1/auditrecords?{dates}&size=2"));
    assert_eq!(client.ids_by_links("/v1", first), ids(&all));
    let of_customer = client.get(&format!("/v1/auditrecords?{dates}&filter={filter}"));
    for record in of_customer["items"].as_array().unwrap() {
        assert_eq!(record["customerId"], LARKSPUR);
    }
}

#[test]
fn what_fails_with_503_is_sent_again_and_done_once() {
    let client = client();
    let orders = customer("/orders");
    let before = client.get(&orders)["totalCount"].as_u64().unwrap();
    let rule = json!({
        "match": { "operation": "createOrder" },
        "first": 1, "status": 503,
    });
    let armed = client.mock.send("POST", "/_mock/faults", &[], &rule.to_string());
    assert_eq!(armed.status, 201, "{}", armed.text);
    let order = crate::support::items::order(&[crate::support::items::cart_line(&licence(), 1)]);
    let again = [("MS-RequestId", "5c91cf3c-b384-4e4b-949a-cd09f9f2fc5b")];
    let send = || client.send("POST", &orders, &again, &order.to_string());
    assert_eq!(send().status, 503);
    assert_eq!(send().status, 201);
    assert_eq!(client.get(&orders)["totalCount"], before + 1);
}

#[test]
fn who_is_told_429_is_told_for_how_long() {
    let client = client();
    let body = json!({ "mode": "documented", "limit": 1, "window": "PT30S" }).to_string();
    client.mock.send("PUT", "/_mock/throttling", &[], &body);
    client.get(&customer(""));
    let refused = client.send("GET", &customer(""), &[], "");
    assert_eq!(refused.status, 429);
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=30).contains(&seconds), "{seconds}");
}

#[test]
fn what_is_listed_can_be_read() {
    let client = client();
    for path in [
        "/v1/profiles/legalbusiness?vettingVersion=Current",
        "/v1/profiles/mpn",
        "/v1/profiles/support",
        "/v1/profiles/organization",
        "/v1/profiles/billing",
        "/v1/agreements",
        "/v1/offers?country=US&offset=0&size=7",
        "/v1/products?targetView=Azure&country=US",
        "/v1/products?targetView=OnlineServices&country=US",
        "/v1/products/CFQ7TTC0LFLX/skus?country=US",
        "/v1/invoices",
        "/v1/invoices/summary",
        "/v1/invoices/summaries",
        "/v1/invoices/estimates/links?currencyCode=USD",
        "/v1/countryvalidationrules/US",
    ] {
        client.get(path);
    }
    for path in ["/subscriptions", "/orders", "/agreements", "/relationships", "/entitlements"] {
        client.get(&customer(path));
    }
    let products = client.get(&customer("/products?targetView=AzureReservationsVM"));
    let product = products["items"][0]["id"].as_str().unwrap().to_owned();
    let skus = client.get(&customer(&format!("/products/{product}/skus")));
    let sku = skus["items"][0]["id"].as_str().unwrap();
    client.get(&customer(&format!("/products/{product}/skus/{sku}/availabilities")));
}

#[test]
fn refusals_are_read_as_faults_with_code_and_text() {
    let client = client();
    for (method, path, status, code) in [
        ("GET", "/v1/customers/00000000-0000-4000-8000-000000000001".to_owned(), 404, 1000),
        ("GET", customer("/orders/nope"), 404, 20000),
        ("POST", customer("/carts"), 400, 800_002),
    ] {
        let body = if method == "POST" { "{}" } else { "" };
        let answer = client.send(method, &path, &[], body);
        assert_eq!((answer.status, answer.code()), (status, code), "{path}: {}", answer.text);
    }
}
