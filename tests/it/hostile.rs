//! Input that nobody should send: every one is answered, in the surface's own words, below 500.

use std::sync::Arc;

use partner_center_mock::api::dispatch::api;
use partner_center_mock::api::operation::{Operation, Surface};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Answer, LARKSPUR, Mock, mock, mock_with};

fn carts() -> String {
    format!("/v1/customers/{LARKSPUR}/carts")
}

/// Sends bytes that need not be text.
fn send_bytes(mock: &Mock, method: &str, path: &str, body: &[u8]) -> Answer {
    mock.send_bytes(method, path, &[("content-type", "application/json")], body)
}

/// The answer is an error of Partner Center, or none at all.
fn assert_in_shape(answer: &Answer, what: &str) {
    assert!(
        answer.status < 500 || answer.status == 501,
        "{what}: {} {}",
        answer.status,
        answer.text
    );
    // The answer to HEAD is its status.
    if answer.status >= 400 && !what.starts_with("HEAD ") {
        let body = answer.json();
        assert!(body["code"].is_u64() && body["description"].is_string(), "{what}: {body}");
        assert!(body["data"].is_array() && body["source"].is_string(), "{what}: {body}");
        assert!(body["description"].as_str().unwrap().chars().count() <= 1024, "{what}");
    }
}

#[test]
fn malformed_json_is_located() {
    let mock = mock();
    for (body, place) in [
        ("{ \"lineItems\": [ }", "line 1 column 18"),
        ("{\n  \"lineItems\": 1 2\n}", "line 2 column 18"),
        ("[1,", "line 1 column 3"),
        ("{\"a\":1}}", "line 1 column 8"),
        ("   ", "line 1"),
        ("\"half", "line 1"),
    ] {
        let answer = mock.send("POST", &carts(), &[], body);
        assert_eq!((answer.status, answer.code()), (400, 800_002), "{body}: {}", answer.text);
        assert!(answer.text.contains(place), "{body}: {}", answer.text);
    }
    let empty = mock.refused(400, 800_002, "POST", &carts(), &Value::Null);
    assert!(empty.text.contains("no body"), "{}", empty.text);
}

#[test]
fn a_value_of_the_wrong_type_is_named_by_its_path() {
    let mock = mock();
    for (body, path) in [
        (json!({ "lineItems": "all" }), "lineItems"),
        (json!({ "lineItems": [{ "catalogItemId": 7, "quantity": {} }] }), "lineItems[0].quantity"),
        (
            json!({ "lineItems": [{}, { "provisioningContext": [] }] }),
            "lineItems[1].provisioningContext",
        ),
        (
            json!({ "lineItems": [{ "participants": [{ "key": {} }] }] }),
            "lineItems[0].participants[0].key",
        ),
        (
            json!({ "lineItems": [{ "customTermEndDate": "soon" }] }),
            "lineItems[0].customTermEndDate",
        ),
        (
            json!({ "partnerOnRecordAttestationAccepted": "maybe" }),
            "partnerOnRecordAttestationAccepted",
        ),
        (json!("text"), "the body"),
        (json!(null), "the body"),
    ] {
        let answer = send_bytes(&mock, "POST", &carts(), body.to_string().as_bytes());
        assert_eq!((answer.status, answer.code()), (400, 800_002), "{body}: {}", answer.text);
        assert!(answer.text.contains(path), "{body}: {}", answer.text);
    }
}

#[test]
fn numbers_that_fit_nothing_are_refused() {
    let mock = mock();
    for quantity in ["1e400", "99999999999999999999", "-0.5", "1e300", "9223372036854775807"] {
        let body = format!(
            r#"{{"lineItems":[{{"catalogItemId":"{}","quantity":{quantity}}}]}}"#,
            crate::support::items::licence()
        );
        let answer = mock.send("POST", &carts(), &[], &body);
        assert_in_shape(&answer, quantity);
        let refused =
            answer.status == 400 || answer.json()["lineItems"][0]["error"]["errorCode"] == 10010;
        assert!(refused, "{quantity}: {}", answer.text);
    }
}

#[test]
fn bodies_too_large_too_deep_or_not_text_are_refused() {
    let mock = mock();
    let huge = format!("{{\"lineItems\":\"{}\"}}", "x".repeat(5 << 20));
    let answer = mock.send("POST", &carts(), &[], &huge);
    assert_eq!(answer.status, 413, "{}", answer.text);
    assert_in_shape(&answer, "huge");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let answer = mock.send("POST", &carts(), &[], &deep);
    assert_eq!((answer.status, answer.code()), (400, 800_002), "{}", answer.text);
    assert!(answer.text.contains("nested deeper than 64"), "{}", answer.text);
    for (bytes, offset) in [(&b"\xff\xfe{}"[..], 0), (b"{\"a\":\"\xc3\x28\"}", 6)] {
        let answer = send_bytes(&mock, "POST", &carts(), bytes);
        assert_eq!((answer.status, answer.code()), (400, 800_002), "{}", answer.text);
        assert!(answer.text.contains(&format!("offset {offset}")), "{}", answer.text);
    }
    let bom = send_bytes(&mock, "POST", &carts(), b"\xef\xbb\xbf{\"lineItems\":[]}");
    assert!(bom.text.contains("lineItems"), "{}", bom.text);
}

