//! Verification over HTTP and in Rust: what holds, and what is said when it does not.

use serde_json::{Value, json};

use crate::support::items::{licence, order};
use crate::support::{COOLIBAH, LARKSPUR, Mock, NOBODY, mock};

fn line(quantity: i64) -> Value {
    order(&[crate::support::items::cart_line(&licence(), quantity)])
}

/// Two orders and a look at a customer.
fn calls() -> Mock {
    let mock = mock();
    mock.get(&format!("/v1/customers/{LARKSPUR}"));
    mock.post(201, &format!("/v1/customers/{LARKSPUR}/orders"), &line(1));
    mock.post(201, &format!("/v1/customers/{LARKSPUR}/orders"), &line(3));
    mock
}

fn holds(mock: &Mock, wanted: &Value) -> Value {
    mock.post(200, "/_mock/verify", wanted)
}

fn fails(mock: &Mock, wanted: &Value) -> String {
    let told = mock.expect(409, "POST", "/_mock/verify", wanted).json();
    assert_eq!(told["error"]["code"], "NotVerified");
    told["error"]["message"].as_str().unwrap().to_owned()
}

#[test]
fn what_was_called_is_verified() {
    let mock = calls();
    let seen = holds(&mock, &json!({ "operation": "createOrder", "times": 2 }));
    assert_eq!(seen["calls"], json!([2, 3]));
    assert_eq!(seen["message"], "expected createOrder exactly twice, seen twice");
    for wanted in [
        json!({ "operation": "createOrder" }),
        json!({ "operation": "createOrder", "body": { "lineItems[0].quantity": 3 }, "times": 1 }),
        json!({ "operation": "createOrder", "body": { "LineItems[*].Quantity": 3.0 }, "times": 1 }),
        json!({ "operation": "createOrder", "times": { "atLeast": 1, "atMost": 2 } }),
        json!({ "customer": LARKSPUR, "times": 3 }),
        json!({ "customer": COOLIBAH, "times": 0 }),
        json!({ "method": "post", "path": "*/orders", "status": 201, "times": 2 }),
        json!({ "status": "2xx", "times": 3 }),
        json!({ "operation": "createOrder", "since": 2, "times": 1 }),
        json!({ "order": ["getCustomer", "createOrder", "createOrder"] }),
    ] {
        holds(&mock, &wanted);
    }
}

#[test]
fn a_failure_says_what_was_seen_and_why_it_does_not_count() {
    let mock = calls();
    mock.expect(404, "GET", &format!("/v1/customers/{NOBODY}/orders"), &Value::Null);
    let wanted =
        json!({ "operation": "createOrder", "body": { "lineItems[0].quantity": 2 }, "times": 1 });
    let said = fails(&mock, &wanted);
    assert_eq!(
        said,
        format!(
            "expected createOrder with body lineItems[0].quantity = 2 exactly once, seen never\n\
             closest, and why they do not count:\n  \
             #3 POST /v1/customers/{LARKSPUR}/orders → 201: lineItems[0].quantity is 3, not 2\n  \
             #2 POST /v1/customers/{LARKSPUR}/orders → 201: lineItems[0].quantity is 1, not 2\n  \
             #4 GET /v1/customers/{NOBODY}/orders → 404 (1000): it is listOrders"
        )
    );
    let said = fails(&mock, &json!({ "operation": "createOrder", "times": { "atMost": 1 } }));
    assert!(said.starts_with("expected createOrder at most once, seen twice\ncounted:\n  #2 POST"));
    let said = fails(&mock, &json!({ "operation": "createOrder", "customer": COOLIBAH }));
    assert!(said.contains(&format!("it is about customer {LARKSPUR}")), "{said}");
    let said = fails(&mock, &json!({ "order": ["createOrder", "getCustomer"] }));
    assert!(said.contains("getCustomer was not called after #2 POST"), "{said}");
    assert!(said.contains("it was called before: #1 GET"), "{said}");
    let said = fails(&mock, &json!({ "order": ["createOrder", "checkoutCart"] }));
    assert!(said.contains("checkoutCart was not called after #2 POST"), "{said}");
}

#[test]
fn a_path_that_nearly_matched_is_the_closest_call() {
    let mock = mock();
    mock.send("POST", &format!("/v1/customers/{LARKSPUR}/order"), &[], "{}");
    let said = fails(&mock, &json!({ "operation": "createOrder" }));
    assert!(said.contains("it is no operation"), "{said}");
}

#[test]
fn what_steers_the_mock_counts_only_when_asked_for() {
    let mock = mock();
    mock.post(200, "/_mock/clock/advance", &json!({ "by": "P1D" }));
    holds(&mock, &json!({ "times": 0 }));
    holds(&mock, &json!({ "surface": "control", "times": 1 }));
    holds(&mock, &json!({ "operation": "advanceClock", "times": 1 }));
}

#[test]
fn a_condition_that_cannot_be_meant_is_refused() {
    let mock = mock();
    for (wanted, said) in [
        (json!({ "operation": "createOrdr" }), "the nearest is `createOrder`"),
        (json!({ "opertion": "createOrder" }), "opertion: is no condition"),
        (json!({ "times": -1 }), "times: must be a whole number"),
        (json!({ "times": { "atLest": 1 } }), "times.atLest: send atLeast and atMost"),
        (json!({ "times": { "atLeast": 2, "atMost": 1 } }), "must not be less"),
        (json!({ "order": [] }), "order: must name 1 to 100"),
        (json!({ "order": ["getCustomer"], "times": 2 }), "order: stands alone"),
        (json!({ "order": ["getCustomr"] }), "order[0]: no operation is called"),
        (json!({ "body": 5 }), "body: must be an object"),
        (json!({ "status": "9xx" }), "status: must be a status"),
        (json!({ "surface": "moon" }), "surface: must be"),
    ] {
        let told = mock.expect(400, "POST", "/_mock/verify", &wanted);
        assert!(told.text.contains(said), "{wanted}: {}", told.text);
    }
}

#[test]
fn rust_tests_verify_with_methods() {
    let mock = calls();
    let world = mock.handle();
    assert_eq!(world.called("createOrder").times(2).len(), 2);
    world
        .called("createOrder")
        .with_body("lineItems[0].quantity", 3)
        .for_customer(LARKSPUR)
        .times(1);
    world.called("createOrder").with_status(201).at_least(1);
    world.called("createOrder").with_path("/orders").since(2).at_most(1);
    world.called("checkoutCart").never();
    world.called("getCustomer").with_code("1000").never();
    world.in_order(&["getCustomer", "createOrder"]);
    assert!(world.check_order(&["createOrder", "getCustomer"]).is_err());
    let error = world.called("createOrdr").check(1).unwrap_err();
    assert!(error.to_string().contains("the nearest is `createOrder`"));
    assert_eq!(world.requests().len(), 3);
    world.forget_requests();
    world.called("createOrder").never();
}

#[test]
#[should_panic(expected = "expected createOrder exactly once, seen twice")]
fn a_failed_verification_panics_with_its_message() {
    calls().handle().called("createOrder").times(1);
}
