//! Throttling: off by default, as documented on demand.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use partner_center_mock::Throttling;
use partner_center_mock::api::service::Options;
use partner_center_mock::api::throttle::Mode;
use serde_json::{Value, json};

use super::faults::{count_orders, customer, order, orders};
use crate::support::{LARKSPUR, Mock, PRAIRIE, arm, mock, mock_with};

fn throttled(limit: u32, window: &str) -> Mock {
    let mock = mock();
    let body = json!({ "mode": "documented", "limit": limit, "window": window });
    mock.expect(200, "PUT", "/_mock/throttling", &body);
    mock
}

fn get(mock: &Mock, path: &str) -> u16 {
    mock.send("GET", path, &[], "").status
}

#[test]
fn nobody_is_throttled_unless_asked_for() {
    let mock = mock();
    let told = mock.get("/_mock/throttling");
    assert_eq!(
        (&told["mode"], &told["limit"], &told["window"]),
        (&json!("off"), &json!(500), &json!("PT1M"))
    );
    for _ in 0..20 {
        mock.get(&customer());
    }
    assert_eq!(mock.get("/_mock/throttling")["keys"], json!([]));
}

#[test]
fn who_asks_too_often_is_told_to_wait_in_the_documented_shape() {
    let mock = throttled(2, "PT42S");
    mock.get(&customer());
    mock.get(&customer());
    let refused = mock.expect(429, "GET", &customer(), &Value::Null);
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((30..=42).contains(&seconds), "{seconds}");
    let text = format!("Rate limit is exceeded. Try again in {seconds} seconds.");
    assert_eq!(refused.json(), json!({ "statusCode": 429, "message": text }));
    assert_eq!(refused.header("x-mock-fault"), None);
    let key = &mock.get("/_mock/throttling")["keys"][0];
    assert_eq!(
        (&key["key"], &key["used"], &key["remaining"]),
        (&json!("partner"), &json!(2), &json!(0))
    );
    let budgets = mock.handle().budgets();
    assert_eq!((budgets.len(), budgets[0].used), (1, 2));
}

#[test]
fn a_window_ends_when_it_said() {
    let mock = throttled(1, "PT1S");
    let started = Instant::now();
    mock.get(&customer());
    let refused = mock.send("GET", &customer(), &[], "");
    if started.elapsed() < Duration::from_millis(900) {
        assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")));
    }
    std::thread::sleep(Duration::from_millis(1050));
    assert_eq!(mock.get("/_mock/throttling")["keys"], json!([]));
    mock.get(&customer());
}

#[test]
fn customers_below_and_the_partner_have_budgets_of_their_own() {
    let mock = throttled(1, "PT1M");
    let body = json!({ "lineItems": [] });
    let cart = |customer: &str| {
        let path = format!("/v1/customers/{customer}/carts");
        mock.send("POST", &path, &[], &body.to_string()).status
    };
    assert_ne!(cart(LARKSPUR), 429);
    assert_eq!(cart(LARKSPUR), 429);
    assert_eq!(cart(&LARKSPUR.to_uppercase()), 429);
    assert_ne!(cart(PRAIRIE), 429);
    assert_eq!(get(&mock, &customer()), 200);
    assert_eq!(get(&mock, &format!("/v1/customers/{PRAIRIE}")), 429);
    // What is not throttled goes on.
    for _ in 0..3 {
        assert_eq!(get(&mock, "/v1/customers"), 200);
    }
    let told = mock.get("/_mock/throttling");
    let keys: Vec<_> = told["keys"].as_array().unwrap().iter().map(|key| &key["key"]).collect();
    assert_eq!(keys, ["partner", "partner+customer", "partner+customer"]);
    assert_eq!(
        told["keys"].as_array().unwrap().iter().filter(|key| key["customer"] == LARKSPUR).count(),
        1
    );
}

#[test]
fn a_throttled_order_is_not_made_and_not_kept_for_a_repeat() {
    let mock = throttled(1, "PT1M");
    let before = count_orders(&mock);
    let send = || mock.send("POST", &orders(), &[("ms-requestid", "again")], &order().to_string());
    mock.send("POST", &orders(), &[], &order().to_string());
    assert_eq!(send().status, 429);
    assert_eq!(count_orders(&mock), before + 1);
    mock.expect(200, "PUT", "/_mock/throttling", &json!({ "mode": "off" }));
    assert_eq!(send().status, 201);
    assert_eq!(count_orders(&mock), before + 2);
}

