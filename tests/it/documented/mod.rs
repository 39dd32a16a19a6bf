//! Every documented operation in its documented form: the request as the documentation writes it, sent to
//! a world where what it names exists with all its optional parts, and the answer held against the
//! documented status and the documented keys with their types.
//!
//! There is one file per page of the contract. Its shapes and keys are read from that page, not from this
//! server or its `OpenAPI` documents, so that they check both.

mod audit;
mod azure_authorization;
mod azure_reservations;
mod azure_support;
mod azure_utilization;
mod billing;
mod carts_orders;
mod catalog;
mod completeness;
mod conventions;
mod customers;
mod entitlements;
mod identity;
mod notation;
mod profiles;
mod service_requests;
mod subscriptions;

use std::sync::OnceLock;

use partner_center_mock::api::dispatch::api;
use partner_center_mock::api::operation::Surface;
use partner_center_mock::api::route::{Found, Router};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use self::notation::{COMMON, Reader, Shapes};
use crate::support::{Answer, LARKSPUR, Mock, mock};

/// Granite Peak Cloud, an active reseller of the default partner.
const GRANITE: &str = "8d3fa6b2-5c71-4e09-9d48-b6a2f0c3e715";
/// The partner.
const PARTNER: &str = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";

/// What the documentation sends as id of a request.
const REQUEST_ID: &str = "94e4e214-6b06-4fb7-96d1-94d559f9b47f";
/// And as id of what belongs together.
const CORRELATION_ID: &str = "ab993325-1af4-4ef2-9b0d-ae8fa8ac5d9e";

/// What every answer of Partner Center carries (contract: partner-center-conventions.md §3).
const PARTNER_CENTER_HEADERS: &str = ">ms-requestid:=94e4e214-6b06-4fb7-96d1-94d559f9b47f \
    >ms-correlationid:=ab993325-1af4-4ef2-9b0d-ae8fa8ac5d9e >ms-cv:text >ms-serverid:text \
    >request-context:text";
/// What every answer of Azure carries (contract: azure-identity.md §5).
const AZURE_HEADERS: &str = ">x-ms-request-id:guid >x-ms-correlation-request-id:guid \
    >x-ms-routing-request-id:text >cache-control:=no-cache >pragma:=no-cache >expires:=-1 \
    >strict-transport-security:text >x-content-type-options:=nosniff";
const JSON: &str = ">content-type:=application/json;charset=utf-8";

/// A documented operation: what is sent and what has to come.
pub struct Case {
    operation: &'static str,
    status: u16,
    keys: &'static str,
    request: fn(&Mock) -> Request,
}

/// The request prepares the world that it is given and says what is then to be sent.
pub const fn case(
    operation: &'static str,
    status: u16,
    keys: &'static str,
    request: fn(&Mock) -> Request,
) -> Case {
    Case { operation, status, keys, request }
}

/// A page of the contract.
pub struct Page {
    name: &'static str,
    shapes: &'static [(&'static str, &'static str)],
    cases: &'static [Case],
}

/// All pages.
pub const PAGES: &[&Page] = &[
    &audit::PAGE,
    &azure_authorization::PAGE,
    &azure_reservations::PAGE,
    &azure_support::PAGE,
    &azure_utilization::PAGE,
    &billing::PAGE,
    &carts_orders::PAGE,
    &catalog::PAGE,
    &conventions::PAGE,
    &customers::PAGE,
    &entitlements::PAGE,
    &identity::PAGE,
    &profiles::PAGE,
    &service_requests::PAGE,
    &subscriptions::PAGE,
];

/// A request as it is sent.
pub struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
    anonymous: bool,
}

fn request(method: &'static str, path: impl Into<String>, body: &Value) -> Request {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Request { method, path: path.into(), headers: Vec::new(), body, anonymous: false }
}

fn get(path: impl Into<String>) -> Request {
    request("GET", path, &Value::Null)
}

fn delete(path: impl Into<String>) -> Request {
    request("DELETE", path, &Value::Null)
}

fn post(path: impl Into<String>, body: &Value) -> Request {
    request("POST", path, body)
}

fn put(path: impl Into<String>, body: &Value) -> Request {
    request("PUT", path, body)
}

fn patch(path: impl Into<String>, body: &Value) -> Request {
    request("PATCH", path, body)
}

impl Request {
    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with a body of that text.
    fn text(mut self, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self
    }

