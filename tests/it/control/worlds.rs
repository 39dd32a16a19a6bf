//! Worlds are isolated, whichever way they are chosen.

use serde_json::{Value, json};

use partner_center_mock::world::Limits;
use partner_center_mock::{MockServer, NewWorld};

use crate::support::{LARKSPUR, mock};

#[test]
fn a_world_is_made_looked_at_and_deleted() {
    let mock = mock();
    let made = mock.post(201, "/_mock/worlds", &json!({ "name": "made-1", "clientIds": ["c-1"] }));
    assert_eq!(made["name"], "made-1");
    assert!(made["counts"]["customers"].as_u64().unwrap() >= 12);
    assert_eq!(made["registered"], json!(["c-1"]));
    mock.expect(409, "POST", "/_mock/worlds", &json!({ "name": "made-1" }));
    mock.expect(400, "POST", "/_mock/worlds", &json!({ "name": "not a name" }));
    mock.expect(204, "DELETE", "/_mock/worlds/made-1", &Value::Null);
    mock.expect(404, "GET", "/_mock/worlds/made-1", &Value::Null);
    mock.expect(400, "DELETE", "/_mock/worlds/default", &Value::Null);
}

#[test]
fn a_reset_brings_the_start_back_and_empties_on_demand() {
    let mock = mock();
    let emptied = mock.post(200, "/_mock/reset?to=empty", &Value::Null);
    assert_eq!(emptied["counts"]["customers"], 0);
    mock.refused(404, 1000, "GET", &format!("/v1/customers/{LARKSPUR}"), &Value::Null);
    mock.post(200, "/_mock/reset", &Value::Null);
    mock.get(&format!("/v1/customers/{LARKSPUR}"));
}

#[test]
fn path_prefix_and_header_choose_the_world() {
    let mock = mock();
    mock.post(200, &format!("/w/{}/_mock/reset?to=empty", mock.world), &Value::Null);
    mock.refused(404, 1000, "GET", &format!("/v1/customers/{LARKSPUR}"), &Value::Null);
    let by_path = mock.send("GET", &format!("/w/another-one/v1/customers/{LARKSPUR}"), &[], "");
    assert_eq!(by_path.status, 200);
}

#[test]
fn an_emptied_fork_keeps_nothing_of_what_it_was_forked_from() {
    let mock = mock();
    let consent = json!({
        "applicationId": "0f8c2d4e-6a1b-4c3d-8e5f-7a9b0c1d2e3f",
        "applicationGrants": [{
            "enterpriseApplicationId": "00000003-0000-0000-c000-000000000000",
            "scope": "User.Read",
        }],
    });
    mock.post(201, &format!("/v1/customers/{LARKSPUR}/applicationconsents"), &consent);
    let name = format!("{}-fork", mock.world);
    mock.post(201, "/_mock/worlds", &json!({ "name": name, "from": mock.world }));
    let fork = mock.server.world(&name).unwrap();
    assert!(!fork.world().published().application_consents.is_empty());
    mock.post(200, &format!("/w/{name}/_mock/reset?to=empty"), &Value::Null);
    let emptied = fork.world().published();
    assert!(emptied.application_consents.is_empty() && emptied.customers.is_empty());
}

fn name(mock: &crate::support::Mock, of: &str) -> String {
    format!("{}-{of}", mock.world)
}

#[test]
fn a_world_is_made_empty_of_a_seed_at_a_time_and_from_fixtures() {
    let mock = mock();
    let empty = name(&mock, "empty");
    let made = mock.post(201, "/_mock/worlds", &json!({ "name": empty, "content": "empty" }));
    assert_eq!(made["counts"]["customers"], 0);

    let [one, other] = ["seed-7", "seed-8"].map(|of| name(&mock, of));
    for (name, seed) in [(&one, 7), (&other, 8)] {
        let body =
            json!({ "name": name, "seed": seed, "time": "2026-05-01T00:00:00Z", "frozen": true });
        let made = mock.post(201, "/_mock/worlds", &body);
        assert_eq!(made["now"], "2026-05-01T00:00:00.0000000Z");
    }
    let order = |world: &str| {
        let list = mock.get(&format!("/w/{world}/v1/customers/{LARKSPUR}/orders"));
        list["items"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect::<Vec<_>>()
    };
    assert_ne!(order(&one), order(&other));

    let told = name(&mock, "told");
    let fixtures = json!({ "customers": [{
        "id": "0d9c8b7a-6f5e-4d3c-8b2a-190807060504",
        "companyName": "Brightwater Labs",
        "domain": "brightwater.onmicrosoft.com",
        "address": {
            "country": "US", "addressLine1": "1 Main St", "city": "Boise", "state": "ID",
            "postalCode": "83702",
        },
    }] });
    mock.post(201, "/_mock/worlds", &json!({ "name": told, "fixtures": fixtures }));
    let list = mock.get(&format!("/w/{told}/v1/customers?size=10"));
    assert_eq!(list["items"][0]["companyProfile"]["companyName"], "Brightwater Labs");
    assert_eq!(list["totalCount"], 1);
    mock.post(200, &format!("/w/{told}/_mock/reset"), &Value::Null);
    assert_eq!(mock.get(&format!("/w/{told}/v1/customers?size=10"))["totalCount"], 1);
}

#[test]
fn a_fork_has_a_clock_of_its_own() {
    let mock = mock();
    let fork = name(&mock, "later");
    let body = json!({ "name": fork, "from": mock.world, "time": "2026-04-01T00:00:00Z" });
    assert_eq!(mock.post(201, "/_mock/worlds", &body)["now"], "2026-04-01T00:00:00.0000000Z");
    assert_eq!(mock.get("/_mock/clock")["now"], "2026-03-01T12:00:00.0000000Z");
    // What fell due on the way has happened, and a reset goes back to there.
    let due = |path: &str| mock.get(path)["due"][0]["at"].as_str().unwrap().to_owned();
    assert!(due(&format!("/w/{fork}/_mock/clock")) > due("/_mock/clock"));
    mock.post(200, &format!("/w/{fork}/_mock/reset"), &Value::Null);
    let now = mock.get(&format!("/w/{fork}/_mock/clock"))["now"].clone();
    assert_eq!(now, "2026-04-01T00:00:00.0000000Z");
}

#[test]
fn wishes_that_contradict_each_other_are_refused_and_make_no_world() {
    let mock = mock();
    let refused = name(&mock, "refused");
    for (body, hint) in [
        (json!({ "from": "default", "content": "empty" }), "from: a fork holds"),
        (json!({ "from": "default", "seed": 3 }), "from: a fork holds"),
        (json!({ "content": "full" }), "content: must be seed or empty"),
        (json!({ "content": "seed", "fixtures": {} }), "either `content` or `fixtures`"),
        (json!({ "fixtures": { "customers": [{ "companyName": "A" }] } }), "customers[0].domain"),
        (json!({ "fixtures": 5 }), "fixtures"),
        (json!({ "time": "12000-01-01T00:00:00Z" }), "time"),
        (json!({ "from": "default", "time": "1912-01-01T00:00:00Z" }), "1970"),
    ] {
        let mut body = body;
        body["name"] = refused.clone().into();
        let answer = mock.expect(400, "POST", "/_mock/worlds", &body).json();
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains(hint), "{body}: {message}");
        mock.expect(404, "GET", &format!("/_mock/worlds/{refused}"), &Value::Null);
    }
    let body = json!({ "name": refused, "from": "nowhere-at-all" });
    mock.expect(404, "POST", "/_mock/worlds", &body);
}

