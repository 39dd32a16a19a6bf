//! Token requests of every grant.

use serde_json::json;

use super::{
    ADMIN, ADMIN_OBJECT, CLIENT, PARTNER, PARTNER_CENTER, PUBLIC_CLIENT, SECRET, accepted, claims,
    form, post_form, refused,
};
use crate::support::{LARKSPUR, Mock, mock};

const V1: &str = "/7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30/oauth2/token";
const V2: &str = "/7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30/oauth2/v2.0/token";
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const ON_BEHALF_OF: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

fn by_password(mock: &Mock, scope: &str) -> serde_json::Value {
    accepted(
        mock,
        V2,
        &[
            ("grant_type", "password"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("scope", scope),
            ("username", "ADMIN@fabricore.example"),
            ("password", "demo-password"),
            ("client_info", "1"),
        ],
    )
}

#[test]
fn an_application_gets_a_token_of_version_2_that_partner_center_accepts() {
    let mock = mock();
    let answer = post_form(
        &mock,
        V2,
        &[
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("scope", "https://api.partnercenter.microsoft.com/.default"),
            ("client_info", "1"),
            ("x-client-SKU", "msal.js.node"),
            ("claims", "{not even JSON"),
        ],
    );
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), Some("no-store, no-cache"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    let body = answer.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 3599);
    for absent in ["scope", "refresh_token", "id_token", "client_info"] {
        assert!(body.get(absent).is_none(), "{absent} in {body}");
    }
    let said = claims(&body["access_token"]);
    assert_eq!(said["aud"], PARTNER_CENTER);
    assert_eq!(said["iss"], format!("https://sts.windows.net/{PARTNER}/"));
    assert_eq!(said["appid"], CLIENT);
    assert_eq!(said["idtyp"], "app");
    assert_eq!(said["oid"], "e7b1c9d2-4f3a-4d68-9e05-2a8c6b1f7d43");
    assert_eq!(said["mock_world"], mock.world);
    assert!(said.get("scp").is_none());
    mock.with_token(body["access_token"].as_str().unwrap())
        .get(&format!("/v1/customers/{LARKSPUR}"));
}

#[test]
fn version_1_writes_numbers_as_text_and_repeats_the_resource() {
    let mock = mock();
    let resource = "https://management.core.windows.net/";
    let body = accepted(
        &mock,
        V1,
        &[
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("resource", resource),
        ],
    );
    assert_eq!(body["expires_in"], "3599");
    assert_eq!(body["ext_expires_in"], "3599");
    assert_eq!(body["resource"], resource);
    let said = claims(&body["access_token"]);
    assert_eq!(said["aud"], resource);
    assert_eq!(body["expires_on"], said["exp"].to_string());
    assert_eq!(body["not_before"], said["nbf"].to_string());
}

#[test]
fn resources_become_audiences_as_they_are_written() {
    let mock = mock();
    for (scope, audience) in [
        ("https://management.azure.com/.default", "https://management.azure.com"),
        ("https://management.core.windows.net//.default", "https://management.core.windows.net/"),
        ("https://arm.mock.test:8443/.default", "https://arm.mock.test:8443"),
    ] {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("scope", scope),
        ];
        let body = accepted(&mock, V2, &fields);
        assert_eq!(claims(&body["access_token"])["aud"], audience);
    }
}

