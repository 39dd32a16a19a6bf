//! Customers: created, read, listed, let go, deleted, with their profiles and relationships.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{FOREIGN, LARKSPUR, Mock, NOBODY, mock, sandbox};

/// Granite Peak Cloud, an active reseller of the default partner.
const GRANITE: &str = "8d3fa6b2-5c71-4e09-9d48-b6a2f0c3e715";
/// Old Mill Systems, a reseller whose relationship is over.
const OLD_MILL: &str = "f1a5d3c8-7e62-4b90-a3d7-0c9b8e4f2d16";
/// Has bought nothing.
const SERRA: &str = "0e4c6a8d-7f21-4b95-9d3e-b1f5c7a9e264";
/// Belongs to Granite Peak Cloud.
const CEDAR: &str = "2a8c4e6f-9d13-4b57-a0e2-c4f6d8b0a139";

fn customer(name: &str) -> Value {
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

/// Percent-encodes a filter.
fn filter(value: &Value) -> String {
    value.to_string().bytes().map(|b| format!("%{b:02X}")).collect()
}

fn starts_with(field: &str, value: &str) -> Value {
    json!({ "Field": field, "Value": value, "Operator": "starts_with" })
}

fn names(page: &Value) -> Vec<String> {
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

#[test]
fn a_billing_profile_is_replaced_under_its_etag_from_header_or_body() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}/profiles/billing");
    let read = mock.get(&path);
    assert_eq!(read["attributes"]["objectType"], "CustomerBillingProfile");
    let old = read["attributes"]["etag"].as_str().unwrap().to_owned();
    old.parse::<i64>().unwrap();

    let mut change = read.clone();
    change["email"] = json!("new@larkspurfoods.example");
    let changed = mock.expect(200, "PUT", &path, &change).json();
    assert_eq!(changed["email"], "new@larkspurfoods.example");
    assert_eq!(changed["id"], read["id"]);
    let etag = changed["attributes"]["etag"].as_str().unwrap().to_owned();
    assert_ne!(etag, old);
    assert_eq!(mock.get(&path), changed);
    assert_eq!(mock.get(&format!("/v1/customers/{LARKSPUR}"))["billingProfile"], changed);

    // The body still carries the old etag.
    mock.refused(400, 2055, "PUT", &path, &change);
    let send = |etag: &str| mock.send("PUT", &path, &[("If-Match", etag)], &change.to_string());
    let stale = send(&format!("\"{old}\""));
    assert_eq!((stale.status, stale.code()), (400, 2055));
    assert_eq!(send(&format!("\"{etag}\"")).status, 200);
    assert_eq!(send("*").status, 200);
    change["attributes"] = Value::Null;
    mock.expect(200, "PUT", &path, &change);
}

#[test]
fn a_billing_profile_is_checked_like_that_of_a_new_customer() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}/profiles/billing");
    let read = mock.get(&path);
    for (code, pointer, value) in [
        (800_002, "/email", Value::Null),
        (800_002, "/culture", json!("english")),
        (800_002, "/companyName", json!("")),
        (800_002, "/defaultAddress", Value::Null),
        (800_002, "/id", json!(NOBODY)),
        (800_002, "/id", json!("x")),
        (2007, "/defaultAddress/addressLine1", json!("")),
        (2007, "/defaultAddress/postalCode", json!("1")),
    ] {
        let mut body = read.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        mock.refused(400, code, "PUT", &path, &body);
    }
    let mut moved = read.clone();
    moved["defaultAddress"] = json!({
        "country": "GB", "city": "Leeds", "addressLine1": "4 Mill Lane", "postalCode": "LS1 4AP",
    });
    let refusal = mock.refused(400, 800_002, "PUT", &path, &moved);
    assert!(refusal.text.contains("country"), "{}", refusal.text);

    let steppe = "/v1/customers/f5d1b7e3-2c80-4a96-8e4f-9a6c0d2b7e15/profiles/billing";
    let mut body = mock.get(steppe);
    body["defaultAddress"]["phoneNumber"] = Value::Null;
    mock.refused(400, 600_051, "PUT", steppe, &body);
}