#[test]
fn a_world_that_nobody_calls_goes_and_the_default_one_stays() {
    let limits = Limits { idle: Some(chrono::TimeDelta::seconds(1)), ..Limits::default() };
    let server = MockServer::builder().limits(limits).start_blocking().unwrap();
    let registered = NewWorld::default().registered_for("client-of-idle");
    server.create_world("idle", registered).unwrap();
    server.create_world("busy", NewWorld::default()).unwrap();
    let service = server.service();
    assert!(service.worlds.expire().is_empty());
    std::thread::sleep(std::time::Duration::from_millis(2100));
    server.world("busy").unwrap().world().count_call();
    let gone: Vec<String> = service.worlds.expire().iter().map(ToString::to_string).collect();
    assert_eq!(gone, ["idle"]);
    let names: Vec<String> = server.worlds().iter().map(|it| it.name().to_owned()).collect();
    assert_eq!(names, ["busy", "default"]);
    assert_eq!(service.worlds.len(), 2);
    assert!(service.worlds.world_of("client-of-idle").unwrap().is_none());
}

#[test]
fn ten_thousand_worlds_forked_from_one_take_little_room() {
    let server = MockServer::builder().start_blocking().unwrap();
    let before = resident();
    let first = server.create_world("w-0", NewWorld::default()).unwrap();
    let begun = std::time::Instant::now();
    for number in 1..9_999 {
        first.fork(&format!("w-{number}")).unwrap();
    }
    let each = begun.elapsed() / 9_998;
    assert!(server.world("one-more").is_err(), "10,000 is the limit");
    // In a debug build on a busy machine; released and quiet, it is below a microsecond.
    assert!(each.as_micros() < 200, "{each:?} for a fork");
    let grown = resident().saturating_sub(before);
    assert!(grown < 200 << 20, "{grown} bytes");
}

/// Bytes of memory that this process holds.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or(0) * 4096
}

#[test]
fn a_world_begins_as_a_snapshot_of_another() {
    let mock = mock();
    let kept = name(&mock, "kept");
    mock.post(201, "/_mock/snapshots", &json!({ "name": kept }));
    mock.post(200, "/_mock/clock/advance", &json!({ "by": "P2Y" }));
    mock.post(200, "/_mock/reset?to=empty", &Value::Null);
    let copy = name(&mock, "copy");
    let body = json!({ "name": copy, "snapshot": kept });
    let made = mock.post(201, "/_mock/worlds", &body);
    assert_eq!(made["now"], "2026-03-01T12:00:00.0000000Z");
    mock.get(&format!("/w/{copy}/v1/customers/{LARKSPUR}"));
    mock.post(200, &format!("/w/{copy}/_mock/reset?to=empty"), &Value::Null);
    mock.post(200, &format!("/w/{copy}/_mock/reset"), &Value::Null);
    mock.get(&format!("/w/{copy}/v1/customers/{LARKSPUR}"));
    let other = name(&mock, "other");
    mock.expect(404, "POST", "/_mock/worlds", &json!({ "name": other, "snapshot": "none-such" }));
    let both = json!({ "name": other, "snapshot": kept, "from": mock.world });
    mock.expect(400, "POST", "/_mock/worlds", &both);
    // The same in types.
    let world = mock.server.world(&copy).unwrap();
    let typed = NewWorld::default().snapshot(&world.snapshot());
    let twin = mock.server.create_world(&other, typed).unwrap();
    assert_eq!(twin.now(), world.now());
}