#[test]
fn clients_prove_who_they_are_by_form_header_or_assertion() {
    let mock = mock();
    let fields =
        [("grant_type", "client_credentials"), ("scope", "https://management.azure.com/.default")];
    let basic = |text: &str| {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let header = format!("Basic {}", STANDARD.encode(text));
        let headers = [
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("authorization", header.as_str()),
        ];
        mock.send("POST", V2, &headers, &form(&fields))
    };
    let answer = basic(&format!("{CLIENT}:{SECRET}"));
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(basic(&format!("{CLIENT}:wrong")).status, 401);

    let with = |more: &[(&'static str, &'static str)]| [&fields[..], more].concat();
    let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.AAAA";
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let asserted =
        with(&[("client_id", CLIENT), ("client_assertion", jwt), ("client_assertion_type", kind)]);
    let body = accepted(&mock, V2, &asserted);
    assert_eq!(claims(&body["access_token"])["appidacr"], "2");
    let garbage =
        with(&[("client_id", CLIENT), ("client_assertion", "x"), ("client_assertion_type", kind)]);
    refused(&mock, (401, "invalid_client", 50027), V2, &garbage);
    let expired = with(&[
        ("client_id", CLIENT),
        ("client_assertion", "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.AAAA"),
        ("client_assertion_type", kind),
    ]);
    refused(&mock, (401, "invalid_client", 700_024), V2, &expired);
    // Of another client, of this one, and of a federation, whose assertions name others.
    for (said, is_good) in [
        (
            "eyJpc3MiOiIwMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwYWEiLCJzdWIiOiIwMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwYWEifQ",
            false,
        ),
        (
            "eyJpc3MiOiIzMWU4ZDBhNC02YzJiLTRmOTctYTVkMy05MGY3ZTFiMmM4NDYiLCJzdWIiOiIzMWU4ZDBhNC02YzJiLTRmOTctYTVkMy05MGY3ZTFiMmM4NDYifQ",
            true,
        ),
        ("eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoiam9iIn0", true),
    ] {
        let jwt: &'static str = format!("eyJhbGciOiJSUzI1NiJ9.{said}.AAAA").leak();
        let form = with(&[
            ("client_id", CLIENT),
            ("client_assertion", jwt),
            ("client_assertion_type", kind),
        ]);
        if is_good {
            accepted(&mock, V2, &form);
        } else {
            refused(&mock, (401, "invalid_client", 700_021), V2, &form);
        }
    }
}

#[test]
fn unknown_clients_pass_and_wrong_secrets_of_known_ones_never() {
    let mock = mock();
    let ask = |client: &'static str, secret: &'static str| {
        [
            ("grant_type", "client_credentials"),
            ("client_id", client),
            ("client_secret", secret),
            ("scope", "https://management.azure.com/.default"),
        ]
    };
    let unknown = "00000000-1111-4222-8333-444444444444";
    accepted(&mock, V2, &ask(unknown, "anything"));
    refused(&mock, (401, "invalid_client", 7_000_215), V2, &ask(CLIENT, "wrong"));
    refused(&mock, (401, "invalid_client", 7_000_218), V2, &ask(CLIENT, ""));
    refused(&mock, (401, "invalid_client", 7_000_218), V2, &ask(unknown, ""));
    refused(&mock, (401, "invalid_client", 700_025), V2, &ask(PUBLIC_CLIENT, "x"));
}

#[test]
fn a_client_id_chooses_a_world() {
    let mock = mock();
    let name = format!("{}-by-client", mock.world);
    let client = format!("{CLIENT}@{name}");
    let url = format!("{}{V2}", mock.server.base_url());
    let body = form(&[
        ("grant_type", "client_credentials"),
        ("client_id", &client),
        ("client_secret", SECRET),
        ("scope", "https://management.azure.com/.default"),
    ]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let text = runtime.block_on(async {
        let request = crate::support::client()
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        request.send().await.unwrap().text().await.unwrap()
    });
    let body: serde_json::Value = serde_json::from_str(&text).unwrap();
    let said = claims(&body["access_token"]);
    assert_eq!(said["mock_world"], name);
    assert_eq!(said["appid"], client);
}

#[test]
fn a_password_leads_to_all_tokens_of_a_user() {
    let mock = mock();
    let body = by_password(
        &mock,
        "offline_access https://api.partnercenter.microsoft.com/user_impersonation openid profile",
    );
    assert_eq!(body["scope"], "https://api.partnercenter.microsoft.com/user_impersonation");
    let said = claims(&body["access_token"]);
    assert_eq!(said["scp"], "user_impersonation");
    assert_eq!(said["upn"], ADMIN);
    assert_eq!(said["oid"], ADMIN_OBJECT);
    assert_eq!(said["roles"], json!(["AdminAgent", "GlobalAdmin"]));
    let id = claims(&body["id_token"]);
    assert_eq!(id["aud"], CLIENT);
    assert_eq!(id["iss"], format!("{}/{PARTNER}/v2.0", mock.server.base_url()));
    assert_eq!(id["preferred_username"], ADMIN);
    assert_eq!(id["oid"], ADMIN_OBJECT);
    let info = format!("x.{}.x", body["client_info"].as_str().unwrap());
    assert_eq!(claims(&json!(info)), json!({"uid": ADMIN_OBJECT, "utid": PARTNER}));
    let bare = by_password(&mock, "https://api.partnercenter.microsoft.com/.default");
    assert!(bare.get("refresh_token").is_none() && bare.get("id_token").is_none());
    for (user, password) in [(ADMIN, "wrong"), ("nobody@fabricore.example", "demo-password")] {
        let fields = [
            ("grant_type", "password"),
            ("client_id", CLIENT),
            ("scope", "openid"),
            ("username", user),
            ("password", password),
        ];
        refused(&mock, (400, "invalid_grant", 50126), V2, &fields);
    }
}

#[test]
fn a_refresh_token_is_good_for_other_resources_and_for_customers_tenants() {
    let mock = mock();
    let first = by_password(
        &mock,
        "https://api.partnercenter.microsoft.com/.default offline_access openid",
    );
    let token = first["refresh_token"].as_str().unwrap();
    let other = format!("/{LARKSPUR}/oauth2/token");
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("refresh_token", token),
        ("resource", "https://management.azure.com/"),
    ];
    let body = accepted(&mock, &other, &fields);
    let said = claims(&body["access_token"]);
    assert_eq!(said["tid"], LARKSPUR);
    assert_eq!(said["aud"], "https://management.azure.com/");
    assert_eq!(said["upn"], ADMIN);
    assert_eq!(body["scope"], "user_impersonation");
    let rotated = body["refresh_token"].as_str().unwrap();
    assert_ne!(rotated, token);

    // Old and new both go on, without a scope for what was agreed on first.
    for token in [token, rotated] {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("refresh_token", token),
        ];
        let body = accepted(&mock, "/common/oauth2/v2.0/token", &fields);
        assert!(body["refresh_token"].is_string());
    }
    let fields = [("grant_type", "refresh_token"), ("client_id", CLIENT), ("refresh_token", token)];
    refused(&mock, (401, "invalid_client", 7_000_218), V2, &fields);
    let fields =
        [("grant_type", "refresh_token"), ("client_id", "another"), ("refresh_token", token)];
    refused(&mock, (400, "invalid_grant", 70000), V2, &fields);
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("refresh_token", "0.AAAA"),
    ];
    refused(&mock, (400, "invalid_grant", 9_002_313), V2, &fields);
    // A world honours its own grants only.
    let elsewhere = crate::support::mock();
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("refresh_token", token),
    ];
    refused(&elsewhere, (400, "invalid_grant", 70000), V2, &fields);
}

