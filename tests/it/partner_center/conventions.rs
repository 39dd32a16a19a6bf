//! What holds for every operation of Partner Center.

use partner_center_mock::domain::settings::Settings;
use partner_center_mock::identity::jws::{SigningKey, decode_unverified};
use partner_center_mock::identity::token::AuthLevel;
use serde_json::{Value, json};

use crate::support::{LARKSPUR, NOBODY, mock, mock_with};

#[test]
fn a_path_matches_in_any_casing_with_repeated_and_trailing_slashes() {
    let mock = mock();
    for path in [
        format!("/v1/customers/{LARKSPUR}"),
        format!("/v1//Customers/{}/", LARKSPUR.to_uppercase()),
        format!("//V1/CUSTOMERS//{LARKSPUR}//"),
    ] {
        assert_eq!(mock.get(&path)["id"], LARKSPUR, "{path}");
    }
}

#[test]
fn ids_of_request_and_correlation_are_echoed_or_made() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}");
    let sent = [
        ("MS-RequestId", "6f1d0b2a-0000-4000-8000-000000000001"),
        ("MS-CorrelationId", "6f1d0b2a-0000-4000-8000-000000000002"),
    ];
    let answer = mock.send("GET", &path, &sent, "");
    assert_eq!(answer.header("ms-requestid"), Some(sent[0].1));
    assert_eq!(answer.header("ms-correlationid"), Some(sent[1].1));
    let made = mock.send("GET", &path, &[], "");
    assert_eq!(made.header("ms-requestid").unwrap().len(), 36);
    assert!(made.header("ms-cv").unwrap().ends_with(".0"));
    assert_eq!(made.header("content-type"), Some("application/json; charset=utf-8"));
}

#[test]
fn what_is_no_operation_is_refused_in_the_services_own_shape() {
    let mock = mock();
    let nowhere = mock.refused(404, 1000, "GET", "/v1/customer/x/y/z", &Value::Null);
    assert!(nowhere.text.contains("the closest is"), "{}", nowhere.text);
    let method = mock.expect(405, "PUT", &format!("/v1/customers/{NOBODY}"), &Value::Null);
    assert!(method.header("allow").unwrap().contains("GET"));
    assert_eq!(method.code(), 800_002);
}

#[test]
fn operations_of_the_service_that_are_not_there_say_so() {
    let mock = mock();
    for (method, path, named) in [
        ("GET", "/v1/usagesummary".to_owned(), "/v1/usagesummary"),
        ("POST", "/webhooks/v1/registration".to_owned(), "/webhooks/v1/registration"),
        ("GET", format!("/V1//customers/{LARKSPUR}/Users/"), "/v1/customers/{id}/users"),
        ("GET", "/webhooks/v1/registration/events".to_owned(), "/webhooks/v1/registration/events"),
    ] {
        let refused = mock.refused(501, 0, method, &path, &Value::Null);
        let text = format!("The service has {method} {named}, this mock does not.");
        assert!(refused.text.contains(&text), "{}", refused.text);
    }
    mock.refused(404, 1000, "DELETE", "/v1/usagesummary", &Value::Null);
}

/// A token of the partner's admin as the token endpoint issues it, with one thing different.
fn token(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let key = SigningKey::embedded().unwrap();
    let mock = mock();
    let decoded = decode_unverified(&mock.server.token()).unwrap();
    let mut claims = serde_json::Value::Object(decoded.claims);
    change(&mut claims);
    key.sign(&claims)
}

#[test]
fn bad_tokens_of_every_kind_are_refused() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}");
    let bearer = |token: String| format!("Bearer {token}");
    for (what, header, code) in [
        ("empty", String::new(), 400),
        ("another scheme", "Basic abc".to_owned(), 400),
        ("no token", "Bearer".to_owned(), 400),
        ("no JWT", "Bearer abc".to_owned(), 400),
        ("a broken JWT", "Bearer a.b.c".to_owned(), 400),
        ("expired", bearer(token(|claims| claims["exp"] = json!(1_600_000_000))), 400),
        ("without expiry", bearer(token(|claims| claims["exp"] = Value::Null)), 400),
        ("not valid yet", bearer(token(|claims| claims["nbf"] = json!(4_000_000_000_i64))), 400),
        (
            "from elsewhere",
            bearer(token(|claims| claims["iss"] = json!("https://idp.example/x/"))),
            400,
        ),
        ("of another tenant's issuer", bearer(token(|claims| claims["tid"] = json!(NOBODY))), 400),
        (
            "for Azure",
            bearer(token(|claims| claims["aud"] = json!("https://management.azure.com"))),
            900_420,
        ),
        (
            "for the retired audience",
            bearer(token(|claims| claims["aud"] = json!("https://graph.windows.net"))),
            900_420,
        ),
    ] {
        let answer = mock.send("GET", &path, &[("authorization", &header)], "");
        assert_eq!((answer.status, answer.code()), (401, code), "{what}: {}", answer.text);
        assert!(answer.header("www-authenticate").is_some(), "{what}");
    }
}

#[test]
fn a_token_is_needed_and_must_be_one_for_partner_center() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}/orders");
    mock.with_token("").refused(401, 800_001, "GET", &path, &Value::Null);
    let form = "grant_type=client_credentials&client_id=31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846&client_secret=demo-secret&resource=https%3A%2F%2Fmanagement.azure.com%2F";
    let sent = [("content-type", "application/x-www-form-urlencoded")];
    let tenant = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
    let granted = mock.send("POST", &format!("/{tenant}/oauth2/token"), &sent, form);
    assert_eq!(granted.status, 200, "{}", granted.text);
    let granted = granted.json();
    let for_azure = mock.with_token(granted["access_token"].as_str().unwrap());
    for (method, path) in [("GET", path.clone()), ("POST", path)] {
        for_azure.refused(401, 900_420, method, &path, &Value::Null);
    }
}

