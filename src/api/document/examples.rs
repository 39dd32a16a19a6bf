//! Answers to the examples, from a service of the default fixtures whose clock stands still.

use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::{DEMO_CLIENT, DEMO_CUSTOMER};
use crate::api::azure::graph;
use crate::api::dispatch::{answer, api};
use crate::api::operation::{Auth, Operation, Surface};
use crate::api::reply::Reply;
use crate::api::request::{Origin, Request};
use crate::api::service::{NewState, Options, Service};
use crate::domain::clock::Pace;
use crate::domain::settings::Settings;
use crate::fixtures::{Start, default_state};
use crate::identity::issue::{ClientKind, Subject, access_token};
use crate::identity::jws::SigningKey;
use crate::mock_server::grow;
use crate::mock_server::{AZURE, GRAPH, PARTNER_CENTER};
use crate::world::{Limits, Registry};

/// The moment at which all examples play, so that a document does not change by itself.
fn moment() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_366_400, 0).unwrap_or_default()
}

/// Sends examples.
#[derive(Debug)]
pub struct Examples {
    service: Option<(Service, Tokens)>,
}

/// Tokens of the partner's first user.
#[derive(Debug)]
struct Tokens {
    partner_center: String,
    azure: String,
    graph: String,
}

impl Tokens {
    fn of(&self, operation: &Operation) -> &str {
        match operation.surface {
            Surface::Azure if graph::has(operation) => &self.graph,
            Surface::Azure => &self.azure,
            _ => &self.partner_center,
        }
    }
}

impl Examples {
    /// A service to send examples to; without one when the default fixtures are damaged, which other
    /// tests tell.
    pub fn new() -> Self {
        Self { service: service() }
    }

    /// Status and JSON body that the operation's example is answered with; `None` when it has none.
    /// Each example has a world of its own.
    pub fn answer(&mut self, operation: &Operation) -> Option<(u16, Option<Value>)> {
        let (service, ..) = self.service.as_ref()?;
        for id in &operation.example.after {
            let before = api().operations.iter().find(|known| known.id == *id)?;
            self.send(before, operation.id)?;
        }
        let outcome = self.send(operation, operation.id);
        let _ = service.worlds.delete(operation.id);
        let reply = outcome?;
        let status = reply.status.as_u16();
        if status >= 400 {
            // Some are meant to be; a test knows which.
            tracing::debug!(operation = operation.id, status, "the example is refused");
        }
        let body = serde_json::from_slice(&reply.body).ok();
        Some((status, body.map(|body| shortened(without_world(body, operation.id)))))
    }

    /// Sends the example of an operation to a world.
    fn send(&self, operation: &Operation, world: &str) -> Option<Reply> {
        let (service, tokens) = self.service.as_ref()?;
        let token = tokens.of(operation);
        let example = &operation.example;
        let mut path = format!("/w/{world}{}", operation.path);
        for name in operation.path_parameters() {
            let (_, value) = example.path.iter().find(|(known, _)| *known == name)?;
            let encoded = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
            path = path.replace(&format!("{{{name}}}"), &encoded);
            path = path.replace(&format!("{{+{name}}}"), &encoded);
        }
        let version = operation.versions.first().map(|version| format!("api-version={version}"));
        let query: Vec<String> = version
            .into_iter()
            .chain(example.query.iter().map(|(name, value)| {
                format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
            }))
            .collect();
        let mut headers = HeaderMap::new();
        if operation.auth != Auth::None {
            headers.insert(AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {token}")).ok()?);
        }
        let (content_type, body) = match (&operation.body, &example.body) {
            (Some(body), Some(value)) if body.content_type.ends_with("urlencoded") => {
                ("application/x-www-form-urlencoded", serde_urlencoded::to_string(value).ok()?)
            }
            (_, Some(value)) => ("application/json", value.to_string()),
            _ => ("", String::new()),
        };
        if !content_type.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        let mut request = Request {
            method: operation.method.clone(),
            path: &path,
            query: &query.join("&"),
            headers: &headers,
            body: Bytes::from(body),
            origin: Origin {
                scheme: "https",
                authority: "localhost:4580".to_owned(),
                prefix: String::new(),
            },
            proxy_user: None,
        };
        Some(answer(service, &mut request).reply)
    }
}

/// Absolute links of an example without the world it was sent to.
fn without_world(body: Value, world: &str) -> Value {
    let prefix = format!("/w/{world}");
    match body {
        Value::String(text) => Value::String(text.replace(&prefix, "")),
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| without_world(item, world)).collect())
        }
        Value::Object(members) => Value::Object(
            members.into_iter().map(|(key, value)| (key, without_world(value, world))).collect(),
        ),
        other => other,
    }
}

fn start() -> Start {
    Start {
        wall: moment(),
        time: moment(),
        pace: Pace::Frozen,
        settings: Settings::default(),
        seed: None,
        customers: 0,
    }
}

/// Long lists say no more than short ones.
fn shortened(body: Value) -> Value {
    const SHOWN: usize = 3;
    match body {
        Value::Array(items) => Value::Array(items.into_iter().take(SHOWN).map(shortened).collect()),
        Value::Object(members) => {
            // How long an answer took is another time another.
            let settled = |(key, value): (String, Value)| match key.as_str() {
                "tookMicros" => (key, 250.into()),
                _ => (key, shortened(value)),
            };
            Value::Object(members.into_iter().map(settled).collect())
        }
        other => other,
    }
}

fn service() -> Option<(Service, Tokens)> {
    let state = default_state(&start()).ok()?;
    let partner = Arc::clone(&state.partner);
    let key = Arc::new(SigningKey::embedded().ok()?);
    let tenant = partner.id.to_string();
    let subject = Subject {
        tenant: &tenant,
        client_id: DEMO_CLIENT.0,
        client_kind: ClientKind::Secret,
        service_principal: None,
        user: partner.users.first(),
    };
    let in_customer = Subject { tenant: DEMO_CUSTOMER, ..subject };
    let token = |subject, audience| access_token(&key, subject, audience, None, moment(), 3599);
    let tokens = Tokens {
        partner_center: token(subject, PARTNER_CENTER),
        azure: token(in_customer, AZURE),
        graph: token(subject, GRAPH),
    };
    let worlds = Registry::new(state, Limits::default(), std::sync::Arc::new(moment));
    let ca_pem = Box::new(|| Some("-----BEGIN CERTIFICATE-----\n…\n".to_owned()));
    let make_state =
        Box::new(|_: &NewState| default_state(&start()).map_err(|error| error.to_string()));
    let service = Service::new(worlds, key, Options::default(), ca_pem, make_state, grow);
    Some((service, tokens))
}
