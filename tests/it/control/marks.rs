//! What happened in a world, and the world as it was.

use partner_center_mock::domain::settings::Transition;
use serde_json::{Value, json};

use crate::support::items::{order, reservation_line, small_vm};
use crate::support::{Answer, LARKSPUR, LARKSPUR_AZURE, Mock, NOBODY, arm, mock, mock_with};

fn orders() -> String {
    format!("/v1/customers/{LARKSPUR}/orders")
}

fn buy(mock: &Mock) -> Value {
    mock.post(201, &orders(), &order(&[reservation_line(&small_vm(), LARKSPUR_AZURE)]))
}

fn as_of(mock: &Mock, moment: &str, path: &str) -> Answer {
    mock.send("GET", path, &[("x-mock-as-of", moment)], "")
}

fn tables(diff: &Value) -> Vec<&str> {
    diff["changes"].as_array().unwrap().iter().map(|it| it["table"].as_str().unwrap()).collect()
}

#[test]
fn a_diff_names_what_came_to_be_and_what_changed() {
    let mock =
        mock_with(|builder| builder.delay(Transition::OrderProvisioning, "PT1H".parse().unwrap()));
    let set = mock.post(201, "/_mock/marks", &json!({ "name": "start" }));
    assert_eq!(set["at"], "2026-03-01T12:00:00.0000000Z");
    let nothing = mock.get("/_mock/marks/start/diff?all=true");
    assert_eq!((&nothing["changeCount"], &nothing["changes"]), (&json!(0), &json!([])));

    let made = buy(&mock);
    mock.post(201, "/_mock/marks", &json!({ "name": "bought" }));
    let diff = mock.get("/_mock/marks/start/diff?to=bought");
    assert_eq!(diff["summary"]["orders"], json!({ "created": 1, "changed": 0, "deleted": 0 }));
    let shown = tables(&diff);
    assert!(!shown.contains(&"timers") && !shown.contains(&"reservationOrderDirectories"));
    let order = &diff["changes"][shown.iter().position(|it| *it == "orders").unwrap()];
    assert_eq!(order["key"], json!([LARKSPUR, made["id"]]));
    assert_eq!((&order["change"], &order["after"]["id"]), (&json!("created"), &made["id"]));
    assert!(order.get("before").is_none());

    mock.advance("PT1H");
    let diff = mock.get("/_mock/marks/bought/diff");
    let at = tables(&diff).iter().position(|it| *it == "orders").unwrap();
    let fields = diff["changes"][at]["fields"].as_array().unwrap();
    let status = fields.iter().find(|it| it["path"] == "status").unwrap();
    assert_eq!((&status["before"], &status["after"]), (&json!("pending"), &json!("completed")));
    let all = mock.get("/_mock/marks/start/diff?all=true");
    assert!(tables(&all).contains(&"timers"));
    assert!(all["changeCount"].as_u64() > diff["changeCount"].as_u64());
    let short = mock.get("/_mock/marks/start/diff?all=true&limit=1");
    assert_eq!(short["changeCount"], all["changeCount"]);
    assert_eq!(tables(&short).len(), 1);
    // The other way round, what came to be is gone.
    let back = mock.get("/_mock/marks/bought/diff?to=start");
    assert_eq!(back["summary"]["orders"]["deleted"], 1);
}

#[test]
fn the_library_asserts_on_differences_and_counts() {
    let mock = mock();
    let handle = mock.handle();
    let start = handle.mark("start").unwrap();
    assert_eq!(handle.diff_since(&start).to_string(), "no changes");
    let before = handle.counts()["orders"];
    let made = buy(&mock);
    mock.get(&orders());
    let diff = handle.diff_since(&start);
    assert!(!diff.is_empty());
    assert_eq!(diff.created("orders").len(), 1);
    assert!(diff.deleted("orders").is_empty() && diff.changed("customers").is_empty());
    assert_eq!(diff.created("orders")[0].after.as_ref().unwrap()["id"], made["id"]);
    let told = diff.to_string();
    let line = format!("+ orders {LARKSPUR}/{}", made["id"].as_str().unwrap());
    assert!(told.contains(&line), "{told}");
    assert!(!told.contains("timers"), "{told}");
    assert_eq!(handle.counts()["orders"], before + 1);
    assert!(!handle.counts().contains_key("timers"));
    let misspelt = std::panic::catch_unwind(|| diff.created("order").len());
    assert!(misspelt.is_err());
}

#[test]
fn a_changed_row_is_told_by_its_members() {
    let mock =
        mock_with(|builder| builder.delay(Transition::OrderProvisioning, "PT1H".parse().unwrap()));
    buy(&mock);
    let start = mock.handle().mark("bought").unwrap();
    mock.advance("PT1H");
    let told = mock.handle().diff_since(&start).to_string();
    assert!(
        told.contains("~ orders ") && told.contains("status: \"pending\" -> \"completed\""),
        "{told}"
    );
}

