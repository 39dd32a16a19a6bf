//! How fast the mock answers over HTTP, against a bare actix-web handler that returns or parses the
//! same bytes, on the same machine in the same run: `cargo bench --bench http`. Both servers have one
//! worker; four connections keep it busy. Rounds alternate, so that whatever else the machine does
//! hits both. On Linux the ratio is that of the processor time which the servers' threads spend on a
//! request, as the kernel counts it: it holds on a busy machine too. Elsewhere it is that of the rates.

#![allow(clippy::expect_used, reason = "a bench that cannot go on has nothing to measure")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, web};
use bytes::Bytes;
use partner_center_mock::MockServer;
use partner_center_mock::domain::customers::Customer;
use partner_center_mock::domain::ids::{CustomerId, Draw};
use partner_center_mock::world::Limits;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CUSTOMER: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
const SUBSCRIPTION: &str = "2f6c8a3d-91b0-4d0b-8e2a-61a4f07d5c33";
const CAPACITY: &str = "/providers/Microsoft.Capacity";
const ORDER: &str = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
const RESERVATION: &str = "c4f1d2a7-5b6e-4a08-9f37-2d1e6c8b0a95";
const VERSION: &str = "api-version=2022-11-01";
const CONNECTIONS: usize = 4;
const ROUNDS: usize = 5;

/// What a world remembers; `BENCH_JOURNAL=0` shows what remembering costs.
fn limits() -> Limits {
    let entries = std::env::var("BENCH_JOURNAL").ok().and_then(|entries| entries.parse().ok());
    Limits { journal: entries.unwrap_or(Limits::default().journal), ..Limits::default() }
}

fn main() {
    // `cargo test` and `cargo nextest` run benches with --test or --list: nothing to measure then.
    if std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        return;
    }
    let seconds = std::env::var("BENCH_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(1.0);
    let round = Duration::from_secs_f64(seconds);
    println!(
        "{:<34} {:>10} {:>10} {:>8} {:>8} {:>6} {:>6}",
        "", "bare req/s", "mock req/s", "bare µs", "mock µs", "ratio", "bar"
    );
    for customers in [100, 100_000] {
        let before = threads();
        let mock =
            MockServer::builder().limits(limits()).start_blocking().expect("the mock starts");
        let mock_threads = new_threads(&before);
        fill(&mock, customers);
        let token = mock.token();
        let get = |path: &str| request("GET", path, &token, "");
        let label = |what: &str| format!("{what}, {customers} customers");
        let one = get(&format!("/v1/customers/{CUSTOMER}"));
        compare(&label("GET customer"), &mock, &mock_threads, &one, round, 0.8);
        let list = get("/v1/customers?size=100");
        compare(&label("GET list of 100"), &mock, &mock_threads, &list, round, 0.8);
        let azure = mock.default_world().azure_token(CUSTOMER);
        let read = |path: &str| request("GET", &format!("{path}?{VERSION}"), &azure, "");
        let reservation =
            read(&format!("{CAPACITY}/reservationOrders/{ORDER}/reservations/{RESERVATION}"));
        compare(&label("GET reservation"), &mock, &mock_threads, &reservation, round, 0.5);
        let all = read(&format!("{CAPACITY}/reservations"));
        compare(&label("GET all reservations"), &mock, &mock_threads, &all, round, 0.5);
        let orders = format!("/v1/customers/{CUSTOMER}/orders");
        let order = request("POST", &orders, &token, &order());
        compare(&label("POST order"), &mock, &mock_threads, &order, round, 0.6);
        mock.default_world().reset();
    }
}

/// Adds customers until there are so many.
fn fill(mock: &MockServer, count: usize) {
    let world = mock.default_world();
    let world = world.world();
    world
        .write(|tx| {
            let model = tx.customer(CUSTOMER.parse().expect("a GUID"))?;
            let model = Customer::clone(model);
            while tx.customers.len() < count {
                let id = CustomerId(tx.guid(Draw::Customer));
                let mut customer = model.clone();
                customer.id = id;
                customer.company_name = format!("Company {id}");
                tx.customers.put(id, customer);
            }
            Ok(())
        })
        .expect("customers are added");
}

fn order() -> String {
    serde_json::json!({
        "billingCycle": "one_time",
        "currencyCode": "USD",
        "lineItems": [{
            "lineItemNumber": 0,
            "offerId": partner_center_mock::api::partner_center::examples::reservation_item(),
            "friendlyName": "B1s east",
            "quantity": 1,
            "termDuration": "P1Y",
            "provisioningContext": { "subscriptionId": SUBSCRIPTION, "scope": "shared" },
        }],
    })
    .to_string()
}

fn request(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let content = if body.is_empty() {
        String::new()
    } else {
        format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len())
    };
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n{content}\r\n{body}"
    )
    .into_bytes()
}

