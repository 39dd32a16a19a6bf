//! Each rule fires for what it is about, and not for what only looks like it.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Critic, Finding, RULES};
use crate::api::delivery::{Delivery, Form};
use crate::api::dispatch::{Outcome, operation_called};
use crate::api::journal::{Entry, Trace};
use crate::api::operation::Surface;
use crate::api::reply::Reply;
use crate::api::request::{Origin, Request};
use crate::identity::token::{Claims, Token};
use crate::world::Limits;

const A: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
const B: &str = "d4a7f1c6-0e59-4b83-9c2d-8b6e4f0a2c71";

/// A client whose calls the critic sees.
struct Client {
    critic: Critic,
    number: u64,
    now: DateTime<Utc>,
}

/// A call with its answer.
struct Exchange<'a> {
    headers: &'a [(&'static str, &'a str)],
    query: &'a str,
    body: &'a str,
    status: u16,
    code: Option<&'a str>,
    answer: &'a [(&'static str, &'a str)],
    answered: &'a str,
    audience: &'a str,
    unknown: &'a [&'a str],
    lost: bool,
    changed: bool,
}

const PLAIN: Exchange<'static> = Exchange {
    headers: &[("user-agent", "x"), ("ms-correlationid", "c"), ("ms-requestid", "r")],
    query: "",
    body: "",
    status: 200,
    code: None,
    answer: &[],
    answered: "{}",
    audience: "https://api.partnercenter.microsoft.com",
    unknown: &[],
    lost: false,
    changed: false,
};

impl Client {
    fn new() -> Self {
        let now = "2026-03-01T12:00:00Z".parse().unwrap();
        Self { critic: Critic::default(), number: 0, now }
    }

    fn waits(&mut self, seconds: i64) -> &mut Self {
        self.now += TimeDelta::seconds(seconds);
        self
    }

    fn calls(&mut self, operation: &str, path: &str, exchange: &Exchange<'_>) -> &mut Self {
        let operation = operation_called(operation).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in exchange.headers {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        let origin =
            Origin { scheme: "http", authority: "localhost".into(), prefix: "/w/x".into() };
        let body = Bytes::copy_from_slice(exchange.body.as_bytes());
        let method = operation.method.clone();
        let request = Request {
            method,
            path,
            query: exchange.query,
            headers: &headers,
            body,
            origin,
            proxy_user: None,
        };
        let status = StatusCode::from_u16(exchange.status).unwrap();
        let answered = Bytes::copy_from_slice(exchange.answered.as_bytes());
        let mut reply = Reply::json_bytes(status, answered);
        reply.code = exchange.code.map(Into::into);
        for (name, value) in exchange.answer {
            reply = reply.with(HeaderName::from_static(name), value);
        }
        let form = if exchange.lost { Form::Reset } else { Form::Whole };
        let delivery = Delivery { form, ..Delivery::default() };
        let outcome =
            Outcome { reply, delivery, near_miss: None, operation: Some(operation), world: None };
        let claims = Claims { audience: exchange.audience.to_owned(), ..Claims::default() };
        let trace = Trace {
            token: Some(std::sync::Arc::new(Token::saying(claims))),
            unknown: exchange.unknown.iter().map(|it| (*it).to_owned()).collect(),
            ..Trace::default()
        };
        let limits = Limits::default();
        let mut entry = Entry::new(&request, operation.surface, &outcome, trace, &limits);
        self.number += 1;
        entry.number = self.number;
        entry.at = self.now;
        entry.world_time = self.now;
        entry.version = self.number;
        entry.version_after = self.number + u64::from(exchange.changed);
        if !exchange.changed {
            (entry.version, entry.version_after) = (0, 0);
        }
        self.critic.observe(&request, &outcome.reply.body, &entry);
        self
    }

    fn found(&self, rule: &str) -> Vec<Finding> {
        self.critic.findings().into_iter().filter(|it| it.rule.id == rule).collect()
    }

    #[track_caller]
    fn breaks(&self, rule: &str, calls: &[u64]) {
        let found = self.found(rule);
        assert_eq!(found.len(), 1, "{rule}: {:#?}", self.critic.findings());
        assert_eq!(found[0].calls, calls, "{found:#?}");
    }

    #[track_caller]
    fn keeps(&self, rule: &str) {
        assert!(self.found(rule).is_empty(), "{:#?}", self.found(rule));
    }
}

fn orders(customer: &str) -> String {
    format!("/v1/customers/{customer}/orders")
}

fn with_id<'a>(id: &'a [(&'static str, &'a str)]) -> Exchange<'a> {
    Exchange { headers: id, ..PLAIN }
}

