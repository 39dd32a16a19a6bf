//! Pliancy's client for Node: plain axios without any header of the SDKs, tokens by client secret or by
//! refresh token whose `exp` it reads, whole objects spread into a PATCH, no paging.

use serde_json::{Value, json};

use super::Client;
use crate::identity::{ADMIN, CLIENT, PARTNER, PARTNER_CENTER, SECRET, accepted, claims};
use crate::support::{LARKSPUR, LARKSPUR_LICENCE, Mock, mock};

const PARTNER_CENTER_SCOPE: &str = "https://api.partnercenter.microsoft.com/.default";

fn client_of(mock: Mock) -> Client {
    let headers =
        &[("Accept", "application/json, text/plain, */*"), ("User-Agent", "axios/1.18.1")];
    Client { mock, headers, unreadable: |_, value| value.is_null().then(|| "null".to_owned()) }
}

fn client() -> Client {
    client_of(mock())
}

/// The path of a customer.
fn customer(rest: &str) -> String {
    format!("/v1/customers/{LARKSPUR}{rest}")
}

/// The client as it is after it has asked for a token with these fields.
fn signed_in(mock: &Mock, tenant: &str, fields: &[(&str, &str)]) -> (Client, Value) {
    let client = [("client_id", CLIENT), ("client_secret", SECRET)];
    let fields = [&client[..], fields].concat();
    let body = accepted(mock, &format!("/{tenant}/oauth2/v2.0/token"), &fields);
    let token = body["access_token"].as_str().unwrap().to_owned();
    (client_of(mock.with_token(&token)), body)
}

fn refresh_token(mock: &Mock) -> String {
    let scope = format!("{PARTNER_CENTER_SCOPE} offline_access openid");
    let fields = [
        ("grant_type", "password"),
        ("scope", scope.as_str()),
        ("username", ADMIN),
        ("password", "demo-password"),
    ];
    let (_, body) = signed_in(mock, PARTNER, &fields);
    body["refresh_token"].as_str().unwrap().to_owned()
}

#[test]
fn a_secret_gives_a_token_whose_end_can_be_read() {
    let mock = mock();
    let fields = [("scope", PARTNER_CENTER_SCOPE), ("grant_type", "client_credentials")];
    let (client, body) = signed_in(&mock, "fabricore.onmicrosoft.com", &fields);
    let ends = claims(&body["access_token"])["exp"].as_i64().unwrap();
    assert!(ends > 1_700_000_000, "{ends}");
    assert_eq!(client.get(&customer(""))["id"], LARKSPUR);
}

#[test]
fn a_refresh_token_is_changed_for_tokens_again_and_again() {
    let mock = mock();
    let mut refresh = refresh_token(&mock);
    for scope in [PARTNER_CENTER_SCOPE, "https://management.azure.com/.default"] {
        let fields = [
            ("scope", scope),
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.as_str()),
        ];
        let (_, body) = signed_in(&mock, PARTNER, &fields);
        assert!(claims(&body["access_token"])["exp"].is_i64());
        refresh = body["refresh_token"].as_str().unwrap().to_owned();
    }
    let fields = [
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
        ("resource", PARTNER_CENTER),
    ];
    let body = accepted(&mock, &format!("/{PARTNER}/oauth2/token"), &fields);
    let client = client_of(mock.with_token(body["access_token"].as_str().unwrap()));
    client.get(&customer("/profiles/company"));
}

