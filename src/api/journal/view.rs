//! An entry as it is shown: without secrets, bodies as JSON where they are JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::redact::{HIDDEN, hide_signatures, in_query, in_text, in_value};
use super::{Entry, KeptBody};
use crate::api::wire::Timestamp;
use crate::identity::token::{Claims, Token};

/// A call to the mock.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JournalEntry)]
pub struct EntryView {
    /// Number of the call in its world, from 1. Calls that look at the mock count and are not kept.
    #[schema(example = 7)]
    pub number: u64,
    /// Wall time of the answer.
    pub at: Timestamp,
    /// World time of the answer.
    pub world_time: Timestamp,
    /// Microseconds that making the answer took.
    pub took_micros: u64,
    /// `partner-center`, `azure`, `identity` or `control`.
    #[schema(example = "partner-center")]
    pub surface: &'static str,
    /// Id of the operation; absent when none was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "getCustomer")]
    pub operation: Option<&'static str>,
    /// Method.
    #[schema(example = "GET")]
    pub method: String,
    /// The address that was called.
    pub url: String,
    /// Its path, without the prefix of a world.
    #[schema(example = "/v1/customers")]
    pub path: String,
    /// The token that was sent, as far as it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenView>,
    /// Headers of the request.
    pub request_headers: Vec<HeaderView>,
    /// Body of the request; absent when it had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_body: Option<BodyView>,
    /// Status.
    #[schema(example = 200)]
    pub status: u16,
    /// The surface's error code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Headers of the answer.
    pub response_headers: Vec<HeaderView>,
    /// Body of the answer; absent when it had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_body: Option<BodyView>,
    /// Whether the answer is that of an earlier call with the same `MS-RequestId`.
    pub repeated: bool,
    /// The fault that struck.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Whether a fault kept the answer, or its end, from the client.
    pub lost: bool,
    /// Members of the body that the operation does not know.
    pub unknown_members: Vec<String>,
    /// What comes closest, where no operation was found.
    pub near_misses: Vec<String>,
}

/// A header.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = JournalHeader)]
pub struct HeaderView {
    /// Name.
    #[schema(example = "content-type")]
    pub name: String,
    /// Value.
    #[schema(example = "application/json")]
    pub value: String,
}

/// What a token says. Its signature is never shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JournalToken)]
pub struct TokenView {
    /// `app` or `app+user`.
    #[schema(example = "app+user")]
    pub kind: &'static str,
    /// `aud`.
    pub audience: String,
    /// `iss`.
    pub issuer: String,
    /// `tid`.
    pub tenant: String,
    /// `appid` or `azp`.
    pub client: String,
    /// `upn` or `unique_name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// `exp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// Whether this server signed it.
    pub signed_here: bool,
}

impl TokenView {
    /// What may be shown of a token.
    pub fn of(token: &Token) -> Self {
        let Claims { audience, issuer, tenant, client, user, expires, delegated, .. } =
            &token.claims;
        Self {
            kind: if *delegated { "app+user" } else { "app" },
            audience: audience.clone(),
            issuer: issuer.clone(),
            tenant: tenant.clone(),
            client: client.to_string(),
            user: user.as_deref().map(str::to_owned),
            expires: expires.and_then(|at| DateTime::from_timestamp(at, 0)).map(Timestamp),
            signed_here: token.signature.is_ok(),
        }
    }
}

/// A body. One of `json`, `text` and `base64` holds it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JournalBody)]
pub struct BodyView {
    /// The body, where it is JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// The body, where it is another text, or JSON whose end is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The body, where it is not text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// Its length in bytes.
    pub length: usize,
    /// Whether its end is not kept.
    pub truncated: bool,
}

impl BodyView {
    /// What may be shown of a body; nothing of one without bytes.
    pub fn of(body: &KeptBody) -> Option<Self> {
        if body.length == 0 {
            return None;
        }
        let truncated = body.is_truncated();
        let mut shown =
            Self { json: None, text: None, base64: None, length: body.length, truncated };
        match text_of(body) {
            None => shown.base64 = Some(STANDARD.encode(&body.bytes)),
            Some(text) => match body.json() {
                Some(mut value) => {
                    in_value(&mut value);
                    shown.json = Some(value);
                }
                None => shown.text = Some(in_text(text)),
            },
        }
        Some(shown)
    }

