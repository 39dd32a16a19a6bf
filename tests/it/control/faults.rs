//! Faults by rules: which calls they strike, when, and what comes out.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use partner_center_mock::{Fault, MockServer};
use serde_json::{Value, json};

use crate::support::socket::{End, ask};
use crate::support::{
    LARKSPUR, LARKSPUR_AZURE, Mock, NOBODY, PRAIRIE, arm, items, mock, mock_with,
};

pub(super) fn customer() -> String {
    format!("/v1/customers/{LARKSPUR}")
}

pub(super) fn orders() -> String {
    format!("/v1/customers/{LARKSPUR}/orders")
}

pub(super) fn order() -> Value {
    items::order(&[items::reservation_line(&items::small_vm(), LARKSPUR_AZURE)])
}

pub(super) fn count_orders(mock: &Mock) -> u64 {
    mock.get(&orders())["totalCount"].as_u64().unwrap()
}

/// Statuses of so many calls of an operation.
fn statuses(mock: &Mock, path: &str, calls: usize) -> Vec<u16> {
    (0..calls).map(|_| mock.send("GET", path, &[], "").status).collect()
}

fn armed(mock: &Mock, rule: &Value) -> Value {
    mock.post(201, "/_mock/faults", rule)["items"][0].clone()
}

#[test]
fn a_rule_is_armed_shown_counted_and_taken_away() {
    let mock = mock();
    let rule = armed(
        &mock,
        &json!({ "match": { "operation": "getCustomer" }, "first": 1, "status": 503 }),
    );
    assert_eq!(rule["id"], "fault-1");
    assert_eq!(rule["scope"], "world");
    assert_eq!(rule["operations"], 1);
    assert_eq!(rule["rule"]["match"]["operation"], "getCustomer");
    assert_eq!(statuses(&mock, &customer(), 2), [503, 200]);
    mock.get("/v1/customers");
    let rule = mock.get("/_mock/faults/fault-1");
    assert_eq!(
        (&rule["lookedAt"], &rule["matched"], &rule["struck"]),
        (&json!(3), &json!(2), &json!(1))
    );
    assert_eq!(mock.get("/_mock/faults")["totalCount"], 1);
    mock.expect(204, "DELETE", "/_mock/faults/fault-1", &Value::Null);
    mock.expect(404, "DELETE", "/_mock/faults/fault-1", &Value::Null);
    mock.expect(404, "GET", "/_mock/faults/fault-1", &Value::Null);
    mock.post(201, "/_mock/faults", &json!([{ "id": "a", "reset": true }, { "status": 500 }]));
    assert_eq!(mock.get("/_mock/faults")["items"][1]["id"], "fault-2");
    mock.expect(204, "DELETE", "/_mock/faults", &Value::Null);
    assert_eq!(mock.get("/_mock/faults")["totalCount"], 0);
    assert_eq!(statuses(&mock, &customer(), 1), [200]);
}

#[test]
fn what_was_struck_says_so_and_the_journal_says_what() {
    let mock = mock();
    armed(&mock, &json!({ "id": "busy", "status": 429, "retryAfter": 7, "first": 1 }));
    let answer = mock.expect(429, "GET", &customer(), &Value::Null);
    assert_eq!(answer.header("x-mock-fault"), Some("busy"));
    assert_eq!(answer.header("retry-after"), Some("7"));
    let text = "Rate limit is exceeded. Try again in 7 seconds.";
    assert_eq!(answer.json(), json!({ "statusCode": 429, "message": text }));
    assert_eq!(mock.expect(200, "GET", &customer(), &Value::Null).header("x-mock-fault"), None);
    let instruments =
        mock.handle().world().attachment::<partner_center_mock::api::instruments::Instruments>();
    let entries = instruments.journal.entries();
    let struck = entries.iter().find(|entry| entry.status == 429).unwrap();
    assert_eq!(struck.trace.fault.as_deref(), Some("busy: not carried out; answered 429"));
}

