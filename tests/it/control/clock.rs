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

#[test]
fn a_step_goes_to_the_next_event_and_no_further() {
    let mock = mock();
    let due = mock.get("/_mock/clock")["due"].clone();
    let due: Vec<Value> = due.as_array().unwrap().clone();
    let moment = &due[0]["at"];
    let together = due.iter().take_while(|event| event["at"] == *moment).count();
    let stepped = mock.post(200, "/_mock/clock/step", &Value::Null);
    assert_eq!(stepped["now"], *moment);
    assert!(stepped["firedCount"].as_u64().unwrap() >= together as u64);
    assert_eq!(stepped["fired"][0], due[0]);
    let next = mock.get("/_mock/clock");
    assert_eq!(next["now"], *moment);
    assert_eq!(next["due"][0]["at"], due[together]["at"]);
    // The same in types, until a year of events has passed in order.
    let clock = mock.handle().clock();
    let mut last = clock.now();
    for _ in 0..20 {
        let fired = clock.step();
        assert!(fired.iter().all(|event| event.at == clock.now() && event.at >= last));
        last = clock.now();
    }
}

#[test]
fn where_nothing_is_due_a_step_leaves_the_clock_alone() {
    let mock = mock();
    mock.post(200, "/_mock/reset?to=empty", &Value::Null);
    let before = mock.get("/_mock/clock");
    assert_eq!(before["due"], json!([]));
    let stepped = mock.post(200, "/_mock/clock/step", &Value::Null);
    assert_eq!((&stepped["now"], &stepped["firedCount"]), (&before["now"], &json!(0)));
    assert!(mock.handle().clock().step().is_empty());
}

#[test]
fn a_clock_is_set_frozen_run_and_scaled_in_types() {
    let mock = mock();
    let clock = mock.handle().clock();
    clock.set("2027-01-01T00:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(mock.get("/_mock/clock")["now"], "2027-01-01T00:00:00.0000000Z");
    clock.scale(1_000_000.0).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    clock.freeze().unwrap();
    let later = clock.now();
    assert!(later > "2027-01-01T01:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap());
    assert_eq!(clock.now(), later);
    clock.run().unwrap();
    assert_eq!(mock.get("/_mock/clock")["scale"], 1.0);
    assert!(clock.scale(0.0).is_err() && clock.scale(f64::NAN).is_err());
    assert!(clock.advance_to("2026-01-01T00:00:00Z".parse().unwrap()).is_err());
    assert!(!clock.advance("P1M").unwrap().is_empty() || clock.due().is_empty());
}