    /// The same without a token.
    fn without_token(mut self) -> Self {
        self.anonymous = true;
        self
    }

    /// Sends it with what the documentation sends along.
    fn send(&self, mock: &Mock, surface: Surface) -> Answer {
        let mut headers = match surface {
            Surface::PartnerCenter => vec![
                ("accept", "application/json"),
                ("ms-requestid", REQUEST_ID),
                ("ms-correlationid", CORRELATION_ID),
                ("ms-contract-version", "v1"),
                ("x-locale", "en-US"),
            ],
            Surface::Identity => Vec::new(),
            _ => vec![("accept", "application/json")],
        };
        for (name, value) in &self.headers {
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            headers.push((name, value));
        }
        let client = match surface {
            _ if self.anonymous => mock.with_token(""),
            Surface::Identity => mock.with_token(""),
            Surface::Azure => mock.azure(LARKSPUR),
            _ => mock.with_token(&mock.handle().token()),
        };
        client.send(self.method, &self.path, &headers, &self.body)
    }
}

/// The operation that a path belongs to.
fn operation_at(method: &str, path: &str) -> Option<(&'static str, Surface)> {
    static ROUTER: OnceLock<Router> = OnceLock::new();
    let router = ROUTER.get_or_init(|| Router::new(&api().operations));
    let path = path.split('?').next().unwrap();
    match router.find(&method.parse().unwrap(), path, None) {
        Found::Operation(index, _) => {
            Some((api().operations[index].id, api().operations[index].surface))
        }
        _ => None,
    }
}

/// Makes the world a sandbox, where more may be undone.
fn sandbox(mock: &Mock) {
    set(mock, &json!({ "profile": "sandbox" }));
}

/// Percent-encodes a value of a query.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Changes settings of the world.
fn set(mock: &Mock, settings: &Value) {
    mock.expect(200, "PATCH", "/_mock/settings", settings);
}

/// The text at a place of a document.
#[track_caller]
fn text_at(document: &Value, pointer: &str) -> String {
    let found = document.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no text at {pointer} of {document}")).to_owned()
}

/// Sends all cases of a page and holds the answers against it.
fn check(page: &Page) {
    let shapes: Shapes = COMMON.iter().chain(page.shapes).copied().collect();
    let mut reader = Reader::new(&shapes);
    let mut report = Vec::new();
    for case in page.cases {
        let world = mock();
        let request = (case.request)(&world);
        let told = |wrong: &str| {
            format!("{} {} ({}): {wrong}", request.method, request.path, case.operation)
        };
        let Some((operation, surface)) = operation_at(request.method, &request.path) else {
            report.push(told("is no operation"));
            continue;
        };
        if operation != case.operation {
            report.push(told(&format!("is {operation}")));
        }
        let answer = request.send(&world, surface);
        if answer.status != case.status {
            report.push(told(&format!(
                "{} instead of {}: {}",
                answer.status, case.status, answer.text
            )));
            continue;
        }
        read(&mut reader, case, surface, &answer);
        report.extend(reader.wrong().iter().map(|wrong| told(wrong)));
    }
    report.extend(reader.never_shown().iter().map(|key| format!("no case shows {key}")));
    println!("{}: {} cases, {} keys", page.name, page.cases.len(), reader.count());
    assert!(report.is_empty(), "{} differs:\n{}", page.name, report.join("\n"));
}

fn read(reader: &mut Reader<'_>, case: &Case, surface: Surface, answer: &Answer) {
    let header = |name: &str| {
        let value = answer.header(name)?;
        // Blanks separate keys, so that no literal can hold one.
        Some(Value::String(value.replace(' ', "")))
    };
    let name = format!("{} {}", case.operation, case.status);
    reader.headers(&name, case.keys, header);
    match surface {
        Surface::PartnerCenter => reader.headers(surface.name(), PARTNER_CENTER_HEADERS, header),
        Surface::Azure => reader.headers(surface.name(), AZURE_HEADERS, header),
        _ => {}
    }
    let body = case.keys.split_whitespace().filter(|it| !it.starts_with('>')).collect::<Vec<_>>();
    match body.as_slice() {
        [] => {}
        ["-"] => assert_eq!(answer.text, "", "{}", case.operation),
        _ => {
            reader.headers("JSON", JSON, header);
            reader.body(&name, case.keys, &answer.json());
        }
    }
}
