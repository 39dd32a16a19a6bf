//! Agreements: templates, confirmations, the partner agreement.

use serde_json::{Value, json};

use crate::support::{LARKSPUR, NOBODY, mock};

/// Its agreement is neither confirmed nor signed.
const SUNDARAM: &str = "c8f5a1d7-3e92-4b64-a0d8-2f7e6c9b5a43";
/// Signed directly.
const COOLIBAH: &str = "7b9d2e4c-1a68-4f05-8d37-e6c0a5b3f918";

fn template(mock: &crate::support::Mock, kind: &str) -> String {
    let page = mock.get(&format!("/v1/agreements?agreementType={kind}"));
    assert_eq!(page["totalCount"], 1);
    page["items"][0]["templateId"].as_str().unwrap_or_default().to_owned()
}

fn confirmation(template: &str) -> Value {
    json!({
        "UserId": "4d2b9e10-55aa-4c8f-8e61-0d7c3b2a9f14",
        "PrimaryContact": {
            "FirstName": "Asha", "LastName": "Sundaram", "Email": "asha@sundaram.example",
            "PhoneNumber": "4455501234",
        },
        "TemplateId": template,
        "DateAgreed": "2026-02-27T00:00:00",
        "Type": "MicrosoftCustomerAgreement",
        "AgreementLink": null,
    })
}