#[test]
fn ids_of_rules_are_in_order_and_their_words_complete() {
    for (number, rule) in (1..).zip(RULES) {
        assert_eq!(rule.id, format!("PCM{number:03}"));
        assert!(rule.why.len() > 40 && rule.source.contains('#'), "{rule:?}");
    }
}

#[test]
fn retrying_before_retry_after() {
    let refused = Exchange { status: 429, answer: &[("retry-after", "30")], ..PLAIN };
    let mut client = Client::new();
    client.calls("getCustomer", "/v1/customers/a", &refused);
    client.waits(5).calls("getCustomer", "/v1/customers/b", &PLAIN).keeps("PCM001");
    client.calls("getCustomer", "/v1/customers/a", &PLAIN).breaks("PCM001", &[1, 3]);

    let mut patient = Client::new();
    patient.calls("getCustomer", "/v1/customers/a", &refused);
    patient.waits(30).calls("getCustomer", "/v1/customers/a", &PLAIN).keeps("PCM001");
}

#[test]
fn polling_in_a_loop() {
    let mut client = Client::new();
    for _ in 0..11 {
        client.calls("getOrder", "/v1/customers/a/orders/1", &PLAIN);
    }
    client.breaks("PCM002", &[1, 11]);

    let mut patient = Client::new();
    for _ in 0..30 {
        patient.waits(1).calls("getOrder", "/v1/customers/a/orders/1", &PLAIN);
    }
    for number in 0..30 {
        patient.calls("getOrder", &format!("/v1/customers/a/orders/{number}"), &PLAIN);
    }
    patient.keeps("PCM002");
}

#[test]
fn polling_before_retry_after() {
    let accepted = Exchange {
        status: 202,
        answer: &[
            ("retry-after", "15"),
            ("location", "http://localhost/w/x/v1/operations/1?api-version=1"),
        ],
        ..PLAIN
    };
    let mut client = Client::new();
    client.calls("createOrder", &orders(A), &accepted);
    client.waits(1).calls("getOrder", "/v1/operations/1", &PLAIN).breaks("PCM002", &[1, 2]);

    let mut patient = Client::new();
    patient.calls("createOrder", &orders(A), &accepted);
    patient.waits(15).calls("getOrder", "/v1/operations/1", &PLAIN).keeps("PCM002");
}

#[test]
fn a_new_request_id_for_a_retry() {
    let failed = Exchange { status: 503, body: "{\"a\":1}", ..PLAIN };
    let lost = Exchange { lost: true, body: "{\"a\":1}", ..PLAIN };
    let renewed = Exchange { body: "{\"a\":1}", ..with_id(&[("ms-requestid", "other")]) };
    let none = Exchange { body: "{\"a\":1}", ..with_id(&[]) };
    for before in [&failed, &lost] {
        for after in [&renewed, &none] {
            let mut client = Client::new();
            client.calls("createOrder", &orders(A), before).calls("createOrder", &orders(A), after);
            client.breaks("PCM003", &[1, 2]);
        }
        let again = Exchange { body: "{\"a\":1}", ..PLAIN };
        let mut client = Client::new();
        client.calls("createOrder", &orders(A), before).calls("createOrder", &orders(A), &again);
        client.keeps("PCM003");
        let mut client = Client::new();
        client.calls("createOrder", &orders(A), before);
        client.waits(600).calls("createOrder", &orders(A), &renewed).keeps("PCM003");
    }
    let answered = Exchange { status: 201, body: "{\"a\":1}", ..PLAIN };
    let mut client = Client::new();
    client.calls("createOrder", &orders(A), &answered).calls("createOrder", &orders(A), &renewed);
    client.keeps("PCM003");
}

#[test]
fn one_request_id_for_two_calls() {
    let (one, two) = (Exchange { body: "1", ..PLAIN }, Exchange { body: "2", ..PLAIN });
    let mut client = Client::new();
    client.calls("createOrder", &orders(A), &one).calls("createOrder", &orders(A), &one);
    client.calls("getCustomer", "/v1/customers/a", &PLAIN).keeps("PCM004");
    client.calls("createOrder", &orders(A), &two).breaks("PCM004", &[1, 4]);
}

#[test]
fn writes_without_request_id() {
    let bare = with_id(&[("user-agent", "x")]);
    let mut client = Client::new();
    client.calls("createOrder", &orders(A), &PLAIN).calls("getCustomer", "/v1/customers/a", &bare);
    client.calls("updateOrder", &orders(A), &bare).keeps("PCM005");
    client.calls("createOrder", &orders(A), &bare).breaks("PCM005", &[4]);
}

