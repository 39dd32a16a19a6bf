//! Customers: created, read, let go, deleted.

#![allow(clippy::unwrap_used)] // a helper of a test fails by it

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::support::{FOREIGN, LARKSPUR, NOBODY, mock, sandbox};

/// Granite Peak Cloud, an active reseller of the default partner.
pub(super) const GRANITE: &str = "8d3fa6b2-5c71-4e09-9d48-b6a2f0c3e715";
/// Old Mill Systems, a reseller whose relationship is over.
const OLD_MILL: &str = "f1a5d3c8-7e62-4b90-a3d7-0c9b8e4f2d16";
/// Has bought nothing.
pub(super) const SERRA: &str = "0e4c6a8d-7f21-4b95-9d3e-b1f5c7a9e264";
pub(super) fn customer(name: &str) -> Value {
    json!({
        "companyProfile": { "domain": format!("{name}.onmicrosoft.com") },
        "billingProfile": {
            "firstName": "Orla",
            "lastName": "Finch",
            "email": format!("ap@{name}.example"),
            "culture": "en-us",
            "language": "En",
            "companyName": format!("{name} Ltd"),
            "defaultAddress": {
                "country": "us", "city": "Boise", "state": "ID",
                "addressLine1": "40 Garden St", "postalCode": "83702",
            },
        },
    })
}

/// The same with the address of a country that asks for a registration number.
fn kazakh(name: &str, number: Option<&str>, phone: Option<&str>) -> Value {
    let mut body = customer(name);
    body["companyProfile"]["organizationRegistrationNumber"] = json!(number);
    body["billingProfile"]["defaultAddress"] = json!({
        "country": "KZ", "city": "Almaty", "state": "Almaty", "addressLine1": "5 Abay Ave",
        "postalCode": "050000", "phoneNumber": phone,
    });
    body
}

/// Percent-encodes a value of a query.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Percent-encodes a filter.
pub(super) fn filter(value: &Value) -> String {
    encoded(&value.to_string())
}

pub(super) fn starts_with(field: &str, value: &str) -> Value {
    json!({ "Field": field, "Value": value, "Operator": "starts_with" })
}

