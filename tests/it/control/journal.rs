//! The journal: what is kept, how it is chosen, in which forms it leaves, and what never leaves.

use std::time::Duration;

use partner_center_mock::world::Limits;
use serde_json::{Value, json};

use crate::support::{LARKSPUR, Mock, NOBODY, client, mock, mock_with};

fn customer(id: &str) -> String {
    format!("/v1/customers/{id}")
}

fn listed(mock: &Mock, query: &str) -> Vec<Value> {
    let list = mock.get(&format!("/_mock/requests{query}"));
    list["requests"].as_array().unwrap().clone()
}

fn numbers(mock: &Mock, query: &str) -> Vec<u64> {
    listed(mock, query).iter().map(|entry| entry["number"].as_u64().unwrap()).collect()
}

/// Three calls: one that succeeds, one that is refused, one that no operation matches.
fn three_calls() -> Mock {
    let mock = mock();
    mock.send(
        "GET",
        &customer(LARKSPUR),
        &[("MS-CorrelationId", "abc"), ("ms-requestid", "r-1")],
        "",
    );
    mock.expect(404, "GET", &customer(NOBODY), &Value::Null);
    mock.send("GET", "/v1/customerz", &[], "");
    mock
}

#[test]
fn calls_are_listed_newest_first_with_all_that_was_sent() {
    let mock = three_calls();
    let entries = listed(&mock, "");
    assert_eq!(numbers(&mock, ""), [3, 2, 1]);
    let first = &entries[2];
    assert_eq!(first["operation"], "getCustomer");
    assert_eq!(first["status"], 200);
    assert_eq!(first["surface"], "partner-center");
    assert_eq!(first["responseBody"]["json"]["id"], LARKSPUR);
    assert_eq!(first["token"]["kind"], "app+user");
    let headers = first["requestHeaders"].as_array().unwrap();
    assert!(
        headers.contains(&json!({ "name": "ms-correlationid", "value": "abc" })),
        "{headers:?}"
    );
    assert_eq!(entries[1]["code"], "1000");
    assert!(entries[0]["nearMisses"][0].as_str().unwrap().contains("/v1/customers"));
    assert!(entries[0].get("operation").is_none());
    assert_eq!(mock.get("/__admin/requests")["total"], 3);
}

#[test]
fn every_condition_chooses() {
    let mock = three_calls();
    let azure = mock.azure(LARKSPUR);
    azure.get("/subscriptions?api-version=2022-12-01");
    mock.expect(400, "POST", &format!("/v1/customers/{LARKSPUR}/orders"), &json!({}));
    for (query, wanted) in [
        ("operation=getcustomer", vec![2, 1]),
        ("surface=azure", vec![4]),
        ("method=post", vec![5]),
        ("status=404", vec![3, 2]),
        ("status=4xx", vec![5, 3, 2]),
        ("status=4xx&method=GET", vec![3, 2]),
        ("path=/orders", vec![5]),
        ("path=*/customers/*", vec![5, 2, 1]),
        (&format!("customer={LARKSPUR}"), vec![5, 4, 1]),
        ("code=1000", vec![3, 2]),
        ("correlationId=ABC", vec![1]),
        ("requestId=r-1", vec![1]),
        ("since=3", vec![5, 4]),
        ("matched=false", vec![3]),
        ("matched=true&limit=2", vec![5, 4]),
    ] {
        assert_eq!(numbers(&mock, &format!("?{query}")), wanted, "{query}");
    }
    for (query, said) in [
        ("operation=getCustomr", "the nearest is `getCustomer`"),
        ("statuz=404", "is no parameter; there are operation"),
        ("status=9xx", "status: `9xx`: must be a status"),
        ("surface=moon", "surface: must be partner-center"),
    ] {
        let told = mock.expect(400, "GET", &format!("/_mock/requests?{query}"), &Value::Null);
        assert!(told.text.contains(said), "{}", told.text);
    }
}