#[test]
fn azure_counts_reads_and_writes_by_tenant_and_shows_what_is_left() {
    let mock = mock();
    let body = json!({
        "mode": "documented",
        "azureReads": { "limit": 2, "window": "PT1M" },
        "azureWrites": { "limit": 1 },
    });
    let told = mock.expect(200, "PUT", "/_mock/throttling", &body).json();
    assert_eq!(told["azureWrites"], json!({ "limit": 1, "window": "PT1H" }));
    let list = arm("/providers/Microsoft.Capacity/reservationOrders");
    let reads = "x-ms-ratelimit-remaining-tenant-reads";
    let azure = mock.azure(LARKSPUR);
    assert_eq!(azure.expect(200, "GET", &list, &Value::Null).header(reads), Some("1"));
    assert_eq!(azure.expect(200, "GET", &list, &Value::Null).header(reads), Some("0"));
    let refused = azure.azure_refused(429, "TooManyRequests", "GET", &list, &Value::Null);
    assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() <= 60);
    assert_eq!(refused.header(reads), Some("0"));
    assert_eq!(refused.headers.get_all(reads).iter().count(), 1);
    let other = mock.azure(PRAIRIE).expect(200, "GET", &list, &Value::Null);
    assert_eq!(other.header(reads), Some("1"));
    let price = arm("/providers/Microsoft.Capacity/calculatePrice");
    let writes = "x-ms-ratelimit-remaining-tenant-writes";
    assert_eq!(azure.send("POST", &price, &[], "{}").header(writes), Some("0"));
    assert_eq!(azure.send("POST", &price, &[], "{}").status, 429);
    let use_of = "/providers/Microsoft.Consumption/reservationSummaries?grain=monthly&api-version=2023-05-01";
    let path = format!("/providers/Microsoft.Capacity/reservationorders/{LARKSPUR}{use_of}");
    let refused = azure.send("GET", &path, &[], "");
    assert_eq!(refused.status, 429, "{}", refused.text);
    assert_eq!(
        refused.header("x-ms-ratelimit-microsoft.consumption-retry-after"),
        refused.header("retry-after")
    );
}

#[test]
fn threads_share_a_budget_to_the_call() {
    let mock = throttled(10, "PT1M");
    let (server, world, token) = (mock.server, &mock.world, mock.handle().token());
    let served = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                let mock = Mock::of(server, world, &token);
                if get(&mock, &customer()) == 200 {
                    served.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(served.into_inner(), 10);
}

#[test]
fn a_server_throttles_by_default_where_it_was_told_to_and_a_world_may_differ() {
    let throttling = Throttling::documented().budget(1, Duration::from_secs(60));
    let options = Options { throttling, ..Options::default() };
    let mock = mock_with(|builder| builder.options(options));
    assert_eq!([get(&mock, &customer()), get(&mock, &customer())], [200, 429]);
    mock.handle().throttle(Throttling { mode: Mode::Off, ..throttling });
    assert_eq!([get(&mock, &customer()), get(&mock, &customer())], [200, 200]);
    mock.post(200, "/_mock/reset", &Value::Null);
    assert_eq!([get(&mock, &customer()), get(&mock, &customer())], [200, 429]);
    let other = Mock::of(mock.server, "another", &mock.server.world("another").unwrap().token());
    assert_eq!(get(&other, &customer()), 200);
}

#[test]
fn settings_that_make_no_sense_are_refused_and_change_nothing() {
    let mock = throttled(7, "PT1M");
    for (body, place) in [
        (json!({ "mode": "sometimes" }), "mode: must be off or documented"),
        (json!({ "limit": 0 }), "limit: "),
        (json!({ "limit": -1 }), "limit: "),
        (json!({ "limit": 5_000_000_000_i64 }), "limit: "),
        (json!({ "window": "PT0S" }), "window: "),
        (json!({ "window": "-PT1S" }), "window: "),
        (json!({ "window": "P2D" }), "window: "),
        (json!({ "window": "soon" }), "window: "),
        (json!({ "limit": 3, "azureReads": { "limit": 0 } }), "azureReads.limit: "),
        (json!({ "azureWrites": { "window": "P1Y" } }), "azureWrites.window: "),
        (json!([]), ""),
    ] {
        let told = mock.expect(400, "PUT", "/_mock/throttling", &body).json();
        let told = told["error"]["message"].as_str().unwrap();
        assert!(told.starts_with(place), "{body}: {told}");
    }
    assert_eq!(mock.get("/_mock/throttling")["limit"], 7);
}

#[test]
fn what_a_path_says_makes_no_long_keys() {
    let mock = throttled(1, "PT1M");
    let handle = mock.handle();
    let list = arm("/providers/Microsoft.Capacity/reservationOrders");
    for tenant in 0..60 {
        let tenant = format!("00000000-0000-4000-8000-{tenant:012}");
        mock.with_token(&handle.azure_token(&tenant)).send("GET", &list, &[], "");
    }
    assert_eq!(handle.budgets().len(), 60);
    let long = "x".repeat(3000);
    let path = format!("/v1/customers/{long}/carts");
    mock.send("POST", &path, &[], "{}");
    let keys = handle.budgets();
    assert!(keys.iter().all(|used| used.key.parts().1.is_none_or(|customer| customer.len() <= 64)));
}
