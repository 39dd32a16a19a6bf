//! Sign-in in a browser, and the codes it gives.

use super::{ADMIN, CLIENT, PARTNER, PUBLIC_CLIENT, SECRET, accepted, claims, form, refused};
use crate::support::{Answer, Mock, mock};

const REDIRECT: &str = "http://localhost:8400/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn authorize(mock: &Mock, more: &[(&str, &str)]) -> Answer {
    let fields = [
        &[
            ("client_id", CLIENT),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", "openid offline_access https://api.partnercenter.microsoft.com/.default"),
            ("state", "a b"),
            ("nonce", "n-1"),
        ],
        more,
    ]
    .concat();
    let path = format!("/{PARTNER}/oauth2/v2.0/authorize?{}", form(&fields));
    mock.send("GET", &path, &[], "")
}

fn parameters(answer: &Answer, separator: char) -> std::collections::HashMap<String, String> {
    assert_eq!(answer.status, 302, "{}", answer.text);
    let location = answer.header("location").unwrap();
    let (target, query) = location.split_once(separator).unwrap();
    assert_eq!(target, REDIRECT);
    serde_urlencoded::from_str(query).unwrap()
}

fn code(mock: &Mock, more: &[(&str, &str)]) -> String {
    let answer = authorize(mock, &[&[("login_hint", ADMIN)], more].concat());
    parameters(&answer, '?')["code"].clone()
}

fn redeem<'a>(code: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("code", code),
        ("redirect_uri", REDIRECT),
    ];
    [&fields[..], more].concat()
}

fn token_path() -> String {
    format!("/{PARTNER}/oauth2/v2.0/token")
}

#[test]
fn a_named_user_is_sent_back_with_a_code_that_is_good_once() {
    let mock = mock();
    let answer = authorize(&mock, &[("login_hint", ADMIN)]);
    let back = parameters(&answer, '?');
    assert_eq!(back["state"], "a b");
    let fields = redeem(&back["code"], &[("client_secret", SECRET)]);
    let body = accepted(&mock, &token_path(), &fields);
    assert_eq!(claims(&body["access_token"])["upn"], ADMIN);
    assert_eq!(claims(&body["id_token"])["nonce"], "n-1");
    assert!(body["refresh_token"].is_string());
    refused(&mock, (400, "invalid_grant", 54005), &token_path(), &fields);
}