#[test]
fn one_correlation_id_for_two_customers() {
    let mut client = Client::new();
    client.calls("createOrder", &orders(A), &PLAIN).calls("createCart", &orders(A), &PLAIN);
    client.calls("listOrders", &orders(B), &PLAIN).keeps("PCM006");
    client.calls("createOrder", &orders(B), &PLAIN).breaks("PCM006", &[1, 4]);
}

#[test]
fn no_correlation_id_at_all() {
    let bare = with_id(&[("user-agent", "x")]);
    let mut client = Client::new();
    client.keeps("PCM007");
    client.calls("getCustomer", "/v1/customers/a", &bare).breaks("PCM007", &[1]);
    client.calls("getCustomer", "/v1/customers/a", &PLAIN).keeps("PCM007");
}

const FIRST: &str = "{\"items\":[],\"links\":{\"next\":{\"uri\":\"/customers\"}}}";

#[test]
fn page_two_is_ignored() {
    let first = Exchange { answered: FIRST, ..PLAIN };
    let mut client = Client::new();
    client.calls("listCustomers", "/v1/customers", &PLAIN).keeps("PCM008");
    client.calls("listCustomers", "/v1/customers", &first).breaks("PCM008", &[2]);
    let second = Exchange {
        query: "seekOperation=Next",
        headers: &[("ms-continuationtoken", "t"), ("user-agent", "x")],
        ..PLAIN
    };
    client.calls("listCustomers", "/v1/customers", &second).keeps("PCM008");
    assert!(client.critic.usage()["listCustomers"].turned_pages);
    let azure = Exchange { answered: "{\"value\":[],\"nextLink\":\"http://x\"}", ..PLAIN };
    client.calls("listReservationOrders", "/providers/x", &azure).breaks("PCM008", &[4]);
    let last = Exchange { answered: "{\"value\":[],\"nextLink\":null}", ..PLAIN };
    let mut client = Client::new();
    client.calls("listReservationOrders", "/providers/x", &last).keeps("PCM008");
}

#[test]
fn a_continuation_by_hand() {
    let token = &[("ms-continuationtoken", "t"), ("user-agent", "x")];
    let good = Exchange { query: "size=2&seekOperation=Next", headers: token, ..PLAIN };
    let mut client = Client::new();
    client.calls("listCustomers", "/v1/customers", &good);
    let first = Exchange { query: "seekOperation=First", ..PLAIN };
    client.calls("listCustomers", "/v1/customers", &first).keeps("PCM009");
    let unknown = Exchange { status: 400, code: Some("2000"), ..good };
    client.calls("listCustomers", "/v1/customers", &unknown).breaks("PCM009", &[3]);
    let bare = Exchange { query: "seekOperation=next", ..PLAIN };
    let mut client = Client::new();
    client.calls("listCustomers", "/v1/customers", &bare).breaks("PCM009", &[1]);
}

#[test]
fn a_retired_audience() {
    let mut client = Client::new();
    client.calls("getCustomer", "/v1/customers/a", &PLAIN).keeps("PCM010");
    let retired = Exchange { audience: "https://graph.windows.net", status: 401, ..PLAIN };
    client.calls("getCustomer", "/v1/customers/a", &retired).breaks("PCM010", &[2]);
    let form = "grant_type=client_credentials&resource=https%3A%2F%2Fgraph.windows.net";
    let asked = Exchange { body: form, ..PLAIN };
    let mut client = Client::new();
    client.calls("issueTokenV1", "/t/oauth2/token", &asked).breaks("PCM010", &[1]);
}

#[test]
fn unknown_members() {
    // What the service writes into its resources comes back from clients that send them whole.
    let echoed = Exchange { unknown: &["attributes", "links", "lineItems[0].renewsTo"], ..PLAIN };
    let mut client = Client::new();
    client.calls("createOrder", &orders(A), &echoed).keeps("PCM011");
    let misspelt = Exchange { unknown: &["lineItems[0].quantitty"], ..PLAIN };
    client.calls("createOrder", &orders(A), &misspelt).breaks("PCM011", &[2]);
}

#[test]
fn an_unknown_version() {
    let known = Exchange { query: "api-version=2022-11-01", ..PLAIN };
    let mut client = Client::new();
    client.calls("listReservationOrders", "/providers/x", &known).keeps("PCM012");
    let unknown = Exchange { query: "a=b&api-version=2031-01-01", ..PLAIN };
    client.calls("listReservationOrders", "/providers/x", &unknown).breaks("PCM012", &[2]);
}

