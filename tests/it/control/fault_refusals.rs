//! Rules that can never strike are refused, with the reason and the way out.

use partner_center_mock::api::faults::MOST_RULES;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::faults::customer;
use crate::support::{LARKSPUR, NOBODY, mock};

#[test]
fn what_can_never_strike_is_refused_with_the_way_out() {
    let mock = mock();
    let order = json!({ "operation": "placeOrder" });
    for (rule, place, hint) in [
        (
            json!({ "match": { "operation": "placeOrdr" }, "reset": true }),
            "match.operation",
            "the nearest is placeOrder",
        ),
        (
            json!({ "match": { "operation": "" }, "reset": true }),
            "match.operation",
            "no operation is called",
        ),
        (
            json!({ "match": { "operation": ["placeOrder", 5] }, "reset": true }),
            "match.operation",
            "not 5",
        ),
        (
            json!({ "match": { "operation": [] }, "reset": true }),
            "match.operation",
            "must be the id",
        ),
        (
            json!({ "match": { "operation": "getClock" }, "reset": true }),
            "match.operation",
            "no fault strikes",
        ),
        (
            json!({ "match": { "operation": "placeOrder", "surface": "azure" }, "reset": true }),
            "match.surface",
            "say partner-center",
        ),
        (
            json!({ "match": { "surface": "control" }, "reset": true }),
            "match.surface",
            "partner-center, azure or identity",
        ),
        (
            json!({ "match": { "operation": "placeOrder", "method": "GET" }, "reset": true }),
            "match.method",
            "say POST",
        ),
        (json!({ "match": { "method": "BREW" }, "reset": true }), "match.method", "GET, POST"),
        (
            json!({ "match": { "operation": "placeOrder", "path": "/v1/customers/{}/carts" }, "reset": true }),
            "match.path",
            "/v1/customers/{customer_id}/orders",
        ),
        (
            json!({ "match": { "path": "/v1/customrs/{}" }, "reset": true }),
            "match.path",
            "the closest is /v1/customers",
        ),
        (
            json!({ "match": { "path": "/_mock/clock" }, "reset": true }),
            "match.path",
            "no operation has such a path",
        ),
        (
            json!({ "match": { "path": "/v1/customers?size=1" }, "reset": true }),
            "match.path",
            "query",
        ),
        (
            json!({ "match": { "customer": NOBODY }, "reset": true }),
            "match.customer",
            "the world has no customer",
        ),
        (
            json!({ "match": { "customer": "Larkspur" }, "reset": true }),
            "match.customer",
            "`Larkspur`",
        ),
        (
            json!({ "match": { "operation": "listProducts", "customer": LARKSPUR }, "reset": true }),
            "match.customer",
            "about no customer",
        ),
        (
            json!({ "match": { "operation": "getCustomer", "body": { "a": 1 } }, "reset": true }),
            "match.body",
            "takes no body",
        ),
        (
            json!({ "match": { "operation": "placeOrder", "body": { "a[": 1 } }, "reset": true }),
            "match.body.a[",
            "lineItems[0].quantity",
        ),
        (
            json!({ "match": { "operation": "placeOrder", "body": { "a": {} } }, "reset": true }),
            "match.body.a",
            "must be a text",
        ),
        (json!({ "match": { "body": {} }, "reset": true }), "match.body", "1 to 20"),
        (
            json!({ "match": { "header": { "a b": "x" } }, "reset": true }),
            "match.header.a b",
            "no name of a header",
        ),
        (
            json!({ "match": { "operatoin": "placeOrder" }, "reset": true }),
            "match.operatoin",
            "did you mean `operation`",
        ),
        (json!({ "match": "placeOrder", "reset": true }), "match", "must be an object"),
        (
            json!({ "match": order, "error": "20003" }),
            "error",
            "placeOrder documents no 20003; it documents 400 ",
        ),
        (json!({ "match": order, "error": "800060", "status": 400 }), "error", "no 400 800060"),
        (json!({ "match": order, "error": "800002" }), "error", "say which by `status`"),
        (json!({ "error": "NoSuchError" }), "error", "GET /_mock/errors"),
        (json!({ "match": order, "error": {} }), "error", "must be a code"),
        (json!({ "match": order, "error": "1000", "retryAfter": 1 }), "retryAfter", "429 or 503"),
        (json!({ "status": 500, "retryAfter": 1 }), "retryAfter", "429 or 503"),
        (json!({ "latency": "PT1S", "retryAfter": 1 }), "retryAfter", "429 or 503"),
        (json!({ "status": 429, "retryAfter": -1 }), "retryAfter", "0 to 86400"),
        (json!({ "first": 0, "reset": true }), "first", "from 1"),
        (json!({ "every": 0, "reset": true }), "every", "from 1"),
        (json!({ "after": 1.5, "reset": true }), "after", "whole number"),
        (json!({ "first": "one", "reset": true }), "first", "\"one\""),
        (json!({ "times": 0, "reset": true }), "times", "from 1"),
        (json!({ "probability": 0, "reset": true }), "probability", "above 0"),
        (json!({ "probability": 1.1, "reset": true }), "probability", "up to 1"),
        (json!({ "probability": "0.5", "reset": true }), "probability", "number"),
        (json!({ "first": 1, "every": 2, "reset": true }), "every", "contradicts `first`"),
        (json!({ "status": 200 }), "status", "400 to 599"),
        (json!({ "status": 600 }), "status", "400 to 599"),
        (json!({ "lose": "everything" }), "lose", "\"request\""),
        (
            json!({ "match": order, "lose": "answer", "error": "800060" }),
            "error",
            "contradicts `lose`",
        ),
        (json!({ "lose": "request", "reset": true }), "reset", "contradicts `lose`"),
        (json!({ "lose": "answer", "truncate": 5 }), "truncate", "contradicts `lose`"),
        (json!({ "reset": true, "status": 500 }), "status", "contradicts `reset`"),
        (json!({ "reset": true, "drip": true }), "drip", "contradicts `reset`"),
        (json!({ "truncate": 5, "drip": true }), "truncate", "contradicts `drip`"),
        (json!({ "late": "PT1S", "status": 500 }), "late", "contradicts `status`"),
        (json!({ "late": "PT1S", "latency": "PT1S" }), "late", "contradicts `latency`"),
        (json!({ "latency": "PT10M0.001S" }), "latency", "longer than 10 minutes"),
        (json!({ "latency": "-PT1S" }), "latency", "negative"),
        (json!({ "latency": "PT0S" }), "latency", "longer than no time"),
        (json!({ "latency": 500 }), "latency", "PT0.5S"),
        (json!({ "latency": "soon" }), "latency", "ISO 8601"),
        (
            json!({ "latency": { "from": "PT2S", "to": "PT1S" } }),
            "latency",
            "`from` must not be longer",
        ),
        (json!({ "latency": { "from": "PT2S" } }), "latency", "`mean`"),
        (json!({ "latency": { "mean": "PT2S", "to": "PT3S" } }), "latency", "`mean`"),
        (json!({ "late": "P1D" }), "late", "longer than 10 minutes"),
        (json!({ "truncate": -1 }), "truncate", "50%"),
        (json!({ "truncate": "150%" }), "truncate", "50%"),
        (json!({ "truncate": 1.5 }), "truncate", "50%"),
        (json!({ "drip": { "bytes": 0 } }), "drip.bytes", "from 1"),
        (json!({ "drip": { "pause": "PT0S" } }), "drip.pause", "longer than no time"),
        (
            json!({ "match": { "operation": "deleteCustomer" }, "truncate": 5 }),
            "truncate",
            "answers without a body",
        ),
        (
            json!({ "match": { "operation": "deleteCustomer" }, "drip": true }),
            "drip",
            "answers without a body",
        ),
        (json!({ "match": order, "first": 1 }), "the rule", "does nothing"),
        (json!({ "reset": false }), "the rule", "does nothing"),
        (json!({ "reset": "yes" }), "reset", "true or false"),
        (json!({ "frist": 1, "reset": true }), "frist", "did you mean `first`"),
        (json!({ "id": "a b", "reset": true }), "id", "letters"),
        (json!({ "id": "x".repeat(65), "reset": true }), "id", "up to 64"),
        (json!({ "id": "../x", "reset": true }), "id", "letters"),
        (json!("reset"), "the rule", "must be an object"),
        (json!([{ "reset": true }, { "status": 1 }]), "[1].status", "400 to 599"),
        (json!([]), "the array", "at least one"),
    ] {
        let answer = mock.expect(400, "POST", "/_mock/faults", &rule);
        let told = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(told.starts_with(place), "{rule}: {told}");
        assert!(told.contains(hint), "{rule}: {told}");
        assert!(told.len() < 3000, "{told}");
    }
    assert_eq!(mock.get("/_mock/faults")["totalCount"], 0);
    mock.get(&customer());
}

