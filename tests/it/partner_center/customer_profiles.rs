//! What hangs on a customer: profiles, relationships, services, domains, consents.

#![allow(clippy::unwrap_used)] // a helper of a test fails by it

use serde_json::{Value, json};

use super::customers::{GRANITE, SERRA, filter, starts_with};
use crate::support::{LARKSPUR, NOBODY, mock};

/// Belongs to Granite Peak Cloud.
const CEDAR: &str = "2a8c4e6f-9d13-4b57-a0e2-c4f6d8b0a139";

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
    assert_eq!(send("\"\"").code(), 2055, "an empty header leaves the word to the body");
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