#[test]
fn a_grant_is_not_an_access_token() {
    let mock = mock();
    let body =
        by_password(&mock, "https://api.partnercenter.microsoft.com/.default offline_access");
    let path = format!("/v1/customers/{LARKSPUR}");
    let answer =
        mock.with_token(body["refresh_token"].as_str().unwrap()).send("GET", &path, &[], "");
    assert_eq!(answer.status, 401, "{}", answer.text);
}

#[test]
fn a_device_waits_once_and_its_code_is_good_once() {
    let mock = mock();
    let path = format!("/{PARTNER}/oauth2/v2.0/devicecode");
    for grant in [DEVICE_GRANT, "device_code"] {
        let scope = "https://management.azure.com/.default offline_access openid profile";
        let fields = [("client_id", PUBLIC_CLIENT), ("scope", scope)];
        let begun = accepted(&mock, &path, &fields);
        assert_eq!(begun["verification_uri"], "https://microsoft.com/devicelogin");
        assert_eq!((&begun["expires_in"], &begun["interval"]), (&json!(900), &json!(5)));
        let user_code = begun["user_code"].as_str().unwrap();
        assert_eq!(user_code.len(), 9);
        assert!(begun["message"].as_str().unwrap().contains(user_code));
        let code = begun["device_code"].as_str().unwrap();
        let fields = [
            ("grant_type", grant),
            ("client_id", PUBLIC_CLIENT),
            ("device_code", code),
            ("code", code),
        ];
        refused(&mock, (400, "authorization_pending", 70016), V2, &fields);
        let body = accepted(&mock, V2, &fields);
        assert_eq!(claims(&body["access_token"])["upn"], ADMIN);
        assert_eq!(claims(&body["access_token"])["appidacr"], "0");
        assert!(body["refresh_token"].is_string() && body["id_token"].is_string());
        refused(&mock, (400, "invalid_grant", 54005), V2, &fields);
    }
    let fields = [("grant_type", DEVICE_GRANT), ("client_id", PUBLIC_CLIENT), ("device_code", "x")];
    refused(&mock, (400, "bad_verification_code", 70018), V2, &fields);
}