#[test]
fn triggers_count_the_calls_that_are_meant() {
    for (trigger, expected) in [
        (json!({ "first": 2 }), [503, 503, 200, 200, 200, 200]),
        (json!({ "every": 3 }), [200, 200, 503, 200, 200, 503]),
        (json!({ "after": 4 }), [200, 200, 200, 200, 503, 503]),
        (json!({ "every": 2, "times": 2 }), [200, 503, 200, 503, 200, 200]),
        (json!({ "probability": 1 }), [503; 6]),
        (json!({ "times": 1 }), [503, 200, 200, 200, 200, 200]),
        (json!({}), [503; 6]),
    ] {
        let mock = mock();
        let mut rule = json!({ "match": { "operation": "getCustomer" }, "status": 503 });
        rule.as_object_mut().unwrap().extend(trigger.as_object().unwrap().clone());
        armed(&mock, &rule);
        mock.get("/v1/customers");
        assert_eq!(statuses(&mock, &customer(), 6), expected, "{trigger}");
    }
}

#[test]
fn chance_comes_from_the_seed_and_the_name_of_the_rule() {
    let run = |seed: u64, id: &str| {
        let mock = mock_with(|builder| builder.seed(seed));
        armed(&mock, &json!({ "id": id, "probability": 0.3, "status": 500 }));
        statuses(&mock, &customer(), 60)
    };
    let first = run(7, "a");
    assert_eq!(first, run(7, "a"));
    assert_ne!(first, run(8, "a"));
    assert_ne!(first, run(7, "b"));
    let struck = first.iter().filter(|status| **status == 500).count();
    assert!((8..=30).contains(&struck), "{struck} of 60");
}

#[test]
fn rules_follow_one_another() {
    let mock = mock();
    mock.post(
        201,
        "/_mock/faults",
        &json!([{ "first": 1, "status": 500 }, { "first": 2, "status": 503 }]),
    );
    assert_eq!(statuses(&mock, &customer(), 4), [500, 503, 503, 200]);
}

#[test]
fn all_that_a_match_says_must_hold() {
    let other = format!("/v1/customers/{PRAIRIE}");
    for (matching, here, there) in [
        (json!({ "operation": ["getCustomer", "listCustomers"] }), 500, 500),
        (json!({ "surface": "partner-center" }), 500, 500),
        (json!({ "surface": "azure" }), 200, 200),
        (json!({ "method": "get" }), 500, 500),
        (json!({ "method": "POST" }), 200, 200),
        (json!({ "customer": LARKSPUR }), 500, 200),
        (json!({ "customer": LARKSPUR, "method": "PATCH" }), 200, 200),
        (json!({ "path": "/v1/customers/{}" }), 500, 500),
        (json!({ "path": format!("/v1/customers/{LARKSPUR}") }), 500, 200),
        (json!({ "path": "/v1/**" }), 500, 500),
        (json!({ "path": "/v1/customers/5b0e*" }), 500, 200),
        (json!({ "header": { "X-Test": "a*c" } }), 500, 500),
        (json!({ "header": { "X-Test": "b" } }), 200, 200),
        (json!({ "header": { "X-Missing": "*" } }), 200, 200),
    ] {
        let mock = mock();
        armed(&mock, &json!({ "match": matching, "status": 500 }));
        let send = |path: &str| mock.send("GET", path, &[("x-test", "abc")], "").status;
        assert_eq!((send(&customer()), send(&other)), (here, there), "{matching}");
    }
}

#[test]
fn members_of_the_body_decide() {
    let mock = mock();
    let rule = json!({
        "match": { "operation": "createOrder", "body": { "lineItems[0].quantity": 2 } },
        "error": "800010",
    });
    armed(&mock, &rule);
    let mut body = order();
    mock.post(201, &orders(), &body);
    body["lineItems"][0]["quantity"] = json!("2");
    let refused = mock.refused(400, 800_010, "POST", &orders(), &body);
    assert_eq!(refused.header("x-mock-fault"), Some("fault-1"));
    let anywhere = json!({ "match": { "body": { "friendlyName": "web" } }, "status": 409 });
    armed(&mock, &anywhere);
    body["lineItems"][0]["quantity"] = json!(1);
    body["lineItems"][0]["friendlyName"] = json!("web");
    mock.expect(409, "POST", &orders(), &body);
}

