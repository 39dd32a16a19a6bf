//! Words in requests that stand for faults.

use std::time::{Duration, Instant};

use partner_center_mock::api::faults::magic::WORDS;
use partner_center_mock::api::service::Options;
use serde_json::{Value, json};

use super::faults::{count_orders, customer, order, orders};
use crate::support::socket::{End, ask};
use crate::support::{LARKSPUR, Mock, arm, mock, mock_with};

/// An order whose first line has that name.
fn order_named(name: &str) -> Value {
    let mut order = order();
    order["lineItems"][0]["friendlyName"] = name.into();
    order
}

fn place(mock: &Mock, name: &str) -> crate::support::Answer {
    mock.send("POST", &orders(), &[], &order_named(name).to_string())
}

#[test]
fn words_in_the_body_strike_and_count_by_the_text_they_stand_in() {
    let mock = mock();
    let statuses = |name: &str| [0; 3].map(|_| place(&mock, name).status);
    assert_eq!(statuses("Contoso mock-status-503-first-2"), [503, 503, 201]);
    assert_eq!(statuses("Contoso mock-status-503-first-2"), [201; 3]);
    assert_eq!(statuses("Other mock-status-503-first-2"), [503, 503, 201]);
    let struck = place(&mock, "mock-status-418");
    assert_eq!((struck.status, struck.header("x-mock-fault")), (418, Some("mock-status-418")));
    assert_eq!(statuses("mock-status-503"), [503; 3]);
    mock.post(200, "/_mock/reset", &Value::Null);
    assert_eq!(statuses("Contoso mock-status-503-first-2"), [503, 503, 201]);
}

#[test]
fn each_word_does_what_its_row_says() {
    let mock = mock();
    let before = count_orders(&mock);
    let struck = place(&mock, "mock-error-800010");
    assert_eq!((struck.status, struck.code()), (400, 800_010));
    assert_eq!(place(&mock, "mock-error-800002").status, 400);
    let started = Instant::now();
    assert_eq!(place(&mock, "mock-latency-150").status, 201);
    assert!(started.elapsed() >= Duration::from_millis(150));
    assert_eq!(count_orders(&mock), before + 1);
    for (word, made, begins) in [
        ("mock-reset", 0, false),
        ("mock-lose-request", 0, false),
        ("mock-lose-answer", 1, false),
        ("mock-truncate", 1, true),
    ] {
        let before = count_orders(&mock);
        let heard = ask(&mock, true, "POST", &orders(), &[], &order_named(word).to_string());
        assert_eq!((heard.end, heard.text.is_empty()), (End::Reset, !begins), "{word}");
        assert_eq!(count_orders(&mock), before + made, "{word}");
        if begins {
            assert_eq!(heard.body().len(), heard.length() / 2, "{word}");
        }
    }
}

#[test]
fn words_stand_in_paths_and_queries_and_forms_too() {
    let mock = mock();
    assert_eq!(mock.send("GET", "/v1/customers/mock-status-500", &[], "").status, 500);
    assert_eq!(mock.send("GET", "/v1/customers?filter=mock-status-502", &[], "").status, 502);
    let path =
        arm("/providers/Microsoft.Capacity/reservationOrders/mock-error-ReservationOrderNotFound");
    let struck = mock.azure(LARKSPUR).send("GET", &path, &[], "");
    assert_eq!(struck.json()["error"]["code"], "ReservationOrderNotFound");
    assert_eq!(struck.header("x-mock-fault"), Some("mock-error-ReservationOrderNotFound"));
    let form = "grant_type=client_credentials&client_id=mock-error-AADSTS7000222-first-1&client_secret=x&scope=https%3A%2F%2Fmanagement.azure.com%2F.default";
    let media = [("content-type", "application/x-www-form-urlencoded")];
    let path = format!("/{LARKSPUR}/oauth2/v2.0/token");
    let token = || mock.send("POST", &path, &media, form);
    assert_eq!(token().json()["error_codes"], json!([7_000_222]));
    assert_eq!(token().status, 200);
}

#[test]
fn words_that_mean_nothing_are_ignored_and_reported() {
    let mock = mock();
    for (name, notice) in [
        ("mock-company", "mock-company is none of the words"),
        ("mock-status-200", "mock-status-200 is none of the words"),
        ("mock-error-20003", "createOrder documents no such error"),
        ("mock-latency-99999999", "none of the words"),
    ] {
        let answer = place(&mock, name);
        assert_eq!((answer.status, answer.header("x-mock-fault")), (201, None), "{name}");
        let told = answer.header("x-mock-notice").unwrap();
        assert!(told.contains(notice), "{name}: {told}");
    }
    for name in ["hammock-status-503", "pcmock-reset", "Mock-Status-503", "mock status"] {
        let answer = place(&mock, name);
        assert_eq!((answer.status, answer.header("x-mock-notice")), (201, None), "{name}");
    }
    let both = place(&mock, "mock-this mock-status-503");
    assert_eq!(both.status, 503);
    assert!(both.header("x-mock-notice").unwrap().contains("mock-this"));
}

#[test]
fn rules_go_before_words_and_control_routes_know_none() {
    let mock = mock();
    mock.post(201, "/_mock/faults", &json!({ "id": "mock-status-503", "first": 1, "status": 500 }));
    assert_eq!(place(&mock, "mock-status-502").status, 500);
    assert_eq!(place(&mock, "mock-status-502").status, 502);
    mock.expect(200, "GET", "/_mock/faults/mock-status-503", &Value::Null);
}

#[test]
fn a_server_can_take_words_for_data() {
    let options = Options { magic_faults: false, ..Options::default() };
    let mock = mock_with(|builder| builder.options(options));
    let answer = place(&mock, "mock-status-503");
    assert_eq!((answer.status, answer.header("x-mock-notice")), (201, None));
    let body = json!({ "id": "a", "match": { "operation": "getCustomer" }, "status": 503 });
    mock.post(201, "/_mock/faults", &body);
    assert_eq!(mock.send("GET", &customer(), &[], "").status, 503);
}

#[test]
fn the_page_of_faults_lists_the_words_of_the_table() {
    let page = include_str!("../../../docs/faults.md");
    let rows: Vec<String> =
        page.lines().filter(|line| line.starts_with("| `mock-")).map(str::to_owned).collect();
    let expected: Vec<String> =
        WORDS.iter().map(|word| format!("| `{}` | {} |", word.form, word.meaning)).collect();
    assert_eq!(rows, expected);
}
