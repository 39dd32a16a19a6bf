//! Snapshots: what is written is what was there, what is read goes on as if nothing had happened, and
//! what does not fit is refused.

use std::sync::Arc;

use partner_center_mock::Snapshot;
use partner_center_mock::domain::audit::AuditSubject;
use partner_center_mock::domain::settings::Transition;
use partner_center_mock::snapshot::SnapshotError;
use serde_json::{Value, json};

use crate::support::items::{lines, order, reservation_line, small_vm};
use crate::support::{LARKSPUR, LARKSPUR_AZURE, Mock, arm, mock, mock_with};

/// What a snapshot of the world becomes when it is written and read.
fn through_json(mock: &Mock) -> (String, Snapshot) {
    let handle = mock.handle();
    let text = handle.snapshot().to_json().unwrap();
    let catalogue = &handle.world().seed().catalogue;
    let read = Snapshot::from_json(&text, catalogue, handle.world().wall_time()).unwrap();
    (text, read)
}

fn bought() -> Value {
    reservation_line(&small_vm(), LARKSPUR_AZURE)
}

fn buy(mock: &Mock) -> Value {
    mock.post(201, &format!("/v1/customers/{LARKSPUR}/orders"), &order(&[bought()]))
}

/// Something of everything: orders, a reservation by Azure, a refund, tickets, a month of invoices.
fn story(mock: &Mock) {
    buy(mock);
    let azure = mock.azure(LARKSPUR);
    mock.advance("PT1H");
    let orders = azure.get(&arm("/providers/Microsoft.Capacity/reservationOrders"));
    assert!(!orders["value"].as_array().unwrap().is_empty());
    let consent = json!({
        "applicationId": "0f8c2d4e-6a1b-4c3d-8e5f-7a9b0c1d2e3f",
        "applicationGrants": [{
            "enterpriseApplicationId": "00000003-0000-0000-c000-000000000000",
            "scope": "User.Read",
        }],
    });
    mock.post(201, &format!("/v1/customers/{LARKSPUR}/applicationconsents"), &consent);
    mock.post(201, &format!("/v1/customers/{LARKSPUR}/carts"), &lines(&[bought()]));
    mock.advance("P2M");
    buy(mock);
}

/// Requests whose answers show most of a world, and continue the ids of it.
fn questions(mock: &Mock) -> Vec<String> {
    let text = |path: &str| mock.expect(200, "GET", path, &Value::Null).text;
    let mut answers = vec![
        text("/v1/customers?size=100"),
        text(&format!("/v1/customers/{LARKSPUR}")),
        text(&format!("/v1/customers/{LARKSPUR}/orders")),
        text(&format!("/v1/customers/{LARKSPUR}/subscriptions")),
        text(&format!("/v1/customers/{LARKSPUR}/entitlements")),
        text("/v1/invoices?size=100"),
        text("/_mock/clock"),
    ];
    let made =
        mock.expect(201, "POST", &format!("/v1/customers/{LARKSPUR}/orders"), &order(&[bought()]));
    answers.push(made.text);
    mock.advance("P1M");
    answers.push(text("/v1/invoices?size=100"));
    answers.push(text(&format!("/v1/customers/{LARKSPUR}/orders")));
    let azure = mock.azure(LARKSPUR);
    for path in ["/providers/Microsoft.Capacity/reservations", "/subscriptions"] {
        answers.push(azure.expect(200, "GET", &arm(path), &Value::Null).text);
    }
    let world = format!("/w/{}/", mock.world);
    answers.into_iter().map(|it| it.replace(&world, "/")).collect()
}

#[test]
fn what_is_written_and_read_is_written_the_same_again() {
    for told in [false, true] {
        let mock = mock();
        if told {
            story(&mock);
        }
        let (text, read) = through_json(&mock);
        assert_eq!(read.to_json().unwrap(), text);
    }
}

#[test]
fn a_restored_world_answers_like_the_original() {
    let mock =
        mock_with(|builder| builder.delay(Transition::OrderProvisioning, "PT1H".parse().unwrap()));
    story(&mock);
    let (_, read) = through_json(&mock);
    let copy = Mock::of(mock.server, "copy", &mock.server.world("copy").unwrap().token());
    copy.handle().restore(&read);
    let (expected, answered) = (questions(&mock), questions(&copy));
    for (expected, answered) in expected.iter().zip(&answered) {
        assert_eq!(expected, answered);
    }
}