#[test]
fn the_customer_of_azure_and_of_entra_id_is_the_tenant() {
    let mock = mock();
    armed(&mock, &json!({ "match": { "customer": LARKSPUR }, "status": 503 }));
    let list = arm("/providers/Microsoft.Capacity/reservationOrders");
    mock.azure(LARKSPUR).expect(503, "GET", &list, &Value::Null);
    mock.azure(PRAIRIE).expect(200, "GET", &list, &Value::Null);
    let form = "grant_type=client_credentials&client_id=x&client_secret=y&scope=https%3A%2F%2Fmanagement.azure.com%2F.default";
    let media = [("content-type", "application/x-www-form-urlencoded")];
    let token = |tenant: &str| {
        mock.send("POST", &format!("/{tenant}/oauth2/v2.0/token"), &media, form).status
    };
    assert_eq!((token(LARKSPUR), token(PRAIRIE)), (503, 200));
}

#[test]
fn errors_come_in_the_shape_and_words_of_their_surface() {
    let mock = mock();
    armed(&mock, &json!({ "match": { "operation": "getSubscription" }, "error": 20003 }));
    let path = format!("/v1/customers/{LARKSPUR}/subscriptions/{LARKSPUR_AZURE}");
    let answer = mock.refused(404, 20003, "GET", &path, &Value::Null);
    let text = format!("Subscription with id {LARKSPUR_AZURE} not found.");
    let body = json!({ "code": 20003, "description": text, "data": [], "source": "PartnerFD" });
    assert_eq!(answer.json(), body);
    armed(
        &mock,
        &json!({ "match": { "operation": "listReservationOrders" }, "error": "authorizationfailed" }),
    );
    let list = arm("/providers/Microsoft.Capacity/reservationOrders");
    let told = mock.azure(LARKSPUR).expect(403, "GET", &list, &Value::Null).json();
    assert_eq!(told["error"]["code"], "AuthorizationFailed");
    for (error, number) in
        [("AADSTS7000222", 7_000_222), ("50076", 50076), ("temporarily_unavailable", 90055)]
    {
        let mock = crate::support::mock();
        armed(&mock, &json!({ "match": { "operation": "issueToken" }, "error": error }));
        let media = [("content-type", "application/x-www-form-urlencoded")];
        let path = format!("/{LARKSPUR}/oauth2/v2.0/token");
        let told = mock.send("POST", &path, &media, "grant_type=x").json();
        assert_eq!(told["error_codes"], json!([number]), "{told}");
    }
}

#[test]
fn a_status_of_its_own_has_the_shape_of_the_surface_too() {
    let mock = mock();
    armed(&mock, &json!({ "status": 502 }));
    let told = mock.expect(502, "GET", &customer(), &Value::Null).json();
    assert_eq!((&told["code"], &told["description"]), (&json!(800_003), &json!("Bad Gateway")));
    let list = arm("/providers/Microsoft.Capacity/reservationOrders");
    let told = mock.azure(LARKSPUR).expect(502, "GET", &list, &Value::Null).json();
    assert_eq!(told["error"], json!({ "code": "BadGateway", "message": "Bad Gateway" }));
    let told = mock.expect(
        502,
        "GET",
        &format!("/{LARKSPUR}/v2.0/.well-known/openid-configuration"),
        &Value::Null,
    );
    assert_eq!(told.json()["error"], "server_error");
    mock.get("/_mock/clock");
}

#[test]
fn an_order_whose_answer_is_lost_is_there_and_a_repeat_with_the_same_id_gets_it() {
    for (same_id, made) in [(true, 1), (false, 2)] {
        let mock = mock();
        let before = count_orders(&mock);
        mock.handle().fault(Fault::on("createOrder").first(1).lose_answer()).unwrap();
        let body = order().to_string();
        let lost = ask(&mock, false, "POST", &orders(), &[("ms-requestid", "one")], &body);
        assert_eq!((lost.end, lost.text.as_str()), (End::Reset, ""));
        assert_eq!(count_orders(&mock), before + 1);
        let id = if same_id { "one" } else { "two" };
        let repeated = mock.send("POST", &orders(), &[("ms-requestid", id)], &body);
        assert_eq!(repeated.status, 201, "{}", repeated.text);
        assert_eq!(repeated.header("x-mock-fault"), None);
        assert_eq!(count_orders(&mock), before + made);
        let placed = repeated.json()["id"].as_str().unwrap().to_owned();
        mock.get(&format!("{}/{placed}", orders()));
    }
}