#[test]
fn the_company_profile_stands_alone_and_in_the_customer() {
    let mock = mock();
    let company = mock.get(&format!("/v1/customers/{LARKSPUR}/profiles/company"));
    assert_eq!(company["domain"], "larkspurfoods.onmicrosoft.com");
    assert_eq!(company["links"]["self"]["uri"], format!("/customers/{LARKSPUR}/profiles/company"));
    assert_eq!(mock.get(&format!("/v1/customers/{LARKSPUR}"))["companyProfile"], company);
}

#[test]
fn entries_of_the_list_are_sparse() {
    let mock = mock();
    let page = mock.get("/v1/customers?size=0");
    assert_eq!(page["attributes"]["objectType"], "Collection");
    assert_eq!(page["links"]["self"]["uri"], "/customers?size=500");
    assert!(page.get("continuationToken").is_none() && page["links"].get("next").is_none());
    let entry = page["items"].as_array().unwrap().iter().find(|item| item["id"] == LARKSPUR);
    let keys: Vec<&String> = entry.unwrap().as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "companyProfile", "relationshipToPartner", "links", "attributes"]);
}

#[test]
fn filters_find_customers_in_every_form_clients_write() {
    let mock = mock();
    let both = |operator: Value| {
        json!({
            "LeftFilter": starts_with("CompanyName", "lark"),
            "RightFilter": starts_with("Domain", "serra"),
            "Operator": operator,
        })
    };
    let partner = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
    for (asked, expected) in [
        (starts_with("CompanyName", "LARK"), vec!["Larkspur Foods"]),
        (starts_with("companyname", "spur"), vec![]),
        (starts_with("Domain", "larkspurF"), vec!["Larkspur Foods"]),
        (
            json!({ "field": "CompanyName", "value": "serra", "operator": "starts_with", "fieldType": "simple" }),
            vec!["Serra Azul Cafe"],
        ),
        (
            json!({ "Field": "CompanyName", "Value": "serra", "Operator": 9 }),
            vec!["Serra Azul Cafe"],
        ),
        (both(json!("or")), vec!["Serra Azul Cafe", "Larkspur Foods"]),
        (both(json!(8)), vec!["Serra Azul Cafe", "Larkspur Foods"]),
        (both(json!("And")), vec![]),
        (starts_with("IndirectReseller", GRANITE), vec!["Cedar Hollow Clinics"]),
        (
            starts_with("IndirectCloudSolutionProvider", partner),
            vec!["Cedar Hollow Clinics", "Marigold Bakeries"],
        ),
    ] {
        let page = mock.get(&format!("/v1/customers?size=50&filter={}", filter(&asked)));
        assert_eq!(names(&page), expected, "{asked}");
    }
    // As it stands in published samples: unescaped, after a second question mark.
    let raw = r#"/v1/customers?size=0?filter={"Field":"CompanyName","Value":"lark","Operator":"starts_with"}"#;
    assert_eq!(names(&mock.get(raw)), ["Larkspur Foods"]);
}

#[test]
fn lists_refuse_what_they_cannot_filter_or_page() {
    let mock = mock();
    let equals = json!({ "Field": "CompanyName", "Value": "lark", "Operator": "equals" });
    let unknown = json!({ "Field": "CompanyName", "Value": "lark", "Operator": "resembles" });
    for (code, query) in [
        (800_002, "size=501".to_owned()),
        (800_002, "size=-1".to_owned()),
        (800_002, "size=many".to_owned()),
        (800_002, "filter=lark".to_owned()),
        (800_002, format!("filter={}", filter(&equals))),
        (900_126, format!("filter={}", filter(&unknown))),
        (800_002, format!("filter={}", filter(&starts_with("Country", "US")))),
        (800_002, format!("filter={}", filter(&starts_with("IndirectReseller", "granite")))),
        (900_126, "seekOperation=Sideways".to_owned()),
        (800_002, "seekOperation=PageIndex".to_owned()),
        (2000, "seekOperation=Next".to_owned()),
        (2000, "seekOperation=Next&MS-ContinuationToken=AAAA".to_owned()),
        (2000, "seekOperation=Previous&MS-ContinuationToken=%2B".to_owned()),
    ] {
        mock.refused(400, code, "GET", &format!("/v1/customers?{query}"), &Value::Null);
    }
}

