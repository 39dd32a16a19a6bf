//! Entra ID.

#![allow(clippy::unwrap_used)] // these are tests; functions shared by them count as such

mod discovery;
mod expired;
mod sign_in;
mod strict;
mod tokens;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::support::{Answer, Mock};

/// The partner's tenant.
pub const PARTNER: &str = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
/// The registered confidential client.
pub const CLIENT: &str = "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846";
/// Its secret.
pub const SECRET: &str = "demo-secret";
/// The registered public client.
pub const PUBLIC_CLIENT: &str = "b52f9a07-1d6e-4c83-8f24-7e0a9d3c5b61";
/// A user of the partner.
pub const ADMIN: &str = "admin@fabricore.example";
/// The user's object id.
pub const ADMIN_OBJECT: &str = "4d2b9e10-55aa-4c8f-8e61-0d7c3b2a9f14";
/// What Partner Center tokens are for.
pub const PARTNER_CENTER: &str = "https://api.partnercenter.microsoft.com";

/// Encodes a form.
pub fn form(fields: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(fields).unwrap()
}

/// Posts a form without a token.
pub fn post_form(mock: &Mock, path: &str, fields: &[(&str, &str)]) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", "")];
    mock.send("POST", path, &headers, &form(fields))
}

/// Posts a form that must be accepted; gives the body.
#[track_caller]
pub fn accepted(mock: &Mock, path: &str, fields: &[(&str, &str)]) -> Value {
    let answer = post_form(mock, path, fields);
    assert_eq!(answer.status, 200, "{path} {fields:?}\nanswered {}", answer.text);
    answer.json()
}

/// Posts a form that must be refused with status, error and AADSTS number.
#[track_caller]
pub fn refused(
    mock: &Mock,
    (status, error, number): (u16, &str, u64),
    path: &str,
    fields: &[(&str, &str)],
) {
    let answer = post_form(mock, path, fields);
    assert_eq!(answer.status, status, "{path} {fields:?}\nanswered {}", answer.text);
    let body = answer.json();
    assert_eq!(body["error"], error, "{body}");
    assert_eq!(body["error_codes"], serde_json::json!([number]), "{body}");
    let description = body["error_description"].as_str().unwrap();
    assert!(description.starts_with(&format!("AADSTS{number}: ")), "{description}");
    assert!(description.contains("Trace ID: "), "{description}");
    assert_eq!(answer.header("retry-after"), None, "a permanent error asks nobody to retry");
    assert!(answer.header("x-ms-request-id").is_some());
}

/// The claims of a JWT, unverified.
pub fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
