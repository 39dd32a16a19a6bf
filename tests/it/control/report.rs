//! The report: what a client did, in every form; the money it would have cost; the cap; the counters.

use std::process::Command;

use partner_center_mock::domain::settings::{Settings, Transition};
use serde_json::{Value, json};

use crate::support::items::{cart_line, licence, order, small_vm};
use crate::support::{LARKSPUR, LARKSPUR_AZURE, Mock, arm, mock, mock_with};

fn report(mock: &Mock) -> Value {
    mock.get("/_mock/report")
}

fn rules(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|it| it["rule"].as_str().unwrap()).collect()
}

fn reservation() -> Value {
    json!({
        "billingCycle": "one_time", "currencyCode": "USD",
        "lineItems": [{
            "lineItemNumber": 0, "offerId": small_vm(), "quantity": 2, "termDuration": "P1Y",
            "provisioningContext": { "subscriptionId": LARKSPUR_AZURE, "scope": "shared", "duration": "1Year" },
        }],
    })
}

/// A client without manners.
fn rude() -> Mock {
    let mock = mock();
    mock.send("GET", "/v1/customers?size=2", &[], "");
    mock.send("GET", "/v1/customers?seekOperation=Next", &[], "");
    let mut body = order(&[cart_line(&licence(), 1)]);
    body["shoeSize"] = 44.into();
    mock.send("POST", &format!("/v1/customers/{LARKSPUR}/orders"), &[], &body.to_string());
    mock.send("GET", "/v1/profiles/mpn?access_token=s3cret", &[], "");
    mock
}

#[test]
fn a_well_behaved_client_has_no_findings() {
    let mock = mock();
    let polite = [("ms-correlationid", "a"), ("ms-requestid", "b"), ("user-agent", "test/1")];
    let first = mock.send("GET", "/v1/customers?size=2", &polite, "").json();
    let next = &first["links"]["next"];
    let token = next["headers"][0]["value"].as_str().unwrap();
    let uri = format!("/v1{}", next["uri"].as_str().unwrap());
    let headers = [polite[0], polite[2], ("ms-continuationtoken", token)];
    assert_eq!(mock.send("GET", &uri, &headers, "").status, 200);
    let order = order(&[cart_line(&licence(), 1)]).to_string();
    mock.send("POST", &format!("/v1/customers/{LARKSPUR}/orders"), &polite, &order);
    let report = report(&mock);
    assert_eq!(rules(&report), Vec::<&str>::new(), "{report:#}");
    let partner_center = &report["coverage"][0];
    assert_eq!(partner_center["operations"]["met"], 2);
    assert!(partner_center["operations"]["of"].as_u64().unwrap() > 100);
    assert_eq!(partner_center["secondPages"], json!({ "met": 1, "of": 1 }));
}

#[test]
fn findings_name_the_calls_that_show_them() {
    let mock = rude();
    let report = report(&mock);
    assert_eq!(report["calls"], 4);
    let found = rules(&report);
    // The second page was asked for, if by hand.
    for rule in ["PCM017", "PCM009", "PCM011", "PCM005", "PCM007", "PCM018"] {
        assert!(found.contains(&rule), "{rule} not in {found:?}");
    }
    assert!(!found.contains(&"PCM008") && !found.contains(&"PCM003"));
    let unknown = &report["findings"].as_array().unwrap()
        [found.iter().position(|it| *it == "PCM011").unwrap()];
    assert_eq!(unknown["operation"], "createOrder");
    assert_eq!(unknown["detail"], "shoeSize");
    assert_eq!(unknown["calls"], json!([3]));
    assert_eq!(unknown["severity"], "warning");
    assert!(!report.to_string().contains("s3cret"));
    let summary = &report["summary"];
    assert_eq!(summary["errors"], 1);
    let typed = mock.handle().report();
    assert_eq!(typed.summary.errors, 1);
    assert_eq!(typed.found("continuation-by-hand")[0].calls, [2]);
    mock.post(200, "/_mock/reset", &Value::Null);
    assert_eq!(rules(&self::report(&mock)), Vec::<&str>::new());
}

#[test]
fn an_abandoned_operation_is_found_until_it_is_followed() {
    let mock = mock_with(|server| {
        server.delay(Transition::SubscriptionRegistration, "PT1H".parse().unwrap())
    });
    let path = format!(
        "/v1/customers/{}/subscriptions/{}",
        crate::support::SUNDARAM,
        crate::support::SUNDARAM_AZURE
    );
    let accepted = mock.send("POST", &format!("{path}/registrations"), &[], "");
    assert_eq!(accepted.status, 202, "{}", accepted.text);
    assert!(rules(&report(&mock)).contains(&"PCM016"));
    mock.get(&format!("{path}/registrationstatus"));
    assert!(rules(&report(&mock)).contains(&"PCM016"), "it is still under way");
    mock.advance("PT2H");
    mock.get(&format!("{path}/registrationstatus"));
    assert!(!rules(&report(&mock)).contains(&"PCM016"));
}