#[test]
fn media_types_other_than_json_are_refused() {
    let mock = mock();
    for sent in ["text/xml", "application/x-www-form-urlencoded", "text/plain", "garbage"] {
        let answer = mock.send("POST", &carts(), &[("content-type", sent)], "{}");
        assert_eq!(answer.status, 415, "{sent}: {}", answer.text);
        assert_in_shape(&answer, sent);
    }
    for accept in ["text/html", "application/xml", "image/*"] {
        let answer = mock.send(
            "GET",
            &format!("/v1/customers/{LARKSPUR}/orders"),
            &[("accept", accept)],
            "",
        );
        assert_eq!(answer.status, 406, "{accept}: {}", answer.text);
        assert_in_shape(&answer, accept);
    }
    for accept in ["*/*", "application/json;odata=verbose", "text/html, application/json;q=0.1"] {
        let path = format!("/v1/customers/{LARKSPUR}/orders");
        assert_eq!(mock.send("GET", &path, &[("accept", accept)], "").status, 200, "{accept}");
    }
}

/// Ids of every wrong form, as they stand in a path.
fn wrong_ids() -> Vec<String> {
    [
        "0",
        "-1",
        "null",
        "undefined",
        "%20",
        "%00",
        "..%2f..",
        "%ff%fe",
        "%",
        "%zz",
        "'%3B--",
        "%3Cscript%3E",
        "%F0%9F%A6%80",
        "5b0e6d1c8f0a4a539d0d3f6f2b1c7a10",
        "%7B5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10%7D",
        "zz0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ]
    .iter()
    .map(|id| (*id).to_owned())
    .chain(["a".repeat(10_000)])
    .collect()
}

/// The path of an operation with `customer` as the customer, where it has one, and `id` as anything
/// else.
fn path_of(operation: &Operation, customer: &str, id: &str) -> String {
    let segments = operation.path.split('/').map(|segment| match segment {
        "{customer_id}" => customer,
        _ if segment.starts_with('{') => id,
        _ => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

/// An id that nothing has.
const NOTHING: &str = "0e0e0e0e-0e0e-4e0e-8e0e-0e0e0e0e0e0e";

fn partner_center() -> impl Iterator<Item = &'static Operation> {
    api().operations.iter().filter(|operation| operation.surface == Surface::PartnerCenter)
}

#[test]
fn every_operation_answers_every_wrong_id() {
    let mock = mock();
    for operation in partner_center() {
        for id in wrong_ids() {
            for path in [path_of(operation, &id, &id), path_of(operation, LARKSPUR, &id)] {
                let answer = mock.send(operation.method.as_str(), &path, &[], "{}");
                let shown: String = path.chars().take(200).collect();
                assert_in_shape(&answer, &format!("{} {shown}", operation.method));
            }
        }
    }
}

#[test]
fn every_operation_answers_every_wrong_body() {
    let mock = mock();
    let bodies: [&[u8]; 14] = [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"0",
        b"true",
        b"\"\"",
        b"{",
        b"\xff",
        b"{\"id\":{},\"status\":[],\"items\":7,\"lineItems\":[[]],\"attributes\":3}",
        b"{\"lineItems\":[{\"lineItemNumber\":1e99,\"offerId\":{},\"quantity\":-1}]}",
        b"{\"quantity\":9223372036854775807,\"billingCycle\":-5,\"status\":99}",
        b"{\"a\":\"\\ud800\"}",
        b"[null,null,{\"\":{\"\":{}}}]",
    ];
    for operation in partner_center() {
        let path = path_of(operation, LARKSPUR, NOTHING);
        for body in bodies {
            let answer = send_bytes(&mock, operation.method.as_str(), &path, body);
            let shown = String::from_utf8_lossy(body);
            assert_in_shape(
                &answer,
                &format!("{} {} with {shown}", operation.method, operation.path),
            );
        }
    }
}

#[test]
fn the_other_surfaces_answer_below_500_too() {
    // A server of its own: control operations reach every world.
    let mock = mock_with(|builder| builder);
    // A stream has no end to wait for.
    let is_stream = |it: &Operation| {
        it.successes.iter().any(|success| success.content_type == "text/event-stream")
    };
    let others =
        api().operations.iter().filter(|it| it.surface != Surface::PartnerCenter && !is_stream(it));
    for operation in others {
        for id in wrong_ids() {
            let path = path_of(operation, &id, &id);
            for body in [&b""[..], b"{", b"[]", b"\xff", b"grant_type=%ff&client_id=&=&&"] {
                let answer = send_bytes(&mock, operation.method.as_str(), &path, body);
                let shown: String = path.chars().take(80).collect();
                let what =
                    format!("{} {shown}: {} {}", operation.method, answer.status, answer.text);
                assert!(answer.status < 500 || answer.status == 501, "{what}");
                if answer.status >= 400 && answer.text.starts_with('{') {
                    assert!(
                        answer.json()["error"].is_object() || answer.json()["error"].is_string(),
                        "{what}"
                    );
                }
            }
        }
    }
}

#[test]
fn queries_and_headers_of_any_kind_are_answered() {
    let mock = mock();
    for operation in partner_center().filter(|operation| operation.method == "GET") {
        let path = path_of(operation, LARKSPUR, NOTHING);
        for query in [
            "?",
            "?&&&",
            "?=",
            "?%",
            "?%zz=%ff",
            "?size=-1",
            "?size=99999999999999999999",
            "?filter=%7B",
            "?filter=null",
            "?seekOperation=Next",
            "?include_price=",
            "?country=",
            "?country=%00",
            "?targetView=x",
            "?size=0&size=1&size=2",
            "?billingType=%F0%9F%A6%80",
            "?showExpiry",
        ] {
            let answer = mock.send("GET", &format!("{path}{query}"), &[], "");
            assert_in_shape(&answer, &format!("{path}{query}"));
        }
        let long = "x".repeat(4000);
        for (name, value) in [
            ("x-locale", "zz-ZZ-zz"),
            ("x-locale", &*long),
            ("ms-requestid", "not a guid"),
            ("ms-requestid", &*long),
            ("ms-correlationid", ""),
            ("if-match", "\""),
            ("ms-continuationtoken", "garbage"),
            ("ms-partnercenter-application", &*long),
        ] {
            let answer = mock.send("GET", &path, &[(name, value)], "");
            assert_in_shape(&answer, &format!("{path} with {name}"));
        }
    }
}

#[test]
fn what_was_refused_has_changed_nothing() {
    let mock = mock();
    mock.get(&format!("/v1/customers/{LARKSPUR}"));
    let before = mock.handle().world().published();
    for body in ["", "{", "[]", "{\"lineItems\":[]}", "{\"lineItems\":[{}]}"] {
        for path in [carts(), format!("/v1/customers/{LARKSPUR}/orders")] {
            assert_eq!(mock.send("POST", &path, &[], body).status, 400, "{path} {body}");
        }
    }
    assert!(Arc::ptr_eq(&before, &mock.handle().world().published()));
}

/// JSON of any shape, with names and words that mean something to the service.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "lineItems",
        "catalogItemId",
        "offerId",
        "quantity",
        "lineItemNumber",
        "billingCycle",
        "one_time",
        "provisioningContext",
        "subscriptionId",
        "scope",
        "shared",
        "status",
        "cancelled",
        "participants",
        "addonItems",
        "renewsTo",
        "termDuration",
        "P1Y",
        "attributes",
        "etag",
        LARKSPUR,
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(word.clone(), inner, 0..6).prop_map(|members| {
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }),
        ]
    })
}

fn few() -> ProptestConfig {
    ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() }
}

#[test]
fn random_bytes_and_random_json_are_answered() {
    let mock = mock();
    let order = "Tn4vQ8cYxR2bLmZpK6wJ_hG9sD3fA7e-1";
    let targets = [
        ("POST", carts()),
        ("POST", format!("/v1/customers/{LARKSPUR}/orders")),
        ("PATCH", format!("/v1/customers/{LARKSPUR}/orders/{order}")),
        ("PUT", format!("{}/b81f2a64-7c3e-4e0a-9d55-9a1f60c7e2d3", carts())),
    ];
    let bodies = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        any_json().prop_map(|json| json.to_string().into_bytes()),
        prop::collection::vec(any_json(), 0..3)
            .prop_map(|lines| json!({ "lineItems": lines }).to_string().into_bytes()),
    ];
    let mut runner = proptest::test_runner::TestRunner::new(few());
    let outcome = runner.run(&bodies, |body| {
        for (method, path) in &targets {
            assert_in_shape(
                &send_bytes(&mock, method, path, &body),
                &String::from_utf8_lossy(&body),
            );
        }
        Ok(())
    });
    outcome.unwrap();
}
