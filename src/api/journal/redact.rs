//! What must not leave: secrets in bodies, queries and headers, and the signatures of tokens. Everything
//! that shows an entry to anybody goes through here.

use std::sync::OnceLock;

use regex_lite::{Captures, Regex};
use serde_json::Value;

use crate::api::request::decode;

/// What stands in place of a secret.
pub const HIDDEN: &str = "(not shown)";

/// Names whose values are secrets, as letters and digits.
const SECRETS: &[&str] = &[
    "clientsecret",
    "password",
    "refreshtoken",
    "assertion",
    "clientassertion",
    "devicecode",
    "codeverifier",
];

fn is_secret(name: &str) -> bool {
    // Longer than any of them with separators; a name is the client's and may be of any length.
    if name.len() > 60 {
        return false;
    }
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    SECRETS.contains(&plain.as_str())
}

/// Whether a parameter of that name is a secret or a token.
pub fn is_credential(name: &str) -> bool {
    is_secret(name) || ["access_token", "id_token"].iter().any(|it| it.eq_ignore_ascii_case(name))
}

fn pattern(slot: &'static OnceLock<Option<Regex>>, text: &str) -> Option<&'static Regex> {
    slot.get_or_init(|| Regex::new(text).ok()).as_ref()
}

/// The text with every token in it ending before its signature.
pub fn hide_signatures(text: &str) -> String {
    static TOKEN: OnceLock<Option<Regex>> = OnceLock::new();
    if !text.contains("eyJ") {
        return text.to_owned();
    }
    let token = r"(eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+";
    match pattern(&TOKEN, token) {
        Some(token) => token
            .replace_all(text, |found: &Captures<'_>| format!("{}.{HIDDEN}", &found[1]))
            .into_owned(),
        None => HIDDEN.to_owned(),
    }
}

/// A query or a form with the values of secrets replaced.
pub fn in_query(text: &str) -> String {
    let parts: Vec<String> = text
        .split('&')
        .map(|part| match part.split_once('=') {
            Some((name, _)) if is_secret(&decode(name)) => format!("{name}={HIDDEN}"),
            _ => part.to_owned(),
        })
        .collect();
    hide_signatures(&parts.join("&"))
}

/// Members of what looks like JSON, whole or not. What a secret's name leads to is hidden: a text or
/// number by itself, anything else with all that follows.
fn in_broken_json(text: &str) -> String {
    static MEMBER: OnceLock<Option<Regex>> = OnceLock::new();
    let member = r#""((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)*"?|[^\s",}\]]*)"#;
    let Some(member) = pattern(&MEMBER, member) else { return HIDDEN.to_owned() };
    let mut shown = String::with_capacity(text.len());
    let mut end = 0;
    for found in member.captures_iter(text) {
        let (Some(name), Some(value)) = (found.get(1), found.get(2)) else { continue };
        let quoted = format!("\"{}\"", name.as_str());
        let read = serde_json::from_str::<String>(&quoted);
        if !is_secret(read.as_deref().unwrap_or(name.as_str())) {
            continue;
        }
        shown.push_str(&text[end..value.start()]);
        shown.push('"');
        shown.push_str(HIDDEN);
        shown.push('"');
        if value.as_str().starts_with(['{', '[']) {
            return shown;
        }
        end = value.end();
    }
    shown.push_str(&text[end..]);
    shown
}

/// Any text with secrets and signatures hidden.
pub fn in_text(text: &str) -> String {
    let text = if text.contains('"') { in_broken_json(text) } else { text.to_owned() };
    if text.contains('=') { in_query(&text) } else { hide_signatures(&text) }
}

/// JSON with secrets and signatures hidden.
pub fn in_value(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(['"', '=']) || text.contains("eyJ") => {
            *text = in_text(text);
        }
        Value::Array(items) => items.iter_mut().for_each(in_value),
        Value::Object(members) => {
            for (name, value) in members {
                if is_secret(name) {
                    *value = Value::String(HIDDEN.to_owned());
                } else {
                    in_value(value);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_hidden_in_every_form() {
        for (text, wanted) in [
            ("grant_type=x&client_secret=s3cret&a=1", "grant_type=x&client_secret=(not shown)&a=1"),
            ("client%5Fsecret=s3cret", "client%5Fsecret=(not shown)"),
            ("Password=s3cret", "Password=(not shown)"),
            (r#"{"a":1,"Refresh_Token": "s3cret"#, r#"{"a":1,"Refresh_Token": "(not shown)""#),
            (r#"{"pass\u0077ord":"s3cret","b":2"#, r#"{"pass\u0077ord":"(not shown)","b":2"#),
            (r#"{"password":{"x":"s3cret"},"b":2"#, r#"{"password":"(not shown)""#),
            (r#"{"password":12345,"b":2"#, r#"{"password":"(not shown)","b":2"#),
            ("Bearer eyJhbGc.eyJhdWQi.c2ln more", "Bearer eyJhbGc.eyJhdWQi.(not shown) more"),
            ("nothing to hide", "nothing to hide"),
            ("assertion=eyJh.eyJh.abc", "assertion=(not shown)"),
        ] {
            assert_eq!(in_text(text), wanted);
        }
    }

    #[test]
    fn secrets_are_hidden_at_any_depth() {
        let mut value = json!({
            "passwordProfile": { "forceChangePassword": true, "password": "s3cret" },
            "list": [{ "clientSecret": ["s3cret"] }, "client_secret=s3cret"],
            "inner": "{\"Password\":\"s3cret\"}",
            "access_token": "eyJh.eyJh.s3cret",
        });
        in_value(&mut value);
        let text = value.to_string();
        assert!(!text.contains("s3cret"), "{text}");
        assert_eq!(value["passwordProfile"]["forceChangePassword"], true);
        assert_eq!(value["access_token"], "eyJh.eyJh.(not shown)");
    }
}
