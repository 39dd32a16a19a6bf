//! Laying down how much of a reservation is used. What follows from it is tested where it shows.

use serde_json::{Value, json};

use crate::support::{NOBODY, mock};

/// A reservation of the default fixtures.
const RESERVATION: &str = "c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95";
const MACHINE: &str = "/subscriptions/2f6c8a3d-91b0-4d0b-8e2a-61a4f07d5c33/resourceGroups/Shop-RG/providers/Microsoft.Compute/virtualMachines/web01";

fn path(reservation: &str) -> String {
    format!("/_mock/reservations/{reservation}/utilization")
}

#[test]
fn what_is_laid_down_is_read_back_until_it_is_taken_away() {
    let mock = mock();
    let path = path(RESERVATION);
    let generated = json!({ "reservationId": RESERVATION, "source": "generated", "usage": {} });
    assert_eq!(mock.get(&path), generated);
    for (source, usage) in [
        ("percentage", json!({ "percentage": 40.0 })),
        ("percentage", json!({ "percentage": 33.33 })),
        ("days", json!({ "days": [{ "date": "2026-01-05", "percentage": 92.0 }] })),
        (
            "days",
            json!({ "percentage": 5.0, "days": [{ "date": "2026-01-05", "percentage": 0.0 }] }),
        ),
        ("instances", json!({ "instances": [{ "instanceId": MACHINE, "hoursPerDay": 7.5 }] })),
        ("instances", json!({ "instances": [] })),
    ] {
        let expected = json!({ "reservationId": RESERVATION, "source": source, "usage": usage });
        assert_eq!(mock.expect(200, "PUT", &path, &usage).json(), expected);
        assert_eq!(mock.get(&path), expected);
    }
    mock.expect(204, "DELETE", &path, &Value::Null);
    assert_eq!(mock.get(&path), generated);
    mock.expect(204, "DELETE", &path, &Value::Null);
}

#[test]
fn a_library_user_lays_it_down_without_http() {
    let mock = mock();
    mock.handle().set_utilization(RESERVATION, 40).unwrap();
    assert_eq!(mock.get(&path(RESERVATION))["usage"], json!({ "percentage": 40.0 }));
    mock.handle().reset();
    assert_eq!(mock.get(&path(RESERVATION))["source"], "generated");
    for (reservation, percent, text) in [
        (RESERVATION, 101, "percent: must be 0 to 100"),
        (RESERVATION, -1, "percent: must be 0 to 100"),
        (NOBODY, 40, "does not exist"),
        ("web", 40, "is not a GUID"),
    ] {
        let refused = mock.handle().set_utilization(reservation, percent).unwrap_err();
        assert!(refused.to_string().contains(text), "{refused}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let mock = mock();
    let day = |date: &str, percentage: f64| json!({ "date": date, "percentage": percentage });
    let instance = |id: &str, hours: f64| json!({ "instanceId": id, "hoursPerDay": hours });
    let many: Vec<Value> = (0..101).map(|n| instance(&format!("{MACHINE}{n}"), 1.0)).collect();
    let before = mock.handle().world().published();
    for (body, text) in [
        (json!({}), "send `percentage`"),
        (json!({ "percentage": 1, "instances": [] }), "send `percentage`"),
        (json!({ "days": [], "instances": [] }), "send `percentage`"),
        (json!({ "percentage": 100.01 }), "percentage: must be 0 to 100"),
        (json!({ "percentage": -1 }), "percentage: must be 0 to 100"),
        (json!({ "percentage": 33.333 }), "at most two decimals"),
        (json!({ "percentage": 1e300 }), "percentage: is too large"),
        (json!({ "percentage": "much" }), "percentage: must be a number"),
        (
            json!({ "days": [day("2026-01-05", 1.0), day("2026-01-05", 2.0)] }),
            "days[1].date: 2026-01-05 stands twice",
        ),
        (json!({ "days": [day("someday", 1.0)] }), "days[0].date: is required"),
        (json!({ "days": [{ "date": "2026-01-05" }] }), "days[0].percentage: is required"),
        (json!({ "days": [day("2026-01-05", 101.0)] }), "days[0].percentage: must be 0 to 100"),
        (
            json!({ "instances": [instance("web01", 1.0)] }),
            "instances[0].instanceId: must have the form",
        ),
        (
            json!({ "instances": [instance(MACHINE, 24.5)] }),
            "instances[0].hoursPerDay: must be 0 to 24",
        ),
        (json!({ "instances": [{ "hoursPerDay": 1 }] }), "instances[0].instanceId: is required"),
        (json!({ "instances": many }), "has at most 100 entries"),
    ] {
        let answer = mock.expect(400, "PUT", &path(RESERVATION), &body).json();
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains(text), "{body}: {message}");
    }
    for (method, body) in
        [("GET", Value::Null), ("PUT", json!({ "percentage": 1 })), ("DELETE", Value::Null)]
    {
        let answer = mock.expect(404, method, &path(NOBODY), &body).json();
        assert_eq!(answer["error"]["code"], "NotFound");
        mock.expect(400, method, &path("nonsense"), &body);
    }
    let after = mock.handle().world().published();
    assert!(std::sync::Arc::ptr_eq(&before, &after));
}