#[test]
fn an_order_that_was_lost_on_its_way_was_never_made() {
    let mock = mock();
    let before = count_orders(&mock);
    mock.handle().fault(Fault::on("createOrder").first(1).lose_request()).unwrap();
    let body = order().to_string();
    let lost = ask(&mock, true, "POST", &orders(), &[("ms-requestid", "one")], &body);
    assert_eq!((lost.end, lost.text.as_str()), (End::Reset, ""));
    assert_eq!(count_orders(&mock), before);
    assert_eq!(mock.send("POST", &orders(), &[("ms-requestid", "one")], &body).status, 201);
    assert_eq!(count_orders(&mock), before + 1);
}

#[test]
fn a_fault_is_never_kept_for_a_repeat() {
    let mock = mock();
    let before = count_orders(&mock);
    let rules = json!([
        { "match": { "operation": "createOrder" }, "first": 1, "error": "800010" },
        { "match": { "operation": "createOrder" }, "first": 1, "late": "PT0.05S" },
        { "match": { "operation": "createOrder" }, "first": 1, "status": 503 },
    ]);
    mock.post(201, "/_mock/faults", &rules);
    let body = order().to_string();
    let send = || mock.send("POST", &orders(), &[("ms-requestid", "one")], &body);
    let struck = [send(), send(), send(), send()];
    assert_eq!(struck.each_ref().map(|answer| answer.status), [400, 201, 503, 201]);
    assert_eq!(struck[1].text, struck[3].text);
    assert_eq!(struck[3].header("x-mock-fault"), None);
    assert_eq!(count_orders(&mock), before + 1);
}

#[test]
fn a_late_order_is_made_before_its_answer_comes() {
    let mock = mock();
    let before = count_orders(&mock);
    mock.handle().fault(Fault::on("createOrder").late(Duration::from_millis(900))).unwrap();
    let (server, world) = (mock.server, mock.world.clone());
    let token = mock.handle().token();
    let started = Instant::now();
    let placing = std::thread::spawn(move || {
        Mock::of(server, &world, &token).post(201, &orders(), &order());
    });
    while count_orders(&mock) == before {
        assert!(started.elapsed() < Duration::from_millis(850), "not made before the answer");
        std::thread::sleep(Duration::from_millis(10));
    }
    placing.join().unwrap();
    assert!(started.elapsed() >= Duration::from_millis(900));
}

#[test]
fn the_first_call_is_struck_once_whoever_comes_first() {
    let mock = mock();
    let (server, world, token) = (mock.server, &mock.world, mock.handle().token());
    mock.handle().fault(Fault::on("getCustomer").first(1).status(503)).unwrap();
    mock.handle().fault(Fault::on("getCustomer").after(8).times(3).status(500)).unwrap();
    let (unavailable, broken) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                let mock = Mock::of(server, world, &token);
                match mock.send("GET", &customer(), &[], "").status {
                    503 => unavailable.fetch_add(1, Ordering::Relaxed),
                    500 => broken.fetch_add(1, Ordering::Relaxed),
                    status => usize::from(status != 200),
                };
            });
        }
    });
    assert_eq!(unavailable.into_inner(), 1);
    assert_eq!(broken.into_inner(), 3);
    let faults = mock.handle().faults();
    assert_eq!((faults[0].matched, faults[0].struck), (32, 1));
    assert_eq!((faults[1].matched, faults[1].struck), (31, 3));
}

#[test]
fn worlds_have_their_own_rules_and_a_reset_takes_them_away() {
    let (here, there) = (mock(), mock());
    armed(&here, &json!({ "status": 503 }));
    assert_eq!(statuses(&there, &customer(), 1), [200]);
    assert_eq!(statuses(&here, &customer(), 1), [503]);
    here.post(200, "/_mock/reset", &Value::Null);
    assert_eq!(here.get("/_mock/faults")["totalCount"], 0);
    assert_eq!(statuses(&here, &customer(), 1), [200]);
}