#[test]
fn a_call_is_found_by_number_and_by_request_id() {
    let mock = three_calls();
    assert_eq!(mock.get("/_mock/requests/1")["path"], customer(LARKSPUR));
    assert_eq!(mock.get("/_mock/requests/r-1")["number"], 1);
    let answer = mock.send("GET", &customer(LARKSPUR), &[], "");
    let made = answer.header("ms-requestid").unwrap();
    // Looking at the journal counted as calls three and four of the world, and is not kept.
    assert_eq!(mock.get(&format!("/_mock/requests/{made}"))["status"], 200);
    let told = mock.expect(404, "GET", "/_mock/requests/999", &Value::Null);
    assert!(told.text.contains("has no call `999`"));
}

#[test]
fn the_oldest_are_forgotten_and_long_bodies_cut() {
    let limits = Limits { journal: 2, journal_body: 64, ..Limits::default() };
    let mock = mock_with(|server| server.limits(limits));
    for _ in 0..3 {
        mock.get(&customer(LARKSPUR));
    }
    let list = mock.get("/_mock/requests");
    assert_eq!(list["total"], 2);
    assert_eq!(list["forgotten"], 1);
    let body = &list["requests"][0]["responseBody"];
    assert_eq!(body["truncated"], true);
    assert_eq!(body["text"].as_str().unwrap().len(), 64);
    assert!(body["length"].as_u64().unwrap() > 64 && body.get("json").is_none());
    mock.expect(204, "DELETE", "/_mock/requests", &Value::Null);
    let list = mock.get("/_mock/requests");
    assert_eq!((&list["total"], &list["forgotten"]), (&json!(0), &json!(3)));
}

#[test]
fn calls_that_steer_the_mock_are_kept_and_calls_that_look_at_it_are_not() {
    let mock = mock();
    mock.get("/_mock/requests");
    mock.post(200, "/_mock/clock/advance", &json!({ "by": "P1D" }));
    let entries = listed(&mock, "");
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["operation"], "advanceClock");
    mock.post(200, "/_mock/reset", &Value::Null);
    assert_eq!(listed(&mock, "").len(), 0);
}

/// Every form in which the journal leaves.
fn everything(mock: &Mock) -> String {
    let mut all = String::new();
    for path in ["/_mock/requests", "/_mock/requests/har"] {
        all.push_str(&mock.expect(200, "GET", path, &Value::Null).text);
    }
    for number in numbers(mock, "") {
        all.push_str(&mock.get(&format!("/_mock/requests/{number}")).to_string());
    }
    all
}

#[test]
fn secrets_never_leave() {
    let mock = mock();
    let form = "grant_type=client_credentials&client_id=31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846&client_secret=demo-secret&scope=https://api.partnercenter.microsoft.com/.default";
    let form_type = [("content-type", "application/x-www-form-urlencoded")];
    let tenant = "7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30";
    let path = format!("/{tenant}/oauth2/v2.0/token?client_secret=in-the-query");
    let answer = mock.send("POST", &path, &form_type, form);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let issued = answer.json()["access_token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {issued}");
    mock.send("GET", &customer(LARKSPUR), &[("authorization", &bearer)], "");
    let link = format!("https://x.example/?access_token={issued}");
    mock.send(
        "GET",
        &customer(LARKSPUR),
        &[("authorization", "Basic aGk6c2Vj"), ("referer", &link)],
        "",
    );
    let user =
        json!({ "passwordProfile": { "password": "s3cret-one" }, "refresh_token": 12_345_678 });
    mock.send("POST", &format!("/v1/customers/{LARKSPUR}/users"), &[], &user.to_string());
    mock.send(
        "POST",
        &format!("/v1/customers/{LARKSPUR}/orders"),
        &[],
        "{\"password\":\"s3cret-two",
    );
    let all = everything(&mock);
    let signature = issued.rsplit('.').next().unwrap();
    for secret in [
        "demo-secret",
        "in-the-query",
        "aGk6c2Vj",
        "s3cret-one",
        "s3cret-two",
        "12345678",
        signature,
    ] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    assert!(all.contains("(not shown)"));
}

