//! Settings of a world while it runs.

use serde_json::{Value, json};

use crate::support::{LARKSPUR, mock};

#[test]
fn members_that_are_sent_change_and_all_others_stay() {
    let mock = mock();
    let before = mock.get("/_mock/settings");
    assert_eq!(
        (&before["profile"], &before["refunds"]["feePercent"]),
        (&json!("production"), &json!("12"))
    );
    let change = json!({ "refunds": { "feePercent": "7.5" }, "delays": { "refund": "2polls" } });
    let mut wanted = before.clone();
    wanted["refunds"]["feePercent"] = "7.5".into();
    wanted["delays"]["refund"] = "2polls".into();
    assert_eq!(mock.expect(200, "PATCH", "/_mock/settings", &change).json(), wanted);
    assert_eq!(mock.get("/_mock/settings"), wanted);
    assert_eq!(mock.get("/_mock/delays")["refund"], "2polls");
    mock.post(200, "/_mock/reset", &Value::Null);
    assert_eq!(mock.get("/_mock/settings"), before);
}

#[test]
fn a_world_becomes_a_sandbox_and_back() {
    let mock = mock();
    let delete = format!("/v1/customers/{LARKSPUR}");
    mock.expect(400, "DELETE", &delete, &Value::Null);
    mock.expect(200, "PATCH", "/_mock/settings", &json!({ "profile": "sandbox" }));
    mock.post(
        201,
        "/_mock/worlds",
        &json!({ "name": format!("{}-copy", mock.world), "from": mock.world }),
    );
    mock.expect(200, "PATCH", "/_mock/settings", &json!({ "profile": "production" }));
    mock.expect(400, "DELETE", &delete, &Value::Null);
    let copy = format!("/w/{}-copy/_mock/settings", mock.world);
    assert_eq!(mock.get(&copy)["profile"], "sandbox");
}

#[test]
fn settings_that_the_rules_cannot_live_with_are_refused_and_change_nothing() {
    let mock = mock();
    let before = mock.get("/_mock/settings");
    for (change, hint) in [
        (json!({ "profile": "staging" }), "staging"),
        (json!({ "refunds": { "feePercent": "101" } }), "refunds.feePercent: must be 0 to 100"),
        (json!({ "refunds": { "windowDays": 0 } }), "refunds.windowDays"),
        (json!({ "refunds": { "sessionMinutes": -1 } }), "refunds.sessionMinutes"),
        (json!({ "cartLifetime": "PT0S" }), "cartLifetime: must be positive"),
        (json!({ "expiringDays": 99_999 }), "expiringDays"),
        (json!({ "delays": { "refund": "soon" } }), "soon"),
        (json!({ "colour": "blue" }), "colour"),
        (json!([1]), "send an object"),
        (json!("x"), "send an object"),
    ] {
        let refused = mock.expect(400, "PATCH", "/_mock/settings", &change).json();
        let message = refused["error"]["message"].as_str().unwrap();
        assert!(message.contains(hint), "{change}: {message}");
        assert_eq!(mock.get("/_mock/settings"), before);
    }
}