#[test]
fn rules_of_the_server_strike_in_every_world_and_outlive_a_reset() {
    let mock = mock_with(|builder| builder);
    let rule = json!({ "match": { "operation": "getCustomer", "customer": NOBODY }, "times": 1, "status": 503 });
    let armed = mock.post(201, "/_mock/faults?scope=server", &json!([rule, { "id": "x", "match": { "operation": "getCustomer" }, "first": 2, "status": 500 }]));
    assert_eq!(armed["items"][0]["id"], "server-fault-1");
    assert_eq!(armed["items"][0]["scope"], "server");
    let other = Mock::of(mock.server, "another", &mock.server.world("another").unwrap().token());
    assert_eq!(statuses(&mock, &customer(), 1), [500]);
    mock.post(200, "/_mock/reset", &Value::Null);
    assert_eq!(statuses(&other, &customer(), 2), [500, 200]);
    assert_eq!(other.get("/_mock/faults")["totalCount"], 2);
    assert_eq!(other.get("/_mock/faults?scope=world")["totalCount"], 0);
    mock.expect(404, "DELETE", "/_mock/faults/x", &Value::Null);
    mock.expect(204, "DELETE", "/_mock/faults/x?scope=server", &Value::Null);
    mock.expect(204, "DELETE", "/_mock/faults?scope=server", &Value::Null);
    assert_eq!(other.get("/_mock/faults?scope=server")["totalCount"], 0);
    mock.expect(400, "GET", "/_mock/faults?scope=galaxy", &Value::Null);
}

#[test]
fn the_library_arms_for_a_world_and_for_all() {
    let mock = MockServer::start_blocking().unwrap();
    let world = mock.world("blue").unwrap();
    let name = world
        .fault(Fault::any().customer(LARKSPUR).named("mine").probability(0.5).reset())
        .unwrap();
    assert_eq!(name, "mine");
    assert_eq!(
        mock.fault(Fault::on("createOrder").and_on("getOrder").status(500)).unwrap(),
        "server-fault-1"
    );
    assert!(mock.faults()[0].everywhere);
    assert_eq!(mock.faults()[0].operations, 2);
    assert!(!world.disarm("other") && world.disarm("mine"));
    mock.clear_faults();
    assert!(mock.faults().is_empty() && world.faults().is_empty());
    let refused = world.fault(Fault::on("getOrder").every(0).status(500)).unwrap_err();
    assert!(refused.to_string().starts_with("every: "), "{refused}");
}

#[test]
fn the_command_line_lists_arms_and_takes_away() {
    let mock = mock();
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_pcmock"))
            .arg("faults")
            .args(["--url", &mock.server.base_url(), "--world", &mock.world])
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    };
    let flags =
        ["add", "--operation", "createOrder", "--body", "lineItems[0].quantity=2", "--first", "1"];
    let (good, id, error) =
        run(&[&flags[..], &["--lose", "answer", "--latency", "PT0.1S..PT0.2S"]].concat());
    assert_eq!((good, id.as_str()), (true, "fault-1\n"), "{error}");
    let rule = &mock.get("/_mock/faults/fault-1")["rule"];
    assert_eq!(rule["match"]["body"]["lineItems[0].quantity"], 2);
    assert_eq!(rule["latency"], json!({ "from": "PT0.1S", "to": "PT0.2S" }));
    assert!(run(&["add", r#"[{"id":"a","status":503},{"id":"b","reset":true}]"#]).0);
    let (_, listed, _) = run(&[]);
    assert!(listed.contains("fault-1 (world): ") && listed.contains("struck 0 of 0"), "{listed}");
    let (good, _, error) = run(&["add", "--operation", "createOrdr", "--reset"]);
    assert!(!good && error.contains("the nearest is createOrder"), "{error}");
    assert!(run(&["clear", "a"]).0);
    assert!(!run(&["clear", "a"]).0);
    assert!(run(&["clear"]).0);
    let (_, listed, _) = run(&["list", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&listed).unwrap()["totalCount"], 0);
}