#[test]
fn the_archive_has_what_the_format_asks_for() {
    let mock = three_calls();
    let sent = json!({ "lineItems": [] });
    mock.send("POST", &format!("/v1/customers/{LARKSPUR}/orders?a=b%20c"), &[], &sent.to_string());
    let archive = mock.get("/_mock/requests/har");
    let log = &archive["log"];
    assert_eq!(log["version"], "1.2");
    assert_eq!(log["creator"]["name"], "pcmock");
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 4);
    for entry in entries {
        for (object, members) in [
            (
                "request",
                &[
                    "method",
                    "url",
                    "httpVersion",
                    "cookies",
                    "headers",
                    "queryString",
                    "headersSize",
                    "bodySize",
                ][..],
            ),
            (
                "response",
                &[
                    "status",
                    "statusText",
                    "httpVersion",
                    "cookies",
                    "headers",
                    "content",
                    "redirectURL",
                    "headersSize",
                    "bodySize",
                ],
            ),
            ("timings", &["send", "wait", "receive"]),
        ] {
            for member in members {
                assert!(!entry[object][member].is_null(), "{object}.{member} in {entry}");
            }
        }
        assert!(entry["startedDateTime"].as_str().unwrap().ends_with('Z'));
        assert!(entry["time"].is_number() && entry["cache"].is_object());
        assert!(entry["response"]["content"]["size"].is_number());
        assert!(entry["request"]["url"].as_str().unwrap().starts_with("http://"));
    }
    let last = &entries[3]["request"];
    assert_eq!(last["postData"]["mimeType"], "application/json");
    assert_eq!(last["postData"]["text"], sent.to_string());
    assert_eq!(last["queryString"], json!([{ "name": "a", "value": "b c" }]));
}