#[test]
fn an_application_buys_without_a_user() {
    use crate::support::items::{cart_line, licence, lines, order};
    let mock = mock();
    let app = mock.app_only();
    let customer = format!("/v1/customers/{LARKSPUR}");
    app.post(201, &format!("{customer}/orders"), &order(&[cart_line(&licence(), 1)]));
    let cart = app.post(201, &format!("{customer}/carts"), &lines(&[cart_line(&licence(), 1)]));
    let checkout = format!("{customer}/carts/{}/checkout", cart["id"].as_str().unwrap());
    app.post(201, &checkout, &Value::Null);
    assert_eq!(
        app.get(&format!("{customer}/entitlements")),
        mock.get(&format!("{customer}/entitlements"))
    );
}

#[test]
fn entitlements_are_kept_for_users_where_the_settings_say() {
    let settings = Settings { entitlements_need_user: true, ..Settings::default() };
    let mock = mock_with(|builder| builder.settings(settings));
    let path = format!("/v1/customers/{LARKSPUR}/entitlements");
    let listed = mock.get(&path);
    let artifacts = listed["items"].as_array().unwrap().iter().flat_map(|item| {
        item["entitledArtifacts"].as_array().unwrap().iter().map(|it| it["link"]["uri"].clone())
    });
    let link = format!("/v1{}", artifacts.last().unwrap().as_str().unwrap());
    mock.get(&link);
    let app = mock.app_only();
    app.refused(403, 900_329, "GET", &path, &Value::Null);
    app.refused(403, 900_329, "GET", &link, &Value::Null);
}

#[test]
fn a_request_without_a_token_is_told_so() {
    let mock = mock();
    let url = format!("{}/v1/customers/{LARKSPUR}", mock.server.base_url());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (status, text) = runtime.block_on(async {
        let response = crate::support::client().get(url).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    });
    assert_eq!(status, 401);
    assert!(text.contains("\"code\":800001") && text.contains("send `Authorization"), "{text}");
}

#[test]
fn a_signature_counts_with_strict_only() {
    let path = format!("/v1/customers/{LARKSPUR}");
    let good = token(|_| {});
    let (body, _) = good.rsplit_once('.').unwrap();
    let forged = format!("Bearer {body}.AAAA{}", "A".repeat(338));
    let standard = mock();
    assert_eq!(standard.send("GET", &path, &[("authorization", &forged)], "").status, 200);
    let strict = mock_with(|builder| builder.auth(AuthLevel::Strict));
    let answer = strict.send("GET", &path, &[("authorization", &forged)], "");
    assert_eq!((answer.status, answer.code()), (401, 400), "{}", answer.text);
    let good = format!("Bearer {good}");
    assert_eq!(strict.send("GET", &path, &[("authorization", &good)], "").status, 200);
    let stranger = format!("Bearer {}", token(|claims| claims["appid"] = json!(NOBODY)));
    let answer = strict.send("GET", &path, &[("authorization", &stranger)], "");
    assert_eq!(answer.status, 401, "{}", answer.text);
}

#[test]
fn with_auth_off_anything_goes() {
    let mock = mock_with(|builder| builder.auth(AuthLevel::Off));
    let path = format!("/v1/customers/{LARKSPUR}/profiles/company");
    assert_eq!(mock.send("GET", &path, &[("authorization", "Bearer nonsense")], "").status, 200);
}

#[test]
fn an_app_alone_is_kept_from_what_needs_a_user() {
    let mock = mock().app_only();
    let path = format!("/v1/customers/{LARKSPUR}/profiles/company");
    mock.refused(403, 900_329, "GET", &path, &Value::Null);
    mock.get(&format!("/v1/customers/{LARKSPUR}"));
}

#[test]
fn the_same_request_id_and_body_is_answered_again_not_carried_out_again() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}/carts");
    let cart = |name: &str| {
        json!({ "lineItems": [{ "catalogItemId": "MS-AZR-0145P", "quantity": 1, "friendlyName": name }] })
            .to_string()
    };
    let id = [("MS-RequestId", "0b1c2d3e-0000-4000-8000-000000000001")];
    let first = mock.send("POST", &path, &id, &cart("a"));
    assert_eq!(first.status, 201);
    let again = mock.send("POST", &path, &id, &cart("a"));
    assert_eq!(again.text, first.text);
    let other_body = mock.send("POST", &path, &id, &cart("b"));
    assert_ne!(other_body.json()["id"], first.json()["id"]);
}

#[test]
fn a_form_the_client_does_not_accept_or_the_service_does_not_read_is_refused() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}/carts");
    let accept =
        mock.send("GET", &format!("/v1/customers/{LARKSPUR}"), &[("accept", "text/html")], "");
    assert_eq!((accept.status, accept.code()), (406, 800_002));
    let typed = mock.send("POST", &path, &[("content-type", "text/xml")], "<cart/>");
    assert_eq!((typed.status, typed.code()), (415, 800_002));
    let large = mock.send("POST", &path, &[], &format!("{{\"a\":\"{}\"}}", "x".repeat(4 << 20)));
    assert_eq!((large.status, large.code()), (413, 800_002));
}