fn compare(
    label: &str,
    mock: &MockServer,
    mock_threads: &[String],
    request: &[u8],
    round: Duration,
    bar: f64,
) {
    if std::env::var("BENCH_ONLY").is_ok_and(|wanted| !label.contains(&wanted)) {
        return;
    }
    let mut stream = TcpStream::connect(mock.address()).expect("the mock listens");
    let mut buffer = Vec::new();
    stream.write_all(request).expect("a request is sent");
    let (status, body) = read_response(&mut stream, &mut buffer);
    assert!(status < 300, "{label}: {status} {}", String::from_utf8_lossy(&body));
    let before = threads();
    let bare = bare_server(Bytes::from(body));
    let bare_threads = new_threads(&before);
    let mut measured = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        measured.0.push(load(bare, &bare_threads, request, round));
        measured.1.push(load(mock.address(), mock_threads, request, round));
    }
    let rate = |rounds: &[Load]| median(rounds.iter().map(|load| load.rate).collect());
    let cost = |rounds: &[Load]| median(rounds.iter().map(|load| load.micros).collect());
    let (bare_rate, mock_rate) = (rate(&measured.0), rate(&measured.1));
    let (bare_cost, mock_cost) = (cost(&measured.0), cost(&measured.1));
    let ratio = if mock_cost > 0.0 { bare_cost / mock_cost } else { mock_rate / bare_rate };
    let verdict = if ratio >= bar { "" } else { "  BELOW THE BAR" };
    println!(
        "{label:<34} {bare_rate:>10.0} {mock_rate:>10.0} {bare_cost:>8.1} {mock_cost:>8.1} {ratio:>6.2} {bar:>6.2}{verdict}"
    );
}

/// The threads of this process.
fn threads() -> Vec<String> {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return Vec::new() };
    tasks.filter_map(|task| Some(task.ok()?.file_name().to_string_lossy().into_owned())).collect()
}

/// The threads that have come since.
fn new_threads(before: &[String]) -> Vec<String> {
    // Workers come up a moment after their server answers.
    std::thread::sleep(Duration::from_millis(100));
    threads().into_iter().filter(|thread| !before.contains(thread)).collect()
}

/// Processor time that threads have spent so far, in microseconds.
fn spent(threads: &[String]) -> f64 {
    let of = |thread: &String| -> Option<f64> {
        let text = std::fs::read_to_string(format!("/proc/self/task/{thread}/schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    };
    threads.iter().filter_map(of).sum::<f64>() / 1000.0
}

/// What a round of requests gave.
struct Load {
    /// Requests per second.
    rate: f64,
    /// Microseconds of processor time per request; 0 where the kernel does not say.
    micros: f64,
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Sends requests for a round.
fn load(address: SocketAddr, server: &[String], request: &[u8], round: Duration) -> Load {
    let before = spent(server);
    let stop = Arc::new(AtomicBool::new(false));
    let started = Instant::now();
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (stop, request) = (Arc::clone(&stop), request.to_vec());
            std::thread::spawn(move || {
                let mut stream = TcpStream::connect(address).expect("the server listens");
                stream.set_nodelay(true).expect("a socket option");
                let mut buffer = Vec::with_capacity(1 << 16);
                let mut count = 0_u32;
                while !stop.load(Ordering::Relaxed) {
                    stream.write_all(&request).expect("a request is sent");
                    let (status, _) = read_response(&mut stream, &mut buffer);
                    assert!(status < 300, "{status}");
                    count += 1;
                }
                count
            })
        })
        .collect();
    std::thread::sleep(round);
    stop.store(true, Ordering::Relaxed);
    let count: u32 = threads.into_iter().map(|thread| thread.join().expect("a client")).sum();
    Load {
        rate: f64::from(count) / started.elapsed().as_secs_f64(),
        micros: (spent(server) - before) / f64::from(count),
    }
}

#[allow(clippy::large_stack_arrays, reason = "no allocation while the time is taken")]
fn read_response(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> (u16, Vec<u8>) {
    buffer.clear();
    let mut chunk = [0_u8; 1 << 16];
    loop {
        let read = stream.read(&mut chunk).expect("an answer");
        assert!(read > 0, "the server hung up");
        buffer.extend_from_slice(&chunk[..read]);
        let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end]).expect("a head in text");
        let status = head[9..12].parse().expect("a status");
        let length = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned)
            })
            .map_or(0, |text| text.trim().parse::<usize>().expect("a length"));
        while buffer.len() < end + 4 + length {
            let read = stream.read(&mut chunk).expect("the rest of an answer");
            assert!(read > 0, "the server hung up");
            buffer.extend_from_slice(&chunk[..read]);
        }
        return (status, buffer[end + 4..].to_vec());
    }
}

/// A server that parses what JSON it gets and answers these bytes.
fn bare_server(body: Bytes) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (started, wait) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = actix_web::HttpServer::new(move || {
                let body = body.clone();
                App::new().default_service(web::to(move |sent: web::Bytes| {
                    let body = body.clone();
                    async move {
                        if !sent.is_empty() {
                            let parsed: Result<serde_json::Value, _> =
                                serde_json::from_slice(&sent);
                            assert!(parsed.is_ok());
                        }
                        HttpResponse::Ok()
                            .content_type("application/json; charset=utf-8")
                            .body(body)
                    }
                }))
            })
            .workers(1)
            .listen(listener)
            .expect("a listener")
            .disable_signals()
            .run();
            started.send(()).expect("somebody waits");
            server.await.expect("a server");
        });
    });
    wait.recv().expect("a server");
    address
}