#[test]
fn the_stream_tells_each_call_once_and_ends_with_the_world() {
    let mock = three_calls();
    let url = format!(
        "{}/w/{}/_mock/requests/stream?since=2&heartbeat=1",
        mock.server.base_url(),
        mock.world
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut answer = runtime.block_on(client().get(&url).send()).unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut told = String::new();
    let mut until = |what: &str| {
        runtime.block_on(async {
            let patience = Duration::from_secs(20);
            while !told.contains(what) {
                match tokio::time::timeout(patience, answer.chunk()).await.unwrap().unwrap() {
                    Some(piece) => told.push_str(std::str::from_utf8(&piece).unwrap()),
                    None => return false,
                }
            }
            true
        })
    };
    assert!(until("id: 3\n"), "what is kept comes first");
    mock.get(&customer(LARKSPUR));
    assert!(until("\"getCustomer\""));
    assert!(until(": heartbeat\n\n"));
    mock.handle().reset();
    assert!(!until("nothing more"));
    assert_eq!(told.matches("event: request\n").count(), 2, "{told}");
    let data = told.lines().filter_map(|line| line.strip_prefix("data: ")).next_back().unwrap();
    let entry: Value = serde_json::from_str(data).unwrap();
    assert_eq!(entry["status"], 200);
}

fn steps(mock: &Mock, id: &str) -> Vec<(String, String, String)> {
    let told = mock.get(&format!("/_mock/requests/{id}/explanation"));
    let text = |step: &Value, name: &str| step[name].as_str().unwrap_or("").to_owned();
    let steps = told["steps"].as_array().unwrap().iter();
    steps.map(|step| (text(step, "about"), text(step, "outcome"), text(step, "said"))).collect()
}

#[track_caller]
fn says(mock: &Mock, id: &str, about: &str, outcome: &str, part: &str) {
    let steps = steps(mock, id);
    let found = steps.iter().any(|(a, o, said)| a == about && o == outcome && said.contains(part));
    assert!(found, "no {about} {outcome} `{part}` in {steps:#?}");
}

#[test]
fn an_answer_is_explained_from_world_to_change() {
    let mock = mock();
    mock.send(
        "POST",
        &format!("/v1/customers/{LARKSPUR}/carts"),
        &[("MS-RequestId", "one")],
        "{\"lineItems\":[],\"mood\":1}",
    );
    says(&mock, "1", "world", "ok", "chosen by the header X-Mock-World");
    says(&mock, "1", "operation", "ok", "POST /v1/customers/{customer_id}/carts is createCart");
    says(&mock, "1", "token", "ok", "app+user token of admin@fabricore.example");
    says(&mock, "1", "budget", "ok", "no budget");
    says(&mock, "1", "fault", "ok", "none struck");
    says(&mock, "1", "repeat", "ok", "was new");
    let order = format!("/v1/customers/{LARKSPUR}/orders");
    let refused = mock.expect(404, "GET", &format!("{order}/nothing"), &Value::Null);
    let id = refused.header("ms-requestid").unwrap().to_owned();
    says(&mock, &id, "answer", "refused", "404 with code 20000 “Order Id not found”");
    says(&mock, &id, "change", "ok", "the state is what it was");
    let about: Vec<String> = steps(&mock, &id).into_iter().map(|step| step.0).collect();
    assert_eq!(about, ["world", "operation", "token", "budget", "fault", "answer", "change"]);
    let told = mock.get(&format!("/_mock/requests/{id}/explanation"));
    assert_eq!(told["steps"][5]["contract"], "partner-center-conventions.md#12-errors");
    assert_eq!(told["steps"][5]["fidelity"], "documented");
}

#[test]
fn refusals_before_an_operation_are_explained() {
    let mock = mock();
    mock.send("GET", "/v1/customers", &[("authorization", "Bearer x")], "");
    says(
        &mock,
        "1",
        "token",
        "refused",
        "no token that can be read (auth level standard): the token is not a JWT",
    );
    mock.send("GET", "/v1/customerz", &[], "");
    says(
        &mock,
        "3",
        "operation",
        "refused",
        "no operation matches GET /v1/customerz; the closest is",
    );
    let azure = mock.azure(LARKSPUR);
    azure.send("GET", "/subscriptions", &[], "");
    says(&mock, "5", "api-version", "refused", "none was sent");
    azure.get("/subscriptions?api-version=2099-01-01");
    says(&mock, "7", "api-version", "note", "2099-01-01 is not known");
}

#[test]
fn a_repeat_and_a_change_are_explained() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}/orders");
    let body = crate::support::items::order(&[crate::support::items::cart_line(
        &crate::support::items::licence(),
        1,
    )]);
    for _ in 0..2 {
        mock.send("POST", &path, &[("MS-RequestId", "twice")], &body.to_string());
    }
    says(&mock, "1", "change", "ok", "the state went from version");
    let told = mock.get("/_mock/requests/1/explanation");
    let changes = told["changes"].as_array().unwrap();
    let made =
        |table: &str| changes.iter().any(|it| it["table"] == table && it["change"] == "created");
    assert!(made("orders") && made("subscriptions"), "{changes:#?}");
    assert_eq!(mock.get("/_mock/requests/2/explanation")["changes"], json!([]));
    says(&mock, "2", "repeat", "note", "nothing was carried out");
    says(&mock, "2", "change", "ok", "the state is what it was");
}

#[test]
fn a_listener_does_not_hold_up_a_server_that_stops() {
    let server = partner_center_mock::MockServer::start_blocking().unwrap();
    let url = format!("{}/_mock/requests/stream", server.base_url());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut answer = runtime.block_on(client().get(&url).send()).unwrap();
    assert!(runtime.block_on(answer.chunk()).unwrap().unwrap().starts_with(b": listening"));
    let (stopper, began) = (server.stopper(), std::time::Instant::now());
    stopper.stop();
    server.join();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(runtime.block_on(answer.chunk()).unwrap().is_none());
}