#[test]
fn templates_are_listed_by_type() {
    let mock = mock();
    let kinds = |query: &str| -> Vec<String> {
        let page = mock.get(&format!("/v1/agreements{query}"));
        let items = page["items"].as_array().unwrap();
        items.iter().map(|i| i["agreementType"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds(""), ["MicrosoftCloudAgreement"]);
    assert_eq!(kinds("?agreementType=microsoftcustomeragreement"), ["MicrosoftCustomerAgreement"]);
    assert_eq!(kinds("?agreementType=*").len(), 2);
    mock.refused(400, 900_126, "GET", "/v1/agreements?agreementType=Handshake", &Value::Null);
    mock.app_only().refused(403, 900_329, "GET", "/v1/agreements", &Value::Null);
}

#[test]
fn a_template_has_its_text_in_a_language_and_a_country() {
    let mock = mock();
    let id = template(&mock, "MicrosoftCustomerAgreement");
    let path = format!("/v1/agreementtemplates/{id}/document");
    let document = mock.get(&path);
    assert_eq!((&document["language"], &document["country"]), (&json!("en-US"), &json!("US")));
    assert!(document["downloadUri"].as_str().unwrap().contains("/en-US/US"));
    let german = mock.get(&format!("{path}?language=de-de&country=de"));
    assert_eq!((&german["language"], &german["country"]), (&json!("de-DE"), &json!("DE")));
    mock.refused(400, 800_002, "GET", &format!("{path}?country=Germany"), &Value::Null);
    mock.refused(400, 800_002, "GET", "/v1/agreementtemplates/x/document", &Value::Null);
    let unknown = format!("/v1/agreementtemplates/{NOBODY}/document");
    mock.refused(404, 1000, "GET", &unknown, &Value::Null);
}

#[test]
fn a_confirmation_stands_once_for_a_contact() {
    let mock = mock();
    let path = format!("/v1/customers/{SUNDARAM}/agreements");
    assert_eq!(mock.get(&path)["items"], json!([]));
    let body = confirmation(&template(&mock, "MicrosoftCustomerAgreement"));
    let confirmed = mock.post(201, &path, &body);
    assert_eq!(confirmed["type"], "MicrosoftCustomerAgreement");
    assert_eq!(confirmed["primaryContact"]["firstName"], "Asha");
    assert_eq!(confirmed["dateAgreed"], "2026-02-27T00:00:00.0000000Z");
    assert_eq!(mock.get(&path)["items"], json!([confirmed]));
    mock.refused(400, 600_061, "POST", &path, &body);
    let cloud = mock.get(&format!("{path}?agreementType=MicrosoftCloudAgreement"));
    assert_eq!(cloud["items"], json!([]));

    for (key, value) in [
        ("FirstName", "Anil"),
        ("LastName", "Rao"),
        ("Email", "anil@sundaram.example"),
        ("PhoneNumber", "4455509999"),
    ] {
        let mut other = body.clone();
        other["PrimaryContact"][key] = json!(value);
        mock.post(201, &path, &other);
    }
    assert_eq!(mock.get(&path)["totalCount"], 5);
}

#[test]
fn defective_confirmations_are_refused() {
    let mock = mock();
    let path = format!("/v1/customers/{SUNDARAM}/agreements");
    let body = confirmation(&template(&mock, "MicrosoftCustomerAgreement"));
    let cloud = template(&mock, "MicrosoftCloudAgreement");
    for (code, pointer, value) in [
        (800_002, "/PrimaryContact", Value::Null),
        (800_002, "/PrimaryContact/FirstName", json!("")),
        (800_002, "/PrimaryContact/LastName", Value::Null),
        (800_002, "/PrimaryContact/Email", json!("nobody")),
        (800_002, "/PrimaryContact/Email", json!("")),
        (800_002, "/TemplateId", json!("x")),
        (800_002, "/TemplateId", json!(cloud)),
        (800_002, "/DateAgreed", json!("0001-01-01T00:00:00")),
        (800_002, "/DateAgreed", json!("yesterday")),
        (800_002, "/UserId", json!("me")),
        (800_002, "/Type", Value::Null),
        (900_126, "/Type", json!("Handshake")),
    ] {
        let mut spoilt = body.clone();
        *spoilt.pointer_mut(pointer).unwrap() = value;
        mock.refused(400, code, "POST", &path, &spoilt);
    }
    mock.app_only().refused(403, 900_329, "POST", &path, &body);
}

#[test]
fn what_fixtures_confirmed_names_a_template_that_can_be_read() {
    let mock = mock();
    let confirmed = mock.get(&format!("/v1/customers/{LARKSPUR}/agreements"))["items"][0].clone();
    assert_eq!(confirmed["templateId"], template(&mock, "MicrosoftCustomerAgreement"));
    let id = confirmed["templateId"].as_str().unwrap();
    mock.get(&format!("/v1/agreementtemplates/{id}/document"));
}

#[test]
fn a_direct_signature_is_told() {
    let mock = mock();
    let signed = |id: &str| {
        let path = format!("/v1/customers/{id}/directSignedMicrosoftCustomerAgreementStatus");
        mock.get(&path)["isSigned"].clone()
    };
    assert_eq!(signed(COOLIBAH), true);
    assert_eq!(signed(LARKSPUR), false);
}

#[test]
fn the_partner_agreement_is_signed_or_the_fault_says_why_not() {
    let mock = mock();
    let path = "/v1/compliance/csp/agreementstatus";
    for query in [
        "mpnId=5139860",
        "mpnId=6120453",
        "tenantId=7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30",
        "tenantId=8D3FA6B2-5c71-4e09-9d48-b6a2f0c3e715",
    ] {
        assert_eq!(mock.get(&format!("{path}?{query}")), json!({ "isAgreementSigned": true }));
    }
    let tenant = "f1a5d3c8-7e62-4b90-a3d7-0c9b8e4f2d16";
    for (code, query, source) in [
        (2001, String::new(), "ComplianceController"),
        (2000, format!("?mpnId=5139860&tenantId={tenant}"), "PartnerApiServiceControllers"),
        (2000, "?mpnId=five".to_owned(), "PartnerApiServiceControllers"),
        (2000, "?tenantId=five".to_owned(), "PartnerApiServiceControllers"),
        (2200, "?mpnId=1".to_owned(), "PartnerFD"),
        (2201, "?mpnId=6233871".to_owned(), "PartnerFD"),
        (2203, "?mpnId=6018822".to_owned(), "PartnerFD"),
        (2204, format!("?tenantId={LARKSPUR}"), "PartnerFD"),
        (2205, format!("?tenantId={NOBODY}"), "PartnerFD"),
        (2206, format!("?tenantId={tenant}"), "PartnerFD"),
    ] {
        let refused = mock.refused(400, code, "GET", &format!("{path}{query}"), &Value::Null);
        assert_eq!(refused.json()["source"], source, "{query}");
    }
    mock.app_only().refused(403, 900_329, "GET", path, &Value::Null);
}
