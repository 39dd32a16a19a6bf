//! Country rules, addresses, validation of accounts.

use partner_center_mock::domain::settings::{AddressAnswer, Settings};
use serde_json::{Value, json};

use crate::support::{LARKSPUR, mock, mock_with};

fn boise() -> Value {
    json!({
        "AddressLine1": "12 Orchard Rd", "City": "Boise", "State": "ID",
        "PostalCode": "83702", "Country": "US",
    })
}

fn with(key: &str, value: &str) -> Value {
    let mut address = boise();
    address[key] = json!(value);
    address
}

#[test]
fn the_rules_of_a_country_are_read_in_any_casing() {
    let mock = mock();
    let us = mock.get("/v1/countryvalidationrules/US");
    assert_eq!(us, mock.app_only().get("/v1/countryvalidationrules/us"));
    assert_eq!(us["iso2Code"], "US");
    assert_eq!(us["defaultCulture"], "en-US");
    assert!(us["supportedStatesList"].as_array().unwrap().contains(&json!("WA")));
    assert_eq!(us["countryCallingCodesList"], json!(["1"]));
    for flag in [
        "isStateRequired",
        "isPostalCodeRequired",
        "isCityRequired",
        "isVatIdSupported",
        "isTaxIdSupported",
        "isTaxIdOptional",
    ] {
        assert!(us[flag].is_boolean(), "{flag}");
    }
    let kz = mock.get("/v1/countryvalidationrules/kz");
    assert_eq!(kz["customerOrganizationRegistrationNumberRequired"], true);
    for unknown in ["KP", "USA", "1"] {
        let path = format!("/v1/countryvalidationrules/{unknown}");
        mock.refused(404, 1000, "GET", &path, &Value::Null);
    }
}

#[test]
fn an_address_is_answered_with_a_verdict() {
    let mock = mock();
    for (address, status, suggestions) in [
        (boise(), "VerifiedShippable", 0),
        (with("AddressLine1", "PO Box 12"), "Verified", 0),
        (with("State", "WA"), "InteractionRequired", 1),
        (with("AddressLine1", "Orchard Rd"), "StreetPartial", 0),
        (with("AddressLine2", "Suite"), "PremisesPartial", 0),
        (with("AddressLine1", "12"), "Multiple", 0),
        (with("PostalCode", "X"), "None", 0),
        (with("State", "Bavaria"), "None", 0),
    ] {
        let verdict = mock.post(200, "/v1/validations/address", &address);
        assert_eq!(verdict["status"], status, "{address}: {verdict}");
        assert_eq!(verdict["suggestedAddresses"].as_array().unwrap().len(), suggestions);
        assert_eq!(verdict["originalAddress"]["city"], "Boise");
        assert!(!verdict["validationMessage"].as_str().unwrap().is_empty());
    }
    for (code, address) in [
        (2007, json!({})),
        (2007, with("City", "")),
        (2007, with("Country", "Utopia")),
        (2007, with("AddressLine1", &"x".repeat(201))),
        (800_002, json!([])),
    ] {
        mock.refused(400, code, "POST", "/v1/validations/address", &address);
    }
}

#[test]
fn a_plain_world_answers_as_in_2021() {
    let mock = mock_with(|builder| {
        let settings = Settings { address_answer: AddressAnswer::Plain, ..Settings::default() };
        builder.settings(settings)
    });
    let path = "/v1/validations/address";
    assert_eq!(mock.post(200, path, &boise()), Value::Null);
    let refused = mock.refused(400, 2007, "POST", path, &with("State", "WA"));
    let description: Value =
        serde_json::from_str(refused.json()["description"].as_str().unwrap()).unwrap();
    assert_eq!(description["code"], "60071");
    assert_eq!(description["corrected_address"]["region"], "ID");
    mock.refused(400, 2007, "POST", path, &with("PostalCode", "X"));
    mock.refused(400, 2007, "POST", path, &with("AddressLine1", "12"));
}

#[test]
fn validation_codes_are_a_bare_array_and_accounts_are_validated() {
    let mock = mock();
    assert_eq!(mock.app_only().get("/v1/customers/all/validations"), json!([]));
    let path = format!("/v1/customers/{LARKSPUR}/validationStatus");
    let status = mock.get(&format!("{path}?type=Account"));
    assert_eq!(status["type"], "account");
    assert!(status["lastUpdateDateTime"].as_str().unwrap().ends_with('Z'));
    mock.refused(400, 800_002, "GET", &path, &Value::Null);
    mock.refused(400, 900_126, "GET", &format!("{path}?type=colour"), &Value::Null);
}