/// Follows a link with its headers, as clients do.
fn follow(mock: &Mock, link: &Value) -> Value {
    let uri = format!("/v1{}", link["uri"].as_str().unwrap());
    let headers: Vec<(&str, &str)> = link["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| (h["key"].as_str().unwrap(), h["value"].as_str().unwrap()))
        .collect();
    let answer = mock.send("GET", &uri, &headers, "");
    assert_eq!(answer.status, 200, "{uri} {headers:?}: {}", answer.text);
    answer.json()
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn fill(mock: &Mock, wanted: usize) {
    use partner_center_mock::domain::customers::{Customer, NewCustomer, create};
    let world = mock.handle();
    let body = mock.get(&format!("/v1/customers/{LARKSPUR}"));
    assert_eq!(body["id"], LARKSPUR);
    world
        .world()
        .write(|tx| {
            let model = Customer::clone(tx.customer(LARKSPUR.parse().unwrap())?);
            for number in tx.customers.len()..wanted {
                let mut new = NewCustomer {
                    domain: format!("bulk{number}.onmicrosoft.com"),
                    ..NewCustomer::default()
                };
                new.billing.email.clone_from(&model.billing.email);
                new.billing.culture.clone_from(&model.billing.culture);
                new.billing.language.clone_from(&model.billing.language);
                new.billing.company_name = format!("Bulk {number}");
                new.billing.address = Some(model.billing.address.clone());
                create(tx, new)?;
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn pages_show_each_of_1050_customers_once_forwards_and_backwards() {
    let mock = mock();
    fill(&mock, 1050);
    let first = mock.get("/v1/customers?size=100");
    let mut pages = vec![first];
    while let Some(next) = pages.last().unwrap()["links"].get("next") {
        let page = follow(&mock, next);
        assert!(page["links"].get("previous").is_some());
        pages.push(page);
    }
    assert_eq!(pages.len(), 11);
    assert!(pages[10].get("continuationToken").is_none());
    assert!(pages[0]["links"].get("previous").is_none());
    let forwards: Vec<String> = pages.iter().flat_map(ids).collect();
    assert_eq!(forwards.len(), 1050);
    assert_eq!(forwards.iter().collect::<BTreeSet<_>>().len(), 1050);

    let mut page = pages.pop().unwrap();
    let mut backwards = vec![ids(&page)];
    while let Some(previous) = page["links"].get("previous") {
        page = follow(&mock, previous);
        backwards.push(ids(&page));
    }
    let backwards: Vec<String> = backwards.into_iter().rev().flatten().collect();
    assert_eq!(backwards, forwards);

    let last = mock.get("/v1/customers?size=100&seekOperation=Last");
    assert_eq!(ids(&last), forwards[950..]);
    assert!(last["links"].get("next").is_none());
    assert_eq!(ids(&mock.get("/v1/customers?size=100&seekOperation=2")), forwards[..100]);
    assert_eq!(mock.get("/v1/customers")["totalCount"], 500);
}

#[test]
fn a_token_goes_into_header_or_query_and_fits_its_own_filter_only() {
    let mock = mock();
    let page = mock.get("/v1/customers?size=2");
    let token = page["continuationToken"].as_str().unwrap();
    let next = &page["links"]["next"];
    assert_eq!(next["uri"], "/customers?size=2&seekOperation=Next");
    assert_eq!(next["headers"][0], json!({ "key": "MS-ContinuationToken", "value": token }));
    let by_header = follow(&mock, next);
    let encoded: String = token.bytes().map(|b| format!("%{b:02X}")).collect();
    let by_query = mock
        .get(&format!("/v1/customers?size=2&seekOperation=next&MS-ContinuationToken={encoded}"));
    assert_eq!(by_query, by_header);

    let other = filter(&starts_with("CompanyName", "l"));
    let path =
        format!("/v1/customers?filter={other}&seekOperation=Next&MS-ContinuationToken={encoded}");
    mock.refused(400, 2000, "GET", &path, &Value::Null);

    // A filtered list pages too, and its links carry the filter.
    let both = json!({
        "LeftFilter": starts_with("CompanyName", "lark"),
        "RightFilter": starts_with("CompanyName", "serra"),
        "Operator": "or",
    });
    let first = mock.get(&format!("/v1/customers?size=1&filter={}", filter(&both)));
    let second = follow(&mock, &first["links"]["next"]);
    assert_eq!([names(&first), names(&second)].concat(), ["Serra Azul Cafe", "Larkspur Foods"]);
    assert!(second["links"].get("next").is_none());
}

#[test]
fn a_page_that_is_gone_is_refused_with_2000() {
    let mock = mock();
    let last = mock.get("/v1/customers?size=1&seekOperation=Last");
    let before = follow(&mock, &last["links"]["previous"]);
    let token = before["continuationToken"].as_str().unwrap().to_owned();
    let id = last["items"][0]["id"].as_str().unwrap().parse().unwrap();
    mock.handle()
        .world()
        .write(|tx| {
            tx.customers.remove(&id);
            Ok(())
        })
        .unwrap();
    let headers = [("MS-ContinuationToken", token.as_str())];
    let answer = mock.send("GET", "/v1/customers?size=1&seekOperation=Next", &headers, "");
    assert_eq!((answer.status, answer.code()), (400, 2000), "{}", answer.text);
}

#[test]
fn relationships_list_active_resellers_by_type_and_name() {
    let mock = mock();
    let path = "/v1/relationships?relationship_type=";
    for (kind, names) in [
        ("IsIndirectCloudSolutionProviderOf", vec!["Granite Peak Cloud", "Harbour Lane IT"]),
        ("is_indirect_cloud_solution_provider_of", vec!["Granite Peak Cloud", "Harbour Lane IT"]),
        ("IsIndirectResellerOf", vec![]),
    ] {
        let page = mock.get(&format!("{path}{kind}"));
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.iter().map(|i| &i["name"]).collect::<Vec<_>>(), names, "{kind}");
    }
    let kind = "IsIndirectCloudSolutionProviderOf";
    let filtered =
        mock.get(&format!("{path}{kind}&filter={}", filter(&starts_with("Name", "granite"))));
    assert_eq!(
        filtered["items"],
        json!([{
            "id": GRANITE, "name": "Granite Peak Cloud",
            "relationshipType": "is_indirect_cloud_solution_provider_of", "state": "Active",
            "mpnId": "6120453", "location": "US",
            "attributes": { "objectType": "PartnerRelationship" },
        }])
    );
    mock.refused(400, 800_002, "GET", "/v1/relationships", &Value::Null);
    mock.refused(400, 900_126, "GET", &format!("{path}IsFriendOf"), &Value::Null);
    let by_country = filter(&starts_with("Location", "US"));
    let refused = format!("{path}{kind}&filter={by_country}");
    mock.refused(400, 800_002, "GET", &refused, &Value::Null);
}

#[test]
fn a_customers_relationships_are_its_reseller() {
    let mock = mock();
    let of = |id: &str| mock.get(&format!("/v1/customers/{id}/relationships"));
    assert_eq!(of(LARKSPUR)["items"], json!([]));
    assert_eq!(of(CEDAR)["items"][0]["name"], "Granite Peak Cloud");
}

#[test]
fn a_relationship_request_names_the_partner() {
    let mock = mock();
    let request = mock.get("/v1/customers/relationshiprequests");
    let url = request["url"].as_str().unwrap();
    assert!(url.contains("partnerId=7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30"), "{url}");
    assert_eq!(request["attributes"]["objectType"], "RelationshipRequest");
}

#[test]
fn managed_services_follow_active_subscriptions() {
    let mock = mock();
    let of = |id: &str| mock.get(&format!("/v1/customers/{id}/managedservices"));
    assert_eq!(of(SERRA)["items"], json!([]));
    let services = of(LARKSPUR);
    let names: Vec<&Value> =
        services["items"].as_array().unwrap().iter().map(|s| &s["id"]).collect();
    assert_eq!(names, ["Exchange", "SharePoint", "MicrosoftAzure"]);
    // Its one subscription is suspended.
    assert_eq!(of("3d6f0a95-2b8c-4e17-9f4a-c5e7d9b1a382")["items"], json!([]));
}

#[test]
fn a_verified_domain_becomes_the_customers_own() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}/verifieddomain");
    let body = json!({
        "VerifiedDomainName": "Larkspur.example",
        "Domain": {
            "AuthenticationType": "Federated", "Capability": "Email", "IsDefault": "false",
            "IsInitial": "false", "Name": "Larkspur.example", "RootDomain": null,
            "Status": "Verified", "VerificationMethod": "DnsRecord",
        },
        "DomainFederationSettings": { "SigningCertificate": "MIIC", "IssuerUri": "urn:x" },
    });
    let domain = mock.post(201, &path, &body);
    assert_eq!(domain["authenticationType"], "federated");
    assert_eq!(domain["verificationMethod"], "dns_record");
    assert_eq!(
        mock.get(&format!("/v1/customers/{LARKSPUR}"))["customDomains"],
        json!(["larkspur.example"])
    );
    mock.expect(200, "HEAD", "/v1/domains/LARKSPUR.example", &Value::Null);
    mock.refused(409, 800_002, "POST", &path, &body);

    let with = |pointer: &str, value: Value| {
        let mut body = body.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    for (code, body) in [
        (800_002, json!({})),
        (800_002, with("/VerifiedDomainName", json!("not a domain"))),
        (800_002, with("/Domain/Name", json!("other.example"))),
        (800_002, with("/Domain/Status", json!("Unverified"))),
        (800_002, with("/Domain/Capability", Value::Null)),
        (800_002, with("/DomainFederationSettings", Value::Null)),
        (900_126, with("/Domain/AuthenticationType", json!("Trusting"))),
    ] {
        mock.refused(400, code, "POST", &path, &body);
    }
}

#[test]
fn a_consent_stands_until_it_is_taken_back() {
    let mock = mock();
    let application = "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846";
    let path = format!("/v1/customers/{LARKSPUR}/applicationconsents");
    let body = json!({
        "applicationId": application,
        "displayName": "Fabricore integration",
        "applicationGrants": [
            { "enterpriseApplicationId": "a90c4e27-58d1-4b36-8f0e-6c2d7b9e1f35", "scope": "User.Read" },
        ],
    });
    let one = format!("{path}/{application}");
    mock.refused(404, 1000, "DELETE", &one, &Value::Null);
    assert_eq!(mock.post(201, &path, &body), body);
    mock.refused(409, 800_002, "POST", &path, &body);
    mock.expect(204, "DELETE", &one, &Value::Null);
    mock.post(201, &path, &body);
    let with = |pointer: &str, value: Value| {
        let mut body = body.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    for body in [
        json!({}),
        with("/applicationId", json!("x")),
        with("/applicationGrants", json!([])),
        with("/applicationGrants/0/scope", json!("")),
        with("/applicationGrants/0/enterpriseApplicationId", Value::Null),
    ] {
        mock.refused(400, 800_002, "POST", &path, &body);
    }
    mock.refused(400, 800_002, "DELETE", &format!("{path}/x"), &Value::Null);
}

/// A page is a range scan over entries that are rendered once: what a page costs does not grow with
/// the table. Measured against the same page of a small table, with much room for a busy machine.
#[test]
fn a_page_of_a_large_table_costs_what_one_of_a_small_table_costs() {
    let time = |mock: &Mock, path: &str| {
        mock.get(path);
        (0..5)
            .map(|_| {
                let begin = std::time::Instant::now();
                mock.get(path);
                begin.elapsed()
            })
            .min()
            .unwrap()
    };
    let (small, large) = (mock(), mock());
    fill(&small, 600);
    fill(&large, 20_000);
    for path in ["/v1/customers", "/v1/customers?seekOperation=Last"] {
        let (in_small, in_large) = (time(&small, path), time(&large, path));
        assert!(in_large < in_small * 5, "{path}: {in_small:?} and {in_large:?}");
    }
}