#[test]
fn an_operation_without_body_can_answer_an_error_in_drops() {
    let mock = mock();
    let rule = json!({ "match": { "operation": "deleteCustomer" }, "status": 500, "drip": true });
    mock.post(201, "/_mock/faults", &rule);
}

#[test]
fn names_are_taken_once() {
    let mock = mock();
    mock.post(201, "/_mock/faults", &json!({ "id": "fault-1", "reset": true }));
    mock.expect(400, "POST", "/_mock/faults", &json!({ "id": "fault-1", "reset": true }));
    let twice = json!([{ "id": "b", "reset": true }, { "id": "b", "reset": true }]);
    mock.expect(400, "POST", "/_mock/faults", &twice);
    let drawn = mock.post(201, "/_mock/faults", &json!({ "reset": true }));
    assert_eq!(drawn["items"][0]["id"], "fault-2");
}

#[test]
fn a_world_has_room_for_a_thousand_rules() {
    let mock = mock();
    let rule = json!({ "match": { "operation": "placeOrder" }, "status": 500 });
    mock.post(201, "/_mock/faults", &Value::Array(vec![rule.clone(); MOST_RULES]));
    let full = mock.expect(400, "POST", "/_mock/faults", &rule);
    assert!(full.text.contains("at most 1000"), "{}", full.text);
    mock.get(&customer());
    mock.expect(204, "DELETE", "/_mock/faults/fault-1000", &Value::Null);
    mock.post(201, "/_mock/faults", &rule);
}