#[test]
fn coverage_and_fidelity_count_what_was_met() {
    let mock = rude();
    mock.expect(404, "GET", &format!("/v1/customers/{LARKSPUR}/orders/none"), &Value::Null);
    mock.send("GET", "/v1/nothing", &[], "");
    let azure = mock.azure(LARKSPUR);
    azure.get(&arm("/providers/Microsoft.Capacity/reservationOrders"));
    let report = report(&mock);
    assert_eq!(report["unmatched"], 1);
    let called = report["coverage"][0]["called"].as_array().unwrap();
    let get = called.iter().find(|it| it["operation"] == "getOrder").unwrap();
    assert_eq!(get["statuses"], json!({ "404": 1 }));
    assert_eq!(get["codes"], json!({ "20000": 1 }));
    assert_eq!(report["coverage"][1]["operations"]["met"], 1);
    let calls = report["fidelity"]["calls"].as_object().unwrap();
    let sum: u64 = calls.values().map(|it| it.as_u64().unwrap()).sum();
    assert_eq!(sum, report["calls"].as_u64().unwrap() - 1);
    assert_eq!(calls.len(), 5);
    for weak in report["fidelity"]["weakest"].as_array().unwrap() {
        assert!(!["recorded", "documented"].contains(&weak["fidelity"].as_str().unwrap()));
    }
}

#[test]
fn the_meter_counts_what_the_run_was_charged_and_could_get_back() {
    let mock = mock();
    let before = report(&mock);
    assert_eq!(before["money"]["usd"]["charged"], 0.0, "what the fixtures tell is not the run's");
    let made = mock.post(201, &format!("/v1/customers/{LARKSPUR}/orders"), &reservation());
    let order = mock
        .get(&format!("/v1{}?include_price=true", made["links"]["self"]["uri"].as_str().unwrap()));
    let money = &report(&mock)["money"];
    let price = order["totalPrice"].as_f64().unwrap();
    assert!(price > 0.0, "{order:#}");
    assert_eq!(money["usd"]["charged"], price);
    assert_eq!(money["byCurrency"]["USD"]["net"], price);
    let back = &money["refundable"][0];
    assert_eq!(back["customerId"], LARKSPUR);
    assert_eq!(back["refund"], price, "all of it, on the first day");
    assert!(back["freeUntil"].as_str().unwrap().starts_with("2026-03-06"));
    mock.advance("P30D");
    let money = &report(&mock)["money"];
    let back = &money["refundable"][0];
    assert!(back.get("freeUntil").is_none());
    assert!(back["fee"].as_f64().unwrap() > 0.0 && back["refund"].as_f64().unwrap() < price);
}

#[test]
fn a_purchase_over_the_cap_is_refused_in_the_words_of_each_surface() {
    let cap = |usd: i64| {
        let settings = Settings { spending_cap_usd: Some(usd.into()), ..Settings::default() };
        mock_with(|server| server.settings(settings))
    };
    let mock = cap(1);
    let path = format!("/v1/customers/{LARKSPUR}/orders");
    let told = mock.refused(403, 800_023, "POST", &path, &reservation());
    assert!(told.text.contains("the spending cap of 1 USD of this run"), "{}", told.text);
    let line = &reservation()["lineItems"][0];
    let mut cart_line = line.clone();
    cart_line["id"] = 0.into();
    cart_line["catalogItemId"] = line["offerId"].clone();
    cart_line["billingCycle"] = "one_time".into();
    let cart = json!({ "lineItems": [cart_line] });
    let cart = mock.post(201, &format!("/v1/customers/{LARKSPUR}/carts"), &cart);
    let checkout =
        format!("/v1/customers/{LARKSPUR}/carts/{}/checkout", cart["id"].as_str().unwrap());
    mock.refused(403, 800_023, "POST", &checkout, &Value::Null);
    assert_eq!(report(&mock)["money"]["capUsd"], 1.0);

    let roomy = cap(1_000_000);
    roomy.post(201, &path, &reservation());
    // What is charged counts: the same again fits once only under a cap of one and a half.
    let price = report(&roomy)["money"]["usd"]["charged"].as_f64().unwrap();
    #[allow(clippy::cast_possible_truncation)]
    let tight = cap((price * 1.5) as i64);
    tight.post(201, &path, &reservation());
    // What has just been ordered is fulfilled by the next call.
    tight.get(&path);
    tight.refused(403, 800_023, "POST", &path, &reservation());
    tight.post(200, "/_mock/reset", &Value::Null);
    tight.post(201, &path, &reservation());
}

#[test]
fn azure_refuses_a_purchase_over_the_cap() {
    let settings = Settings { spending_cap_usd: Some(1.into()), ..Settings::default() };
    let mock = mock_with(|server| server.settings(settings)).azure(LARKSPUR);
    let wanted = json!({
        "sku": { "name": "Standard_D2s_v4" }, "location": "westeurope",
        "properties": {
            "reservedResourceType": "VirtualMachines",
            "billingScopeId": "/subscriptions/7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18",
            "term": "P1Y", "billingPlan": "Upfront", "quantity": 1, "displayName": "capped",
            "appliedScopeType": "Shared", "renew": false,
        },
    });
    let priced = mock.post(200, &arm("/providers/Microsoft.Capacity/calculatePrice"), &wanted);
    let id = priced["properties"]["reservationOrderId"].as_str().unwrap();
    let path = arm(&format!("/providers/Microsoft.Capacity/reservationOrders/{id}"));
    let told = mock.azure_refused(400, "PurchaseError", "PUT", &path, &wanted);
    assert!(told.text.contains("spending cap"), "{}", told.text);
}

