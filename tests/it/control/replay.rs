//! A run played again: identical where nothing differs, told apart where something does.

use partner_center_mock::api::bundle::Bundle;
use partner_center_mock::world::Limits;
use partner_center_mock::{MockServer, PARTNER_CENTER};
use serde_json::{Value, json};

use crate::support::{LARKSPUR, LARKSPUR_AZURE, Mock, arm, items, mock, mock_with};

/// A run through all surfaces: tokens, purchases, refusals, repeats, faults, the clock.
fn a_run(mock: &Mock) {
    let partner = mock.handle().world().published().partner.id;
    let form = format!(
        "grant_type=client_credentials&client_id=31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846&client_secret=demo-secret&resource={PARTNER_CENTER}"
    );
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer = mock.send("POST", &format!("/{partner}/oauth2/token"), &headers, &form);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let orders = format!("/v1/customers/{LARKSPUR}/orders");
    let line = items::reservation_line(&items::small_vm(), LARKSPUR_AZURE);
    let body = items::order(&[line]).to_string();
    let same = [("ms-requestid", "8c1f0e52-3d7a-4b69-9e84-2a5f6c7d8e90")];
    let placed = mock.send("POST", &orders, &same, &body);
    assert_eq!(mock.send("POST", &orders, &same, &body).text, placed.text);
    mock.post(200, "/_mock/clock/advance", &json!({ "by": "P40D" }));
    mock.get("/v1/invoices?size=20");
    mock.refused(
        404,
        1000,
        "GET",
        "/v1/customers/00000000-0000-4000-8000-00000000dead",
        &Value::Null,
    );
    let azure = mock.azure(LARKSPUR);
    azure.get(&arm("/providers/Microsoft.Capacity/reservationOrders"));
    azure.get(&arm("/providers/Microsoft.Capacity/reservations"));
    azure.expect(404, "GET", &arm("/providers/Microsoft.Capacity/reservatons"), &Value::Null);
    mock.expect(200, "PATCH", "/_mock/delays", &json!({ "order-provisioning": "1poll" }));
    let order = mock.post(201, &orders, &serde_json::from_str(&body).unwrap());
    let path = format!("{orders}/{}", order["id"].as_str().unwrap());
    assert_eq!(mock.get(&path)["status"], "pending");
    assert_eq!(mock.get(&path)["status"], "completed");
}

#[test]
fn a_run_through_all_surfaces_is_played_again_byte_for_byte() {
    let mock = mock();
    a_run(&mock);
    let document = mock.expect(200, "GET", "/_mock/bundle", &Value::Null).text;
    let bundle = Bundle::from_json(&document).unwrap();
    assert!(bundle.len() >= 13, "{}", bundle.len());
    let mut told = Vec::new();
    let replayed = MockServer::builder().replay(&bundle, |done| told.push(done)).unwrap();
    assert!(replayed.is_identical(), "{:#?}", replayed.differences);
    assert_eq!((replayed.calls, told.last()), (bundle.len(), Some(&bundle.len())));
}

#[test]
fn a_running_clock_and_the_default_world_are_played_at_the_same_instants() {
    let server: &'static MockServer =
        Box::leak(Box::new(MockServer::builder().start_blocking().unwrap()));
    let mock = Mock::of(server, "default", &server.token());
    a_run(&mock);
    std::thread::sleep(std::time::Duration::from_millis(5));
    a_run(&mock);
    let bundle = server.default_world().bundle().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(5));
    let text = bundle.to_json().unwrap();
    let replayed =
        MockServer::builder().replay(&Bundle::from_json(&text).unwrap(), |_| {}).unwrap();
    assert!(replayed.is_identical(), "{:#?}", replayed.differences);
}

#[test]
fn an_answer_that_was_another_is_told_with_its_place() {
    let mock = mock();
    a_run(&mock);
    let text = mock.expect(200, "GET", "/_mock/bundle", &Value::Null).text;
    for (was, is, what) in [
        ("\"status\": 404", "\"status\": 403", "status 403 and 404"),
        ("batch", "botch", ""),
        (
            "\\\"description\\\":\\\"Not found",
            "\\\"description\\\":\\\"Not fount",
            "body, from byte ",
        ),
        (
            "application/json; charset=utf-8",
            "application/json; charset=utf-9",
            "header content-type",
        ),
    ] {
        let changed = text.replacen(was, is, 1);
        let bundle = Bundle::from_json(&changed).unwrap();
        let replayed = MockServer::builder().replay(&bundle, |_| {}).unwrap();
        if what.is_empty() {
            assert!(replayed.is_identical() || changed != text);
            continue;
        }
        assert_ne!(changed, text, "{was} is not in the bundle");
        let [difference] = &*replayed.differences else { panic!("{:#?}", replayed.differences) };
        assert!(difference.what.contains(what), "{}", difference.what);
        assert!(difference.number > 0 && difference.call.contains('/'));
    }
}

#[test]
fn a_reset_begins_the_run_anew() {
    let mock = mock();
    a_run(&mock);
    mock.post(200, "/_mock/reset?to=empty", &Value::Null);
    mock.get("/v1/customers?size=5");
    let bundle = mock.handle().bundle().unwrap();
    assert_eq!(bundle.len(), 1);
    assert!(MockServer::builder().replay(&bundle, |_| {}).unwrap().is_identical());
}

#[test]
fn a_journal_that_forgot_the_beginning_is_no_run() {
    let limits = Limits { journal: 3, ..Limits::default() };
    let mock = mock_with(|builder| builder.limits(limits));
    for _ in 0..5 {
        mock.get("/v1/customers?size=1");
    }
    let refused = mock.expect(409, "GET", "/_mock/bundle", &Value::Null).json();
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("forgotten 2 calls") && message.contains("--journal"), "{message}");
    mock.post(200, "/_mock/reset", &Value::Null);
    mock.expect(200, "GET", "/_mock/bundle", &Value::Null);
}

#[test]
fn what_is_no_bundle_is_refused_with_the_reason() {
    let mock = mock();
    let text = mock.expect(200, "GET", "/_mock/bundle", &Value::Null).text;
    for (document, hint) in [
        ("{".to_owned(), "is no bundle"),
        ("{}".to_owned(), "its format is ``"),
        (text.replacen("pcmock-bundle", "har", 1), "its format is `har`"),
        (text.replacen("\"version\": 1", "\"version\": 2", 1), "has version 2"),
    ] {
        let error = Bundle::from_json(&document).unwrap_err().to_string();
        assert!(error.contains(hint), "{error}");
    }
    let broken = text.replacen("pcmock-snapshot", "something", 1);
    let bundle = Bundle::from_json(&broken).unwrap();
    let error = MockServer::builder().replay(&bundle, |_| {}).unwrap_err().to_string();
    assert!(error.starts_with("start: "), "{error}");
}