#[test]
fn a_refused_token_is_replaced_and_the_call_made_again() {
    let mock = mock();
    let stale = client_of(mock.with_token("a.b.c"));
    assert_eq!(stale.send("GET", &customer(""), &[], "").status, 401);
    let refresh = refresh_token(&mock);
    let fields = [
        ("scope", PARTNER_CENTER_SCOPE),
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    let (client, _) = signed_in(&mock, PARTNER, &fields);
    client.get(&customer(""));
}

#[test]
fn a_customer_is_created_from_members_in_mixed_casing() {
    let client = client();
    let made = json!({
        "enableGDAPByDefault": false,
        "CompanyProfile": { "Domain": "fernandquill.onmicrosoft.com" },
        "BillingProfile": {
            "Culture": "en-US", "Email": "ap@fernandquill.example", "Language": "en",
            "CompanyName": "Fern and Quill",
            "DefaultAddress": {
                "FirstName": "Orla", "LastName": "Finch", "AddressLine1": "40 Garden St",
                "City": "Boise", "State": "ID", "PostalCode": "83702", "Country": "US",
            },
        },
    });
    let created = client.expect(201, "POST", "/v1/customers", &made);
    assert_eq!(created["companyProfile"]["domain"], "fernandquill.onmicrosoft.com");
    let all = super::ids(&client.get("/v1/customers"));
    assert!(all.contains(&created["id"].as_str().unwrap().to_owned()));
}

#[test]
fn the_first_item_of_a_product_is_ordered_and_suspended() {
    let client = client();
    let skus = client.get(&customer("/products/CFQ7TTC0LH18/skus"));
    let sku = skus["items"][0]["id"].as_str().unwrap().to_owned();
    let items = client.get(&customer(&format!("/products/CFQ7TTC0LH18/skus/{sku}/availabilities")));
    let availability = items["items"][0]["id"].as_str().unwrap();
    let order = json!({
        "lineItems": [{
            "offerId": format!("CFQ7TTC0LH18:{sku}:{availability}"),
            "quantity": 2,
            "lineItemNumber": 0,
        }],
        "billingCycle": "monthly",
    });
    let placed = client.expect(201, "POST", &customer("/orders"), &order);
    let all = client.get(&customer("/subscriptions"));
    let made = all["items"].as_array().unwrap().iter().find(|it| it["orderId"] == placed["id"]);
    let path = customer(&format!("/subscriptions/{}", made.unwrap()["id"].as_str().unwrap()));
    let mut current = client.get(&path);
    current["status"] = "suspended".into();
    assert_eq!(client.expect(200, "PATCH", &path, &current)["status"], "suspended");
}

#[test]
fn a_quantity_is_changed_in_the_whole_subscription() {
    let client = client();
    let path = customer(&format!("/subscriptions/{LARKSPUR_LICENCE}"));
    let mut current = client.get(&path);
    let quantity = current["quantity"].as_u64().unwrap() + 1;
    current["quantity"] = quantity.into();
    assert_eq!(client.expect(200, "PATCH", &path, &current)["quantity"], quantity);
}

#[test]
fn the_document_of_an_invoice_is_a_pdf() {
    let client = client();
    let invoices = client.get("/v1/invoices");
    let id = invoices["items"][0]["id"].as_str().unwrap();
    let path = format!("/v1/invoices/{id}/documents/statement");
    let answer = client.send("GET", &path, &[], "");
    assert_eq!(answer.header("content-type"), Some("application/pdf"));
    assert!(answer.text.starts_with("%PDF"));
}

#[test]
fn a_consent_is_given_and_taken_back() {
    let client = client();
    let application = "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846";
    let consent = json!({
        "applicationId": application,
        "applicationGrants": [{
            "enterpriseApplicationId": "00000003-0000-0000-c000-000000000000",
            "scope": "User.Read",
        }],
    });
    let path = customer("/applicationconsents");
    client.expect(201, "POST", &path, &consent);
    client.expect(204, "DELETE", &format!("{path}/{application}"), &Value::Null);
}

#[test]
fn what_is_not_there_names_itself() {
    let client = client();
    let user = customer("/users/4d2b9e10-55aa-4c8f-8e61-0d7c3b2a9f14");
    for (method, path, named) in [
        ("GET", customer("/users"), "/v1/customers/{id}/users"),
        ("GET", customer("/subscribedskus"), "/v1/customers/{id}/subscribedskus"),
        ("GET", format!("{user}/licenses"), "/v1/customers/{id}/users/{id}/licenses"),
        ("POST", format!("{user}/licenseupdates"), "/v1/customers/{id}/users/{id}/licenseupdates"),
        (
            "GET",
            "/v1.0/sales/pricesheets(Market='US',PricesheetView='updatedlicensebased')/$value"
                .to_owned(),
            "/v1.0/sales/pricesheets({keys})/$value",
        ),
        (
            "GET",
            "/v1.0/sales/offermatrix(Month='202603')/$value".to_owned(),
            "/v1.0/sales/offermatrix({keys})/$value",
        ),
    ] {
        let answer = client.send(method, &path, &[], if method == "POST" { "{}" } else { "" });
        assert_eq!(answer.status, 501, "{method} {path}: {}", answer.text);
        let named = format!("The service has {method} {named}, this mock does not.");
        assert!(answer.text.contains(&named), "{}", answer.text);
    }
}

#[test]
fn what_azure_does_not_have_names_itself_in_the_shape_of_azure() {
    let azure = mock().azure(PARTNER);
    let accounts = "/providers/Microsoft.Billing/billingAccounts";
    let query = "/providers/Microsoft.CostManagement/query";
    for (method, rest, version, named) in [
        ("GET", "/customers", "2020-05-01", "/customers"),
        ("POST", "/customers/c1", "2023-11-01", "/customers/{id}"),
    ] {
        let query = if method == "POST" { query } else { "" };
        let path = format!("{accounts}/99a13315:fb1c{rest}{query}?api-version={version}");
        let answer = azure.send(method, &path, &[], if method == "POST" { "{}" } else { "" });
        assert_eq!(answer.status, 501, "{method} {path}: {}", answer.text);
        let error = &answer.json()["error"];
        assert_eq!(error["code"], "NotImplemented");
        let named = format!("The service has {method} {accounts}/{{id}}{named}{query},");
        assert!(error["message"].as_str().unwrap().contains(&named), "{error}");
    }
}