#[test]
fn rows_that_stand_in_several_places_are_written_once_and_read_as_one() {
    let mock = mock();
    for _ in 0..5 {
        buy(&mock);
    }
    let (text, read) = through_json(&mock);
    // The customer stands in its table, in every entry of the ledger and in every audit record.
    let name = "\"companyName\": \"Larkspur";
    let written = text.matches(name).count();
    assert!(written <= 3, "{written} times");
    let state = &read.state;
    let entry = state.ledger.last().unwrap().1;
    let customer = entry.voucher.customer.as_ref().unwrap();
    assert!(Arc::ptr_eq(customer, state.customers.get(&customer.id).unwrap()));
    let order = entry.voucher.order.as_ref().unwrap();
    let recorded = state.audit_records.iter().filter_map(|(_, record)| match &record.subject {
        AuditSubject::Order(versions) => versions.after.as_ref(),
        _ => None,
    });
    assert!(recorded.into_iter().any(|row| Arc::ptr_eq(row, order)));
}

#[test]
fn a_snapshot_is_taken_listed_restored_and_deleted_over_http() {
    let mock = mock();
    let (name, other) = (format!("{}-a", mock.world), format!("{}-b", mock.world));
    let path = format!("/_mock/snapshots/{name}");
    let taken = mock.post(201, "/_mock/snapshots", &json!({ "name": name }));
    assert_eq!(
        (&taken["world"], &taken["takenAt"]),
        (&json!(mock.world), &json!("2026-03-01T12:00:00.0000000Z"))
    );
    let before = mock.get(&format!("/v1/customers/{LARKSPUR}/orders"));
    buy(&mock);
    mock.advance("P1D");
    let restored = mock.post(200, &format!("{path}/restore"), &Value::Null);
    assert_eq!(restored["now"], taken["takenAt"]);
    assert_eq!(mock.get(&format!("/v1/customers/{LARKSPUR}/orders")), before);

    let document = mock.expect(200, "GET", &path, &Value::Null).text;
    let upload = mock.send("PUT", &format!("/_mock/snapshots/{other}"), &[], &document);
    assert_eq!(upload.status, 201, "{}", upload.text);
    let again = mock.expect(200, "GET", &format!("/_mock/snapshots/{other}"), &Value::Null).text;
    assert_eq!(again, document);
    let names: Vec<String> = mock.get("/_mock/snapshots")["snapshots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(names.contains(&name) && names.contains(&other));
    mock.expect(204, "DELETE", &path, &Value::Null);
    for (method, path) in
        [("DELETE", path.clone()), ("GET", path.clone()), ("POST", format!("{path}/restore"))]
    {
        let refused = mock.expect(404, method, &path, &Value::Null).text;
        assert!(refused.contains("GET /_mock/snapshots lists them"), "{refused}");
    }
    mock.expect(400, "POST", "/_mock/snapshots", &json!({ "name": "not a name" }));
    mock.expect(400, "POST", "/_mock/snapshots", &json!({}));
}

#[test]
fn a_snapshot_may_be_larger_than_other_bodies() {
    let mock = mock();
    let (text, _) = through_json(&mock);
    let padded = format!("{text}{}", " ".repeat(5 << 20));
    let path = format!("/_mock/snapshots/{}-large", mock.world);
    assert_eq!(mock.send("PUT", &path, &[], &padded).status, 201);
    let prefixed = format!("/w/{}{path}", mock.world);
    assert_eq!(mock.send("PUT", &prefixed, &[], &padded).status, 201);
    let order = format!("/v1/customers/{LARKSPUR}/orders");
    assert_eq!(mock.send("POST", &order, &[], &padded).status, 413);
    mock.expect(204, "DELETE", &path, &Value::Null);
}

#[test]
fn what_does_not_fit_is_refused_with_its_place_and_nothing_is_kept() {
    let mock = mock();
    buy(&mock);
    let (text, _) = through_json(&mock);
    let path = format!("/_mock/snapshots/{}-bad", mock.world);
    let edited = |edit: &dyn Fn(&mut Value)| {
        let mut document: Value = serde_json::from_str(&text).unwrap();
        edit(&mut document);
        serde_json::to_string_pretty(&document).unwrap()
    };
    let tables = |edit: &dyn Fn(&mut Value)| edited(&|it| edit(&mut it["state"]["tables"]));
    for (document, expected) in [
        (
            "{ \"format\": \"pcmock-snapshot\",\n  \"version\" 1 }".to_owned(),
            "is not JSON: line 2, column 13",
        ),
        (text[..text.len() / 2].to_owned(), "is not JSON"),
        ("[1, 2]".to_owned(), "JSON that is no object"),
        ("{}".to_owned(), "an object without `format`"),
        (
            "{\"format\": \"pcmock-state\"}".to_owned(),
            "is not of the format `pcmock-snapshot` but `pcmock-state`",
        ),
        (edited(&|it| it["version"] = json!(2)), "has version 2 of its format"),
        (
            edited(&|it| it["catalogue"] = json!("00000000-0000-4000-8000-000000000001")),
            "another catalogue",
        ),
        (edited(&|it| it["extra"] = json!(1)), "unknown field `extra`"),
        (
            edited(&|it| it["state"]["clock"]["time"] = json!("9999-01-01T00:00:00Z")),
            "world time lies between",
        ),
        (
            edited(&|it| it["state"]["clock"]["pace"] = json!({ "running": { "scale": -1.0 } })),
            "its scale above 0",
        ),
        (edited(&|it| it["state"]["base"] = json!(0)), "no state stands at 0"),
        (
            edited(&|it| it["state"]["settings"]["delays"]["refund"] = json!("soon")),
            "state.settings.delays.refund (line",
        ),
        (tables(&|it| it["customer"] = json!([])), "there is no table `customer`"),
        (
            tables(&|it| it["orders"][0]["row"]["status"] = json!("lost")),
            "state.tables.orders[0].row.status (line",
        ),
        (
            tables(&|it| it["orders"][0]["row"]["lines"][0]["unitPrice"] = json!("ten")),
            "state.tables.orders[0].row.lines[0].unitPrice",
        ),
        (tables(&|it| it["customers"][1]["revision"] = json!(0)), "state.tables.customers[1]"),
        (
            tables(&|it| it["customers"][1] = it["customers"][0].clone()),
            "a row stands under the same key",
        ),
        (
            tables(&|it| it["ledger"][0]["row"]["voucher"]["customer"] = json!({ "same": 4711 })),
            "`same` is 4711",
        ),
        (
            tables(&|it| {
                it["orders"][0]["row"].as_object_mut().unwrap().remove("currency");
            }),
            "missing field `currency`",
        ),
    ] {
        let answer = mock.send("PUT", &path, &[], &document);
        assert_eq!(answer.status, 400, "{expected}: {}", answer.text);
        assert!(
            answer.text.contains(&expected.replace('"', "\\\"")),
            "{expected}: {}",
            answer.text
        );
    }
    mock.expect(404, "GET", &path, &Value::Null);
}

#[test]
fn a_document_whose_members_were_sorted_is_read_all_the_same() {
    let mock = mock();
    story(&mock);
    let (text, read) = through_json(&mock);
    let mut document: Value = serde_json::from_str(&text).unwrap();
    let state = document["state"].as_object_mut().unwrap();
    let tables = state["tables"].as_object_mut().unwrap();
    tables.sort_keys();
    state.sort_keys();
    let handle = mock.handle();
    let catalogue = &handle.world().seed().catalogue;
    let sorted = Snapshot::from_json(&document.to_string(), catalogue, handle.world().wall_time());
    assert_eq!(sorted.unwrap().to_json().unwrap(), read.to_json().unwrap());
}

#[test]
fn a_file_is_saved_whole_and_loaded_into_any_world() {
    let mock = mock();
    let folder = std::env::temp_dir().join(format!("pcmock-{}-{}", std::process::id(), mock.world));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("kept.json");
    let made = buy(&mock);
    mock.handle().save(&file).unwrap();
    let (name, order) = (format!("{}-loaded", mock.world), made["id"].as_str().unwrap());
    let copy = Mock::of(mock.server, &name, &mock.server.world(&name).unwrap().token());
    copy.handle().load(&file).unwrap();
    copy.get(&format!("/v1/customers/{LARKSPUR}/orders/{order}"));
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");

    std::fs::write(&file, "{").unwrap();
    let before = copy.handle().world().published();
    let refused = copy.handle().load(&file).unwrap_err();
    assert!(matches!(refused, SnapshotError::NotJson { .. }), "{refused}");
    assert!(Arc::ptr_eq(&before, &copy.handle().world().published()));
    assert!(mock.handle().save(folder.join("nowhere/kept.json")).is_err());
    std::fs::remove_dir_all(&folder).unwrap();
}