#[test]
fn sarif_has_the_parts_that_its_schema_requires() {
    let mock = rude();
    let answer = mock.send("GET", "/_mock/report?format=sarif", &[], "");
    assert_eq!(answer.header("content-type"), Some("application/sarif+json; charset=utf-8"));
    let log = answer.json();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "pcmock");
    let rules = driver["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 18);
    let results = run["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let at = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[at]["id"], result["ruleId"]);
        assert!(result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].is_string());
    }
    for rule in rules {
        assert!(rule["shortDescription"]["text"].is_string());
        assert!(
            rule.get("helpUri").is_none_or(|uri| uri.as_str().unwrap().starts_with("https://"))
        );
    }
}

/// Insists that each element is closed by its own end.
fn well_formed(xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in xml.split('<').skip(1).map(|rest| rest.split_once('>').unwrap().0) {
        if tag.starts_with('?') || tag.ends_with('/') {
            continue;
        }
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None => open.push(tag.split_whitespace().next().unwrap()),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn junit_has_a_test_for_each_rule() {
    let mock = rude();
    let answer = mock.send("GET", "/_mock/report?format=junit", &[], "");
    let xml = &answer.text;
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "));
    well_formed(xml);
    assert_eq!(xml.matches("<testcase ").count(), 18);
    let failures = xml.matches("<failure ").count();
    assert!(failures >= 3 && xml.contains(&format!("failures=\"{failures}\"")), "{xml}");
    assert!(xml.contains("PCM007 correlation-id-missing") && xml.contains("<system-out>"));
}

#[test]
fn the_text_reads_well() {
    let mock = rude();
    let text = mock.send("GET", "/_mock/report?format=text", &[], "").text;
    for part in [
        "4 calls, 0 of them matched no operation",
        "warning PCM011: A body has members that the service does not know [unknown-member]",
        "createOrder, once: shoeSize",
        "calls #3",
        "partner-center: 3 of",
        "USD charged",
    ] {
        assert!(text.contains(part), "`{part}` not in\n{text}");
    }
    mock.expect(400, "GET", "/_mock/report?format=pdf", &Value::Null);
}

fn pcmock(mock: &Mock, more: &[&str]) -> std::process::Output {
    let url = mock.server.base_url();
    Command::new(env!("CARGO_BIN_EXE_pcmock"))
        .args(["report", "--url", &url, "--world", &mock.world])
        .args(more)
        .output()
        .unwrap()
}

#[test]
fn the_command_line_fails_where_it_was_bad_enough() {
    let mock = rude();
    for (flags, fails) in [
        (&["--fail-on", "error"][..], true),
        (&["--fail-on", "never"], false),
        (&["--format", "junit", "--fail-on", "never"], false),
    ] {
        let output = pcmock(&mock, flags);
        assert_eq!(output.status.code(), Some(i32::from(fails)), "{flags:?} {output:?}");
        assert!(!output.stdout.is_empty());
    }
    let output = pcmock(&mock, &["--fail-on", "warning"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("findings at warning or above") && said.contains("PCM017"), "{said}");
    let clean = self::mock();
    assert_eq!(pcmock(&clean, &["--fail-on", "note"]).status.code(), Some(0));
    let file = std::env::temp_dir().join(format!("{}.sarif", mock.world));
    let path = file.to_str().unwrap();
    let output = pcmock(&mock, &["--format", "sarif", "--output", path, "--fail-on", "never"]);
    assert!(output.status.success() && output.stdout.is_empty());
    let kept = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&kept).unwrap()["version"], "2.1.0");
}

#[test]
fn the_counters_are_of_the_whole_server_and_never_go_back() {
    let mock = mock_with(|server| server);
    mock.get(&format!("/v1/customers/{LARKSPUR}"));
    mock.send("GET", "/v1/nothing", &[], "");
    let read = || mock.send("GET", "/_mock/metrics", &[], "").text;
    let line = "pcmock_requests_total{surface=\"partner-center\",operation=\"getCustomer\",status=\"200\"}";
    let lost = "pcmock_requests_total{surface=\"partner-center\",operation=\"\",status=\"404\"} 1";
    let text = read();
    assert!(text.contains(&format!("{line} 1")) && text.contains(lost), "{text}");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok() && name.starts_with("pcmock_"), "{line}");
    }
    mock.post(200, "/_mock/reset", &Value::Null);
    mock.get(&format!("/v1/customers/{LARKSPUR}"));
    let text = read();
    assert!(text.contains(&format!("{line} 2")), "{text}");
    assert!(text.contains("pcmock_request_duration_seconds_count{surface=\"partner-center\"} 3"));
    assert!(text.contains("_bucket{surface=\"partner-center\",le=\"+Inf\"} 3"));
}