#[test]
fn a_refusal_tried_again_and_again() {
    let refused = Exchange { status: 403, ..PLAIN };
    let mut client = Client::new();
    client.calls("createOrder", &orders(A), &refused).calls("createOrder", &orders(A), &refused);
    client.keeps("PCM013");
    client.calls("createOrder", &orders(A), &refused).breaks("PCM013", &[1, 2, 3]);

    let busy = Exchange { status: 409, ..PLAIN };
    let changed = Exchange { changed: true, ..refused };
    let mut client = Client::new();
    for _ in 0..5 {
        client.calls("createOrder", &orders(A), &busy).calls("createOrder", &orders(B), &changed);
    }
    client.keeps("PCM013");
}

#[test]
fn tokens_that_are_not_kept() {
    let form = Exchange { body: "grant_type=client_credentials", ..PLAIN };
    let mut client = Client::new();
    for _ in 0..10 {
        client.calls("issueToken", "/t/oauth2/v2.0/token", &form);
    }
    client.keeps("PCM014");
    client.calls("issueToken", "/t/oauth2/v2.0/token", &form);
    assert_eq!(client.found("PCM014").len(), 1);

    let mut patient = Client::new();
    for _ in 0..30 {
        patient.waits(300).calls("issueToken", "/t/oauth2/v2.0/token", &form);
    }
    patient.keeps("PCM014");
}

#[test]
fn an_update_without_etag() {
    let path = format!("/v1/customers/{A}/profiles/billing");
    let by_header = with_id(&[("if-match", "\"1\"")]);
    let by_body = Exchange { body: "{\"Attributes\":{\"Etag\":\"1\"}}", ..PLAIN };
    let mut client = Client::new();
    client.calls("updateCustomerBillingProfile", &path, &by_header);
    client.calls("updateCustomerBillingProfile", &path, &by_body).keeps("PCM015");
    let bare = Exchange { body: "{\"attributes\":{}}", ..PLAIN };
    client.calls("updateCustomerBillingProfile", &path, &bare).breaks("PCM015", &[3]);
}

#[test]
fn an_operation_that_nobody_follows() {
    let accepted =
        Exchange { status: 202, answer: &[("location", "/Customers/a/status")], ..PLAIN };
    let mut client = Client::new();
    client.calls("createOrder", &orders(A), &accepted).breaks("PCM016", &[1]);
    let going_on = Exchange { answered: "{\"status\":\"registering\"}", ..PLAIN };
    client.calls("getOrder", "/v1/customers/a/status", &going_on).breaks("PCM016", &[1]);
    assert!(client.found("PCM016")[0].detail.contains("1 times, and was not done"));
    client.calls("getOrder", "/v1/customers/a/status", &PLAIN).keeps("PCM016");
    let nowhere = Exchange { status: 202, ..PLAIN };
    client.calls("createOrder", &orders(A), &nowhere).keeps("PCM016");
}

#[test]
fn a_secret_in_the_query() {
    let mut client = Client::new();
    let page = Exchange { query: "$skiptoken=x&MS-ContinuationToken=y", ..PLAIN };
    client.calls("listCustomers", "/v1/customers", &page).keeps("PCM017");
    let secret = Exchange { query: "a=b&Access_Token=s3cret", ..PLAIN };
    client.calls("listCustomers", "/v1/customers", &secret).breaks("PCM017", &[2]);
    assert!(!client.found("PCM017")[0].detail.contains("s3cret"));
}

#[test]
fn no_user_agent() {
    let mut client = Client::new();
    client.calls("getCustomer", "/v1/customers/a", &PLAIN).keeps("PCM018");
    client.calls("getCustomer", "/v1/customers/a", &with_id(&[])).breaks("PCM018", &[2]);
}

#[test]
fn what_steers_the_mock_is_not_judged() {
    let operation = operation_called("advanceClock").unwrap();
    assert_eq!(operation.surface, Surface::Control);
    let mut client = Client::new();
    client.calls("advanceClock", "/_mock/clock/advance", &with_id(&[]));
    assert!(client.critic.findings().is_empty());
    assert_eq!(client.critic.calls(), (0, 0));
    assert_eq!(operation.method, Method::POST);
}

#[test]
fn the_memory_is_bounded() {
    let mut client = Client::new();
    for number in 0..20_000 {
        let path = format!("/v1/customers/{number}/orders");
        client.calls("createOrder", &path, &with_id(&[("user-agent", "x")]));
    }
    let memory = format!("{:?}", client.critic).len();
    assert!(memory < 4 << 20, "{memory}");
}
