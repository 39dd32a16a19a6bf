//! Microsoft's PowerShell module: the SDK for .NET behind cmdlets. What is its own is how it signs in:
//! as a public client known everywhere, by device code, by refresh token or by certificate, for the
//! scope `user_impersonation`.

use serde_json::{Value, json};

use super::{Client, ids};
use crate::identity::{PARTNER, accepted, claims, refused};
use crate::support::{LARKSPUR, Mock, mock};

/// The client that the module signs in as when it is given none.
const MODULE: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const SCOPE: &str = "https://api.partnercenter.microsoft.com/user_impersonation \
                     offline_access openid profile";
const ANY_TENANT: &str = "/organizations/oauth2/v2.0/token";

fn client(mock: &Mock, token: &Value) -> Client {
    let headers = &[
        ("Accept", "application/json"),
        ("X-Locale", "en-US"),
        ("MS-PartnerCenter-Client", "Partner Center PowerShell"),
    ];
    let mock = mock.with_token(token.as_str().unwrap());
    Client { mock, headers, unreadable: |_, value| value.is_null().then(|| "null".to_owned()) }
}

/// Signs in by device code: nobody is there the first time the module asks.
fn by_device_code(mock: &Mock) -> Value {
    let fields = [("client_id", MODULE), ("scope", SCOPE)];
    let begun = accepted(mock, "/organizations/oauth2/v2.0/devicecode", &fields);
    assert!(begun["message"].as_str().unwrap().contains(begun["user_code"].as_str().unwrap()));
    let code = begun["device_code"].as_str().unwrap();
    let fields = [
        ("client_id", MODULE),
        ("scope", SCOPE),
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", code),
        ("code", code),
        ("client_info", "1"),
    ];
    refused(mock, (400, "authorization_pending", 70016), ANY_TENANT, &fields);
    accepted(mock, ANY_TENANT, &fields)
}

#[test]
fn a_device_code_signs_a_user_in_without_an_application_of_ones_own() {
    let mock = mock();
    let body = by_device_code(&mock);
    let said = claims(&body["access_token"]);
    assert_eq!((&said["appid"], &said["tid"]), (&json!(MODULE), &json!(PARTNER)));
    assert_eq!(said["scp"], "user_impersonation");
    assert!(body["id_token"].is_string() && body["client_info"].is_string());
    let client = client(&mock, &body["access_token"]);
    // Get-PartnerOrganizationProfile asks for what applications alone may not see.
    client.get("/v1/profiles/legalbusiness?vettingVersion=Current");
}

#[test]
fn the_requirement_of_a_second_factor_is_met() {
    // Test-PartnerSecurityRequirement looks for it in the token.
    let body = by_device_code(&mock());
    let methods = claims(&body["access_token"])["amr"].clone();
    assert!(methods.as_array().unwrap().contains(&json!("mfa")), "{methods}");
}

#[test]
fn a_refresh_token_signs_in_without_asking_anybody() {
    let mock = mock();
    let first = by_device_code(&mock);
    let fields = [
        ("client_id", MODULE),
        ("scope", SCOPE),
        ("grant_type", "refresh_token"),
        ("refresh_token", first["refresh_token"].as_str().unwrap()),
    ];
    let again = accepted(&mock, ANY_TENANT, &fields);
    assert!(again["refresh_token"].is_string());
    let client = client(&mock, &again["access_token"]);
    assert_eq!(client.get(&format!("/v1/customers/{LARKSPUR}"))["id"], LARKSPUR);
}

#[test]
fn all_customers_are_read_page_by_page() {
    let mock = mock();
    let body = by_device_code(&mock);
    let client = client(&mock, &body["access_token"]);
    let all = ids(&client.get("/v1/customers"));
    let first = client.get("/v1/customers?size=3");
    assert_eq!(client.ids_by_links("/v1", first), all);
}