pub(super) fn names(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    assert_eq!(page["totalCount"], items.len());
    items
        .iter()
        .map(|item| item["companyProfile"]["companyName"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_created_customer_is_told_its_password_once_and_appears_everywhere() {
    let mock = mock();
    let created = mock.post(201, "/v1/customers", &customer("fernandquill"));
    let id = created["id"].as_str().unwrap();
    assert_eq!(created["relationshipToPartner"], "none");
    assert_eq!(created["allowDelegatedAccess"], true);
    assert_eq!(created["userCredentials"]["userName"], "admin");
    assert!(created["userCredentials"]["password"].as_str().unwrap().len() >= 8);
    assert_eq!(created["companyProfile"]["tenantId"], id);
    assert_eq!(created["companyProfile"]["companyName"], "fernandquill Ltd");
    assert_eq!(created["billingProfile"]["culture"], "en-US");
    assert_eq!(created["billingProfile"]["language"], "En");
    assert_eq!(created["billingProfile"]["defaultAddress"]["country"], "US");
    assert_ne!(created["billingProfile"]["id"], id);

    let mut read = mock.get(&format!("/v1/customers/{id}"));
    assert_eq!(read["relationshipToPartner"], "reseller");
    read["relationshipToPartner"] = json!("none");
    read["userCredentials"] = created["userCredentials"].clone();
    assert_eq!(read, created);
    mock.expect(200, "HEAD", "/v1/domains/FernAndQuill.onmicrosoft.com", &Value::Null);
    assert!(names(&mock.get("/v1/customers")).contains(&"fernandquill Ltd".to_owned()));
}

#[test]
fn bodies_of_dotnet_create_the_same_customer() {
    let mock = mock();
    let body = json!({
        "Id": null, "CommerceId": null,
        "CompanyProfile": {
            "TenantId": null, "Domain": "fernandquill.onmicrosoft.com", "CompanyName": null,
            "OrganizationRegistrationNumber": null, "Links": null,
            "Attributes": { "Etag": null, "ObjectType": "CustomerCompanyProfile" },
        },
        "BillingProfile": {
            "Id": null, "FirstName": "Orla", "LastName": "Finch",
            "Email": "ap@fernandquill.example", "Culture": "EN-US", "Language": "En",
            "CompanyName": "Fern and Quill",
            "DefaultAddress": {
                "Country": "US", "Region": null, "City": "Boise", "State": "ID",
                "AddressLine1": "40 Garden St", "AddressLine2": null, "PostalCode": "83702",
                "FirstName": "Orla", "LastName": "Finch", "PhoneNumber": null,
            },
            "Links": null, "Attributes": { "Etag": null, "ObjectType": "CustomerBillingProfile" },
        },
        "RelationshipToPartner": "unknown", "AllowDelegatedAccess": null, "UserCredentials": null,
        "CustomDomains": null, "AssociatedPartnerId": null, "Links": null,
        "Attributes": { "Etag": null, "ObjectType": "Customer" },
    });
    let created = mock.post(201, "/v1/customers", &body);
    assert_eq!(created["companyProfile"]["companyName"], "Fern and Quill");
    assert_eq!(created["billingProfile"]["culture"], "en-US");
}

#[test]
fn a_request_id_sent_twice_creates_one_customer() {
    let mock = mock();
    let headers = [("MS-RequestId", "6f1d0b2a-0000-4000-8000-0000000000aa")];
    let body = customer("fernandquill").to_string();
    let first = mock.send("POST", "/v1/customers", &headers, &body);
    let second = mock.send("POST", "/v1/customers", &headers, &body);
    assert_eq!((first.status, second.status), (201, 201), "{}", second.text);
    assert_eq!(first.text, second.text);
    let other = customer("othername").to_string();
    let third = mock.send("POST", "/v1/customers", &headers, &other);
    assert_eq!(third.status, 201, "{}", third.text);
    assert_ne!(third.json()["id"], first.json()["id"]);
}

#[test]
fn every_defect_of_a_new_customer_has_its_code() {
    let mock = mock();
    let with = |path: &str, value: Value| {
        let mut body = customer("fernandquill");
        *body.pointer_mut(path).unwrap() = value;
        body
    };
    let mut number_in_us = customer("fernandquill");
    number_in_us["companyProfile"]["organizationRegistrationNumber"] = json!("123456789012");
    let mut unknown_reseller = customer("fernandquill");
    unknown_reseller["associatedPartnerId"] = json!(NOBODY);
    let mut former_reseller = customer("fernandquill");
    former_reseller["associatedPartnerId"] = json!(OLD_MILL);
    let mut no_guid = customer("fernandquill");
    no_guid["associatedPartnerId"] = json!("granite");
    let sample = mock.get("/v1/countryvalidationrules/KZ");
    let number = sample["customerOrganizationRegistrationNumberSample"].as_str().unwrap();
    for (status, code, body) in [
        (400, 800_002, json!({})),
        (400, 800_002, json!([])),
        (400, 800_002, with("/companyProfile", Value::Null)),
        (400, 800_002, with("/companyProfile/domain", json!("fern and quill"))),
        (400, 800_002, with("/companyProfile/domain", json!(17))),
        (400, 800_002, with("/billingProfile/email", json!("nobody"))),
        (400, 800_002, with("/billingProfile/culture", json!(""))),
        (400, 800_002, with("/billingProfile/defaultAddress", Value::Null)),
        (400, 2007, with("/billingProfile/defaultAddress/postalCode", json!("X1"))),
        (400, 2007, with("/billingProfile/defaultAddress/state", json!("Bavaria"))),
        (400, 2007, with("/billingProfile/defaultAddress/country", json!("KP"))),
        (400, 600_002, number_in_us),
        (400, 600_049, kazakh("fernandquill", None, Some("7272501234"))),
        (400, 600_050, kazakh("fernandquill", Some("12"), Some("7272501234"))),
        (400, 600_051, kazakh("fernandquill", Some(number), None)),
        (400, 600_051, kazakh("fernandquill", Some(number), Some(""))),
        (400, 800_016, unknown_reseller),
        (400, 800_016, former_reseller),
        (400, 800_002, no_guid),
        (409, 800_002, with("/companyProfile/domain", json!("LarkspurFoods.onmicrosoft.com"))),
        (409, 800_002, with("/companyProfile/domain", json!("fabricore.onmicrosoft.com"))),
    ] {
        mock.refused(status, code, "POST", "/v1/customers", &body);
    }
    mock.post(201, "/v1/customers", &kazakh("fernandquill", Some(number), Some("7272501234")));
}

#[test]
fn a_customer_for_a_reseller_needs_a_user_and_belongs_to_it() {
    let mock = mock();
    let mut body = customer("fernandquill");
    body["associatedPartnerId"] = json!(GRANITE);
    mock.app_only().refused(403, 900_329, "POST", "/v1/customers", &body);
    mock.app_only().post(201, "/v1/customers", &customer("directly"));
    let created = mock.post(201, "/v1/customers", &body);
    assert_eq!(created["relationshipToPartner"], "reseller");
    assert_eq!(created["associatedPartnerId"], GRANITE);
    let path = format!("/v1/customers/{}/relationships", created["id"].as_str().unwrap());
    let relationships = mock.get(&path);
    assert_eq!(relationships["totalCount"], 1);
    assert_eq!(relationships["items"][0]["mpnId"], "6120453");
}

#[test]
fn a_sandbox_is_full_at_75_customers_until_one_is_deleted() {
    let mock = sandbox();
    let there = names(&mock.get("/v1/customers")).len();
    for number in there..75 {
        mock.post(201, "/v1/customers", &customer(&format!("fill{number}")));
    }
    let one_more = customer("onemore");
    mock.refused(400, 800_018, "POST", "/v1/customers", &one_more);
    let gone = mock.expect(204, "DELETE", &format!("/v1/customers/{SERRA}"), &Value::Null);
    assert_eq!(gone.text, "");
    mock.refused(404, 1000, "GET", &format!("/v1/customers/{SERRA}"), &Value::Null);
    mock.expect(404, "HEAD", "/v1/domains/serraazulcafe.onmicrosoft.com", &Value::Null);
    mock.post(201, "/v1/customers", &one_more);
}

#[test]
fn deletion_is_refused_outside_sandboxes_and_while_reservations_stand() {
    let larkspur = format!("/v1/customers/{LARKSPUR}");
    let refusal = mock().refused(400, 900_127, "DELETE", &larkspur, &Value::Null);
    assert!(refusal.text.contains("sandbox"), "{}", refusal.text);
    sandbox().refused(400, 800_002, "DELETE", &larkspur, &Value::Null);
    sandbox().refused(404, 1000, "DELETE", &format!("/v1/customers/{NOBODY}"), &Value::Null);
}

#[test]
fn unknown_and_foreign_customers_are_told_apart_by_every_operation() {
    let mock = mock();
    let bodies = |method: &str| match method {
        "PATCH" => json!({ "relationshipToPartner": "none" }),
        "PUT" => customer("fernandquill")["billingProfile"].clone(),
        _ => Value::Null,
    };
    for (method, tail) in [
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "/profiles/company"),
        ("GET", "/profiles/billing"),
        ("PUT", "/profiles/billing"),
        ("GET", "/relationships"),
        ("GET", "/managedservices"),
        ("GET", "/agreements"),
        ("GET", "/validationStatus?type=account"),
        ("GET", "/directSignedMicrosoftCustomerAgreementStatus"),
    ] {
        let path = |id: &str| format!("/v1/customers/{id}{tail}");
        let body = bodies(method);
        mock.refused(404, 1000, method, &path(NOBODY), &body);
        mock.refused(403, 20002, method, &path(FOREIGN), &body);
        mock.refused(400, 800_002, method, &path("larkspur"), &body);
    }
}

#[test]
fn a_customer_that_is_not_there_is_told_before_faults_of_the_body() {
    let mock = mock();
    for (method, tail) in [
        ("PATCH", ""),
        ("PUT", "/profiles/billing"),
        ("POST", "/verifieddomain"),
        ("POST", "/applicationconsents"),
        ("POST", "/agreements"),
        ("POST", "/carts"),
        ("PUT", "/carts/00000000-0000-4000-8000-000000000002"),
        ("POST", "/orders"),
        ("PATCH", "/orders/nothing"),
        ("PATCH", "/subscriptions/00000000-0000-4000-8000-000000000002"),
    ] {
        for body in [json!({}), json!([])] {
            let path = |id: &str| format!("/v1/customers/{id}{tail}");
            mock.refused(404, 1000, method, &path(NOBODY), &body);
            mock.refused(403, 20002, method, &path(FOREIGN), &body);
        }
    }
}

#[test]
fn operations_for_users_refuse_applications() {
    let mock = mock().app_only();
    for (method, path) in [
        ("PATCH", format!("/v1/customers/{SERRA}")),
        ("GET", format!("/v1/customers/{SERRA}/profiles/company")),
        ("GET", format!("/v1/customers/{SERRA}/relationships")),
        ("GET", format!("/v1/customers/{SERRA}/managedservices")),
        ("GET", "/v1/customers/relationshiprequests".to_owned()),
        ("GET", "/v1/relationships?relationship_type=IsIndirectResellerOf".to_owned()),
        (
            "GET",
            format!("/v1/customers?filter={}", filter(&starts_with("IndirectReseller", GRANITE))),
        ),
    ] {
        let body = if method == "PATCH" { json!({}) } else { Value::Null };
        mock.refused(403, 900_329, method, &path, &body);
    }
    mock.get(&format!("/v1/customers/{SERRA}"));
    mock.get("/v1/customers?size=1");
    mock.get(&format!("/v1/customers/{SERRA}/profiles/billing"));
}

#[test]
fn a_relationship_is_removed_once_nothing_is_active() {
    let mock = mock();
    let path = format!("/v1/customers/{SERRA}");
    let remove = json!({
        "Id": null, "RelationshipToPartner": "None", "CompanyProfile": null,
        "BillingProfile": null, "Attributes": { "ObjectType": "Customer" },
    });
    mock.refused(400, 800_002, "PATCH", &path, &json!({ "relationshipToPartner": "reseller" }));
    mock.refused(400, 800_002, "PATCH", &path, &json!({}));
    mock.refused(400, 900_126, "PATCH", &path, &json!({ "relationshipToPartner": "friend" }));
    mock.refused(400, 800_002, "PATCH", &format!("/v1/customers/{LARKSPUR}"), &remove);
    let left = mock.expect(200, "PATCH", &path, &remove).json();
    assert_eq!(left["relationshipToPartner"], "none");
    assert_eq!(left["attributes"]["objectType"], "Customer");
    mock.refused(404, 1000, "GET", &path, &Value::Null);
    assert!(!names(&mock.get("/v1/customers")).contains(&"Serra Azul Cafe".to_owned()));
    mock.expect(200, "HEAD", "/v1/domains/serraazulcafe.onmicrosoft.com", &Value::Null);
}