#[test]
fn codes_are_tied_to_redirect_client_and_verifier() {
    let mock = mock();
    let path = token_path();
    let secret = ("client_secret", SECRET);
    let plain = code(&mock, &[]);
    let other = redeem(&plain, &[secret, ("redirect_uri", "http://localhost:9/")]);
    refused(&mock, (400, "invalid_client", 500_112), &path, &other);
    refused(&mock, (401, "invalid_client", 7_000_218), &path, &redeem(&plain, &[]));
    let foreign = redeem(&plain, &[("client_id", PUBLIC_CLIENT)]);
    refused(&mock, (400, "invalid_grant", 70000), &path, &foreign);
    let unasked = redeem(&plain, &[secret, ("code_verifier", VERIFIER)]);
    refused(&mock, (400, "invalid_grant", 501_481), &path, &unasked);
    let garbage = redeem("garbage", &[secret]);
    refused(&mock, (400, "invalid_grant", 9_002_313), &path, &garbage);

    let hashed = code(&mock, &[("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]);
    let missing = redeem(&hashed, &[secret]);
    refused(&mock, (400, "invalid_request", 900_144), &path, &missing);
    let wrong = redeem(&hashed, &[("code_verifier", CHALLENGE)]);
    refused(&mock, (400, "invalid_grant", 501_481), &path, &wrong);
    accepted(&mock, &path, &redeem(&hashed, &[("code_verifier", VERIFIER)]));
    let plain = code(&mock, &[("code_challenge", VERIFIER)]);
    accepted(&mock, &path, &redeem(&plain, &[("code_verifier", VERIFIER)]));
}

#[test]
fn without_a_user_a_page_offers_those_there_are() {
    let mock = mock();
    let answer = authorize(&mock, &[("extra", "\"><script>")]);
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(!answer.text.contains("<script"), "{}", answer.text);
    let link = answer.text.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/{PARTNER}/oauth2/v2.0/authorize{}", link.replace("&amp;", "&"));
    let back = parameters(&mock.send("GET", &path, &[], ""), '?');
    assert!(back.contains_key("code"));
    let answer = authorize(&mock, &[("login_hint", "<b>nobody</b>")]);
    assert_eq!(answer.status, 200);
    assert!(answer.text.contains("&lt;b&gt;nobody&lt;/b&gt;"), "{}", answer.text);
}

#[test]
fn silent_sign_in_shows_no_page() {
    let mock = mock();
    let back = parameters(&authorize(&mock, &[("prompt", "none")]), '?');
    assert!(back.contains_key("code"));
    let nobody = [("prompt", "none"), ("login_hint", "nobody@fabricore.example")];
    let back = parameters(&authorize(&mock, &nobody), '?');
    assert_eq!(back["error"], "login_required");
    assert!(back["error_description"].starts_with("AADSTS50058: "), "{back:?}");
    assert_eq!(back["state"], "a b");
}

#[test]
fn values_come_back_in_the_mode_that_was_asked_for() {
    let mock = mock();
    let hint = ("login_hint", ADMIN);
    let back = parameters(&authorize(&mock, &[hint, ("response_mode", "fragment")]), '#');
    assert!(back.contains_key("code"));
    let back = parameters(&authorize(&mock, &[hint, ("response_type", "code id_token")]), '#');
    assert_eq!(claims(&back["id_token"].as_str().into())["nonce"], "n-1");
    let answer = authorize(&mock, &[hint, ("response_mode", "form_post")]);
    assert!(answer.text.contains(&format!("action=\"{REDIRECT}\"")), "{}", answer.text);
    let back = parameters(&authorize(&mock, &[hint, ("response_type", "token")]), '?');
    assert_eq!(back["error"], "unsupported_response_type");
    assert!(back["error_description"].starts_with("AADSTS70005: "), "{back:?}");
    let long = "n".repeat(600);
    let back = parameters(&authorize(&mock, &[hint, ("code_challenge", &long)]), '?');
    assert_eq!(back["error"], "invalid_request");
    assert!(back["error_description"].starts_with("AADSTS90015: "), "{back:?}");
}

#[test]
fn no_browser_is_sent_anywhere_harmful() {
    let mock = mock();
    for uri in ["javascript:alert(1)", "/relative", "http://localhost/\r\nSet-Cookie: a=b"] {
        let answer = authorize(&mock, &[("login_hint", ADMIN), ("redirect_uri", uri)]);
        assert_eq!(answer.status, 400, "{uri}: {}", answer.text);
        assert_eq!(answer.json()["error_codes"][0], 50011);
        assert_eq!(answer.header("location"), None);
    }
}

#[test]
fn version_1_signs_in_for_a_resource() {
    let mock = mock();
    let query = form(&[
        ("client_id", CLIENT),
        ("redirect_uri", "urn:ietf:wg:oauth:2.0:oob"),
        ("response_type", "code"),
        ("resource", "https://api.partnercenter.microsoft.com"),
        ("login_hint", ADMIN),
    ]);
    let answer = mock.send("GET", &format!("/common/oauth2/authorize?{query}"), &[], "");
    let location = answer.header("location").unwrap();
    let query = location.strip_prefix("urn:ietf:wg:oauth:2.0:oob?").unwrap();
    let back: std::collections::HashMap<String, String> =
        serde_urlencoded::from_str(query).unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("code", &back["code"]),
        ("redirect_uri", "urn:ietf:wg:oauth:2.0:oob"),
    ];
    let body = accepted(&mock, "/common/oauth2/token", &fields);
    assert_eq!(body["resource"], "https://api.partnercenter.microsoft.com");
    assert_eq!(claims(&body["access_token"])["tid"], PARTNER);
}

#[test]
fn sign_out_leads_back() {
    let mock = mock();
    let path = format!("/{PARTNER}/oauth2/v2.0/logout");
    assert_eq!(mock.send("GET", &path, &[], "").status, 200);
    let path = format!("{path}?{}", form(&[("post_logout_redirect_uri", REDIRECT)]));
    let answer = mock.send("GET", &path, &[], "");
    assert_eq!((answer.status, answer.header("location")), (302, Some(REDIRECT)));
}
