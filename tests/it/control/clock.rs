//! World time.

use serde_json::{Value, json};

use crate::support::mock;

#[test]
fn the_clock_advances_runs_what_is_due_and_says_so() {
    let mock = mock();
    let clock = mock.get("/_mock/clock");
    assert_eq!(clock["now"], "2026-03-01T12:00:00.0000000Z");
    assert_eq!(clock["frozen"], true);
    assert_eq!(clock["due"][0]["event"], "order-fulfilled");
    let moved = mock.post(200, "/_mock/clock/advance", &json!({ "by": "P30D" }));
    assert_eq!(moved["now"], "2026-03-31T12:00:00.0000000Z");
    let events: Vec<&str> =
        moved["fired"].as_array().unwrap().iter().map(|e| e["event"].as_str().unwrap()).collect();
    assert!(events.contains(&"order-fulfilled"), "{events:?}");
    assert!(events.contains(&"reservation-expired"), "{events:?}");
}

#[test]
fn bad_times_are_refused() {
    let mock = mock();
    for (path, method, body) in [
        ("/_mock/clock/advance", "POST", json!({ "by": "tomorrow" })),
        ("/_mock/clock/advance", "POST", json!({ "by": "-P1D" })),
        ("/_mock/clock/advance", "POST", json!({ "to": "2020-01-01" })),
        ("/_mock/clock/advance", "POST", json!({})),
        ("/_mock/clock", "PUT", json!({ "scale": 0 })),
        ("/_mock/clock", "PUT", Value::String("x".into())),
    ] {
        let answer = mock.expect(400, method, path, &body);
        assert!(!answer.json()["error"]["message"].as_str().unwrap().is_empty());
    }
}