#[test]
fn counts_are_of_the_world_of_the_request() {
    let mock = mock();
    let before = mock.get("/_mock/counts");
    buy(&mock);
    let after = mock.get("/_mock/counts");
    let orders = |counts: &Value| counts["counts"]["orders"].as_u64().unwrap();
    assert_eq!(orders(&after), orders(&before) + 1);
    assert!(after["counts"].get("timers").is_none());
    assert!(mock.get("/_mock/counts?all=true")["counts"]["timers"].is_u64());
}

#[test]
fn marks_are_few_and_gone_after_a_reset() {
    let mock = mock();
    for number in 0..100 {
        mock.post(201, "/_mock/marks", &json!({ "name": format!("m-{number}") }));
    }
    let refused = mock.expect(409, "POST", "/_mock/marks", &json!({ "name": "one-more" })).text;
    assert!(refused.contains("DELETE some"), "{refused}");
    // A name that is there already moves.
    mock.post(201, "/_mock/marks", &json!({ "name": "m-7" }));
    mock.expect(204, "DELETE", "/_mock/marks/m-8", &Value::Null);
    mock.post(201, "/_mock/marks", &json!({ "name": "one-more" }));
    let listed = mock.get("/_mock/marks");
    assert_eq!(listed["marks"].as_array().unwrap().len(), 100);
    for wrong in [json!({}), json!({ "name": "17" }), json!({ "name": "a b" })] {
        mock.expect(400, "POST", "/_mock/marks", &wrong);
    }
    for path in ["/_mock/marks/m-8/diff", "/_mock/marks/m-7/diff?to=m-8"] {
        mock.expect(404, "GET", path, &Value::Null);
    }
    mock.expect(404, "DELETE", "/_mock/marks/m-8", &Value::Null);
    mock.post(200, "/_mock/reset", &Value::Null);
    assert_eq!(mock.get("/_mock/marks")["marks"], json!([]));
}

#[test]
fn the_past_is_read_by_mark_by_version_and_by_moment() {
    let mock = mock();
    let version = mock.post(201, "/_mock/marks", &json!({ "name": "before" }))["version"].clone();
    let before = mock.get(&orders());
    mock.advance("PT1H");
    buy(&mock);
    mock.advance("PT1H");
    let now = mock.get(&orders());
    assert_ne!(before, now);
    let number = version.to_string();
    for moment in ["before", &number, "2026-03-01T12:30:00Z", "2026-03-01T13:30:00+01:00"] {
        let past = as_of(&mock, moment, &orders());
        assert_eq!((past.status, past.json()), (200, before.clone()), "{moment}");
    }
    let present = as_of(&mock, "2026-03-01T14:00:00Z", &orders());
    assert_eq!(present.json(), now);
    // World time is that of then, on every surface.
    let clock = as_of(&mock, "before", "/_mock/clock").json();
    assert_eq!(clock["now"], "2026-03-01T12:00:00.0000000Z");
    let azure = mock.azure(LARKSPUR);
    let path = arm("/providers/Microsoft.Capacity/reservationOrders");
    let count = |answer: &Answer| answer.json()["value"].as_array().unwrap().len();
    let (then, today) = (as_of(&azure, "before", &path), azure.send("GET", &path, &[], ""));
    assert_eq!(count(&then) + 1, count(&today));
    assert_eq!(mock.get(&orders()), now, "the present is still there");
}

#[test]
fn what_is_not_known_of_the_past_is_refused_in_the_words_of_the_surface() {
    let mock = mock();
    mock.post(201, "/_mock/marks", &json!({ "name": "here" }));
    for (moment, expected) in [
        ("nowhere", "is no mark of this world"),
        ("", "is no mark of this world"),
        ("4711", "there is no version 4711; kept are 0 to 0"),
        ("99999999999999999999999999", "there is no version 99999999999999999999;"),
        ("2020-01-01T00:00:00Z", "what is kept begins at 2026-03-01T12:00:00"),
        ("2027-01-01T00:00:00Z", "is not known"),
    ] {
        let refused = as_of(&mock, moment, &orders());
        assert_eq!((refused.status, refused.code()), (400, 800_002), "{moment}");
        assert!(refused.text.contains(expected), "{moment}: {}", refused.text);
    }
    let path = arm("/providers/Microsoft.Capacity/reservationOrders");
    let refused = as_of(&mock.azure(LARKSPUR), "nowhere", &path);
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (400, &json!("BadRequest")));
    let refused = as_of(&mock, "nowhere", "/_mock/clock");
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (400, &json!("BadRequest")));

    let body = order(&[reservation_line(&small_vm(), LARKSPUR_AZURE)]).to_string();
    let before = mock.handle().world().published();
    let refused = mock.send("POST", &orders(), &[("x-mock-as-of", "here")], &body);
    assert_eq!((refused.status, refused.code()), (400, 800_002));
    assert!(refused.text.contains("can be read and not changed"), "{}", refused.text);
    assert!(std::sync::Arc::ptr_eq(&before, &mock.handle().world().published()));
    // What the past does not have is missing in its own words.
    let missing = as_of(&mock, "here", &format!("/v1/customers/{NOBODY}"));
    assert_eq!((missing.status, missing.code()), (404, 1000));
}