#[test]
fn bodies_that_are_no_rules_are_refused() {
    let mock = mock();
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    for body in ["", "{", "null", "5", "[[]]", "[null]", "{\"match\":[]}", "\u{0}", &deep] {
        let answer = mock.send("POST", "/_mock/faults", &[], body);
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
    }
    let answer = mock.send_bytes("POST", "/_mock/faults", &[], &[0xff, 0xfe]);
    assert_eq!(answer.status, 400);
    mock.get("/_mock/faults");
}

fn hostile() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        "[ -~]{0,12}".prop_map(Value::from),
        Just(json!("placeOrder")),
        Just(json!("PT1S")),
        Just(json!("**/**/{}/*")),
    ];
    let names = prop::sample::select(vec![
        "id",
        "match",
        "operation",
        "path",
        "customer",
        "body",
        "header",
        "first",
        "every",
        "probability",
        "times",
        "error",
        "status",
        "retryAfter",
        "latency",
        "late",
        "reset",
        "truncate",
        "drip",
        "lose",
        "from",
        "to",
        "mean",
        "bytes",
        "pause",
        "x",
    ]);
    leaf.prop_recursive(3, 24, 6, move |inner| {
        let names = names.clone();
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((names, inner), 0..6).prop_map(|members| {
                Value::Object(members.into_iter().map(|(name, it)| (name.to_owned(), it)).collect())
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    /// Whatever is sent is answered: as a rule, or with the reason why it is none.
    #[test]
    fn hostile_rules_are_answered(rule in hostile()) {
        let mock = mock();
        let answer = mock.send("POST", "/_mock/faults", &[], &rule.to_string());
        prop_assert!(answer.status == 201 || answer.status == 400, "{rule}: {}", answer.text);
    }
}