    /// The body as text, if it is any.
    pub fn as_text(&self) -> Option<String> {
        self.json.as_ref().map(Value::to_string).or_else(|| self.text.clone())
    }
}

/// The body as text. A character that was cut in two at the end of what is kept is left out.
fn text_of(body: &KeptBody) -> Option<&str> {
    match std::str::from_utf8(&body.bytes) {
        Ok(text) => Some(text),
        Err(error) if body.is_truncated() && error.error_len().is_none() => {
            std::str::from_utf8(&body.bytes[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}

impl KeptBody {
    /// The body as JSON, with its secrets; none when its end is missing.
    pub(in crate::api) fn json(&self) -> Option<Value> {
        if self.is_truncated() {
            return None;
        }
        crate::api::json::parse_value(&self.bytes).ok()
    }
}

/// A header's value as it may be shown.
fn shown_header(name: &str, value: &str) -> String {
    const SECRET: [&str; 6] = [
        "authorization",
        "proxy-authorization",
        "x-ms-authorization-auxiliary",
        "cookie",
        "set-cookie",
        "ocp-apim-subscription-key",
    ];
    if SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret)) {
        return HIDDEN.to_owned();
    }
    match value.split_once(['?', '#']) {
        Some((path, query)) => {
            let mark = &value[path.len()..=path.len()];
            format!("{}{mark}{}", hide_signatures(path), in_query(query))
        }
        None => hide_signatures(value),
    }
}

impl Entry {
    /// The address that was called, without secrets.
    pub fn url(&self) -> String {
        format!("{}{}", self.base, self.target())
    }

    /// Path and query, without secrets.
    pub fn target(&self) -> String {
        let path = hide_signatures(&self.path);
        if self.query.is_empty() { path } else { format!("{path}?{}", in_query(&self.query)) }
    }

    /// The headers of the request as they may be shown.
    pub fn shown_request_headers(&self) -> Vec<HeaderView> {
        let sent = self.request_headers().map(|(name, value)| HeaderView {
            name: name.to_owned(),
            value: shown_header(name, value),
        });
        // It is left out of what is kept, and was sent all the same.
        let token = self.trace.token.is_some().then(|| HeaderView {
            name: "authorization".to_owned(),
            value: format!("Bearer {HIDDEN}"),
        });
        sent.chain(token).collect()
    }

    /// The headers of the answer as they may be shown.
    pub fn shown_response_headers(&self) -> Vec<HeaderView> {
        self.response_headers
            .iter()
            .map(|(name, value)| HeaderView {
                name: name.as_str().to_owned(),
                value: shown_header(name.as_str(), &String::from_utf8_lossy(value.as_bytes())),
            })
            .collect()
    }

    /// The entry as it may be shown.
    pub fn view(&self) -> EntryView {
        EntryView {
            number: self.number,
            at: Timestamp(self.at),
            world_time: Timestamp(self.world_time),
            took_micros: u64::try_from(self.took.as_micros()).unwrap_or(u64::MAX),
            surface: self.surface.name(),
            operation: self.operation.map(|operation| operation.id),
            method: self.method.to_string(),
            url: self.url(),
            path: hide_signatures(&self.path),
            token: self.trace.token.as_deref().map(TokenView::of),
            request_headers: self.shown_request_headers(),
            request_body: BodyView::of(&self.request_body),
            status: self.status.as_u16(),
            code: self.code.as_deref().map(str::to_owned),
            response_headers: self.shown_response_headers(),
            response_body: BodyView::of(&self.response_body),
            repeated: self.trace.repeated,
            fault: self.trace.fault.clone(),
            lost: self.is_lost,
            unknown_members: self.trace.unknown.clone(),
            near_misses: self.trace.near_misses.iter().map(ToString::to_string).collect(),
        }
    }

    /// The entry in one line: number, method, path, status.
    pub fn line(&self) -> String {
        let code = self.code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default();
        format!(
            "#{} {} {} → {}{code}",
            self.number,
            self.method,
            self.target(),
            self.status.as_u16()
        )
    }
}