#[test]
fn a_device_sign_in_of_version_1_writes_numbers_as_text() {
    let mock = mock();
    let fields =
        [("client_id", PUBLIC_CLIENT), ("resource", "https://management.core.windows.net/")];
    let begun = accepted(&mock, &format!("/{PARTNER}/oauth2/devicecode"), &fields);
    assert_eq!(begun["verification_url"], "https://microsoft.com/devicelogin");
    assert_eq!((&begun["expires_in"], &begun["interval"]), (&json!("900"), &json!("5")));
    let code = begun["device_code"].as_str().unwrap();
    let fields = [("grant_type", "device_code"), ("client_id", PUBLIC_CLIENT), ("code", code)];
    refused(&mock, (400, "authorization_pending", 70016), V1, &fields);
    let body = accepted(&mock, V1, &fields);
    assert_eq!(body["resource"], "https://management.core.windows.net/");
}

#[test]
fn a_service_acts_on_behalf_of_a_user() {
    let mock = mock();
    let user = by_password(&mock, "https://api.partnercenter.microsoft.com/.default");
    let with = |assertion: &str| {
        [
            ("grant_type", ON_BEHALF_OF),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("requested_token_use", "on_behalf_of"),
            ("scope", "https://management.azure.com/.default"),
            ("assertion", assertion),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let borrowed = |fields: &[(String, String)]| -> Vec<(String, String)> { fields.to_vec() };
    let fields = borrowed(&with(user["access_token"].as_str().unwrap()));
    let pairs: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let body = accepted(&mock, V2, &pairs);
    assert_eq!(claims(&body["access_token"])["upn"], ADMIN);
    assert_eq!(claims(&body["access_token"])["aud"], "https://management.azure.com");
    let app = mock.handle().app_token();
    for assertion in ["garbage", app.as_str()] {
        let fields = with(assertion);
        let pairs: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        refused(&mock, (400, "invalid_grant", 50013), V2, &pairs);
    }
    let fields = [
        ("grant_type", ON_BEHALF_OF),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("requested_token_use", "else"),
        ("assertion", "x"),
    ];
    refused(&mock, (400, "invalid_request", 900_023), V2, &fields);
}

#[test]
fn what_is_missing_or_malformed_is_named() {
    let mock = mock();
    let known = [("client_id", CLIENT), ("client_secret", SECRET)];
    let with = |more: &[(&'static str, &'static str)]| [&known[..], more].concat();
    let app = ("grant_type", "client_credentials");
    let missing = (400, "invalid_request", 900_144);
    refused(&mock, missing, V2, &known);
    refused(&mock, missing, V2, &[app]);
    refused(&mock, missing, V2, &with(&[app]));
    refused(&mock, missing, V1, &with(&[app]));
    refused(&mock, missing, V2, &with(&[("grant_type", "password"), ("username", ADMIN)]));
    refused(&mock, missing, V2, &with(&[("grant_type", "device_code")]));
    refused(&mock, missing, V2, &with(&[("grant_type", "authorization_code")]));
    refused(&mock, missing, V2, &with(&[("grant_type", "refresh_token")]));
    let unsupported = (400, "unsupported_grant_type", 70003);
    refused(&mock, unsupported, V2, &with(&[("grant_type", "telepathy")]));
    let not_default = (400, "invalid_scope", 1_002_012);
    for scope in ["https://management.azure.com/user_impersonation", "openid"] {
        refused(&mock, not_default, V2, &with(&[app, ("scope", scope)]));
    }
    let two = "https://a.example/.default https://b.example/.default";
    refused(&mock, (400, "invalid_scope", 70011), V2, &with(&[app, ("scope", two)]));
    let resource = [app, ("resource", "no resource")];
    refused(&mock, (400, "invalid_resource", 500_011), V1, &with(&resource));
    let nowhere = "/nobody-holds-this.example/oauth2/token";
    refused(&mock, (400, "invalid_request", 90002), nowhere, &with(&[app]));
    let body = json!({"grant_type": "client_credentials"}).to_string();
    let answer = mock.send("POST", V2, &[("content-type", "application/json")], &body);
    assert_eq!((answer.status, &answer.json()["error_codes"]), (400, &json!([900_144])));
}

#[test]
fn request_ids_are_repeated_when_asked_for() {
    let mock = mock();
    let id = "5a7c1f0e-2b3d-4e5f-8a9b-0c1d2e3f4a5b";
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("client-request-id", id),
        ("return-client-request-id", "true"),
    ];
    let answer = mock.send("POST", V2, &headers, "grant_type=x&client_id=a");
    assert_eq!(answer.header("client-request-id"), Some(id));
    assert_eq!(answer.json()["correlation_id"], id);
    let path = format!("{V2}?client-request-id={id}");
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer = mock.send("POST", &path, &headers, "grant_type=x&client_id=a");
    assert_eq!(answer.json()["correlation_id"], id);
}
