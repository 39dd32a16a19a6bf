//! How long rules and shared machinery take, without HTTP: `cargo bench --bench domain`.

#![allow(clippy::expect_used, reason = "a bench that cannot go on has nothing to measure")]

use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use bytes::Bytes;
use divan::{Bencher, black_box};
use partner_center_mock::api::dispatch::answer;
use partner_center_mock::api::json;
use partner_center_mock::api::request::{Origin, Request};
use partner_center_mock::domain::carts::{self, NewCart};
use partner_center_mock::domain::ids::{CustomerId, ObjectId};
use partner_center_mock::domain::orders::{self, NewOrder};
use partner_center_mock::domain::purchase::LineRequest;
use partner_center_mock::domain::state::State;
use partner_center_mock::domain::transaction::Transaction;
use partner_center_mock::world::{WallClock, World, system_wall_clock};
use partner_center_mock::{Builder, MockServer};

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

fn state() -> Arc<State> {
    let builder: Builder = MockServer::builder();
    Arc::new(builder.state().expect("the default fixtures"))
}

fn customer() -> CustomerId {
    "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10".parse().expect("a GUID")
}

fn line() -> LineRequest {
    let mut line = LineRequest {
        catalog_item_id: partner_center_mock::api::partner_center::examples::reservation_item(),
        quantity: 1,
        ..LineRequest::default()
    };
    let subscription = "2f6c8a3d-91b0-4d0b-8e2a-61a4f07d5c33".to_owned();
    line.provisioning_context.insert("subscriptionId".to_owned(), subscription);
    line.provisioning_context.insert("scope".to_owned(), "shared".to_owned());
    line
}

#[divan::bench]
fn fork_a_world(bencher: Bencher<'_, '_>) {
    let seed = state();
    let wall: WallClock = Arc::new(system_wall_clock);
    bencher.bench_local(|| World::fork("bench", Arc::clone(&seed), 200, Arc::clone(&wall)));
}

#[divan::bench]
fn fork_a_world_of_100_000_customers(bencher: Bencher<'_, '_>) {
    let seed = MockServer::builder().customers(100_000).state();
    let seed = Arc::new(seed.expect("the default fixtures and more"));
    let wall: WallClock = Arc::new(system_wall_clock);
    bencher.bench_local(|| World::fork("bench", Arc::clone(&seed), 200, Arc::clone(&wall)));
}

#[divan::bench]
fn place_an_order(bencher: Bencher<'_, '_>) {
    let seed = state();
    let now = system_wall_clock();
    bencher.bench_local(|| {
        let mut tx = Transaction::begin(&seed, now);
        let new = NewOrder { lines: vec![line()], ..NewOrder::default() };
        black_box(orders::place(&mut tx, customer(), new).expect("an order"))
    });
}

#[divan::bench]
fn check_out_a_cart(bencher: Bencher<'_, '_>) {
    let seed = state();
    let now = system_wall_clock();
    let mut tx = Transaction::begin(&seed, now);
    let new = NewCart { lines: vec![(line(), Vec::new())], ..NewCart::default() };
    let cart = carts::create(&mut tx, customer(), ObjectId::FIRST, new).expect("a cart");
    let with_cart = tx.finish();
    bencher.bench_local(|| {
        let mut tx = Transaction::begin(&with_cart, now);
        black_box(carts::checkout(&mut tx, customer(), cart).expect("a checkout"))
    });
}

#[divan::bench]
fn build_the_default_world() -> Arc<State> {
    state()
}

#[divan::bench]
fn read_an_order_body(bencher: Bencher<'_, '_>) {
    let body = serde_json::json!({
        "BillingCycle": "one_time",
        "LineItems": [{ "LineItemNumber": 0, "OfferId": "a:b:c", "Quantity": 1,
            "ProvisioningContext": { "subscriptionId": "x", "scope": "shared" } }],
    })
    .to_string();
    bencher.bench_local(|| {
        let value = json::parse(body.as_bytes()).expect("JSON");
        black_box(value)
    });
}

/// Answers a request without a socket, again and again in one world.
fn answer_again(bencher: Bencher<'_, '_>, method: &str, path: &str, body: &str) {
    let mock = MockServer::start_blocking().expect("the mock starts");
    let mut headers = HeaderMap::new();
    let authorization = format!("Bearer {}", mock.token());
    headers.insert(AUTHORIZATION, HeaderValue::from_str(&authorization).expect("a token"));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    bencher.bench_local(|| {
        let mut request = Request {
            method: method.parse().expect("a method"),
            path,
            query,
            headers: &headers,
            body: Bytes::copy_from_slice(body.as_bytes()),
            origin: Origin {
                scheme: "http",
                authority: "localhost".to_owned(),
                prefix: String::new(),
            },
            proxy_user: None,
        };
        let outcome = answer(mock.service(), &mut request);
        assert!(outcome.reply.status.is_success(), "{:?}", outcome.reply);
        outcome.reply.body.len()
    });
}

#[divan::bench]
fn answer_get_customer(bencher: Bencher<'_, '_>) {
    answer_again(bencher, "GET", "/v1/customers/5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10", "");
}

#[divan::bench]
fn answer_list_customers(bencher: Bencher<'_, '_>) {
    answer_again(bencher, "GET", "/v1/customers?size=100", "");
}

#[divan::bench(sample_count = 2000)]
fn answer_post_order(bencher: Bencher<'_, '_>) {
    let body = serde_json::json!({
        "billingCycle": "one_time",
        "lineItems": [{
            "lineItemNumber": 0,
            "offerId": partner_center_mock::api::partner_center::examples::reservation_item(),
            "quantity": 1,
            "provisioningContext": { "subscriptionId": "2f6c8a3d-91b0-4d0b-8e2a-61a4f07d5c33", "scope": "shared" },
        }],
    });
    let path = "/v1/customers/5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10/orders";
    answer_again(bencher, "POST", path, &body.to_string());
}
