//! What struck answers look like on the wire, with and without TLS.

use std::time::{Duration, Instant};

use partner_center_mock::Fault;
use serde_json::{Value, json};

use super::faults::{customer, orders};
use crate::support::socket::{End, ask};
use crate::support::{Mock, mock};

fn get(mock: &Mock, tls: bool) -> crate::support::socket::Heard {
    ask(mock, tls, "GET", &customer(), &[], "")
}

#[test]
fn an_answer_that_was_not_struck_ends_in_order() {
    let mock = mock();
    for tls in [false, true] {
        let heard = get(&mock, tls);
        assert_eq!((heard.status(), heard.end), (Some(200), End::Closed), "tls {tls}");
        assert_eq!(heard.body().len(), heard.length(), "tls {tls}");
    }
}

#[test]
fn a_reset_connection_says_nothing_before() {
    let mock = mock();
    mock.handle().fault(Fault::on("getCustomer").reset()).unwrap();
    for tls in [false, true] {
        let heard = get(&mock, tls);
        assert_eq!((heard.text.as_str(), heard.end), ("", End::Reset), "tls {tls}");
    }
}

#[test]
fn only_the_connection_that_was_struck_is_reset() {
    let mock = mock();
    mock.handle().fault(Fault::on("placeOrder").reset()).unwrap();
    let heard = ask(&mock, false, "POST", &orders(), &[], "{}");
    assert_eq!(heard.end, End::Reset);
    assert_eq!(get(&mock, false).status(), Some(200));
    mock.get(&customer());
}

#[test]
fn a_truncated_body_breaks_off_after_its_beginning() {
    let mock = mock();
    let whole = mock.send("GET", &customer(), &[], "").text;
    for tls in [false, true] {
        for (amount, arrives) in [
            (json!(20), 20),
            (json!(0), 0),
            (json!("50%"), whole.len() / 2),
            (json!(0.25), whole.len() / 4),
            (json!(true), whole.len() / 2),
            (json!(1_000_000), whole.len() - 1),
        ] {
            let rule = json!({ "match": { "operation": "getCustomer" }, "truncate": amount });
            mock.post(201, "/_mock/faults", &rule);
            let heard = get(&mock, tls);
            mock.expect(204, "DELETE", "/_mock/faults", &Value::Null);
            let at = format!("tls {tls}, {amount}: {heard:?}");
            assert_eq!((heard.status(), heard.end), (Some(200), End::Reset), "{at}");
            assert_eq!(heard.length(), whole.len(), "{at}");
            assert_eq!(heard.body(), &whole[..arrives], "{at}");
            assert!(heard.text.contains("x-mock-fault: fault-"), "{at}");
        }
    }
}

#[test]
fn an_error_can_be_truncated_and_late() {
    let mock = mock();
    let fault = Fault::on("getCustomer").error("1000").truncate(5);
    mock.handle().fault(fault.latency(Duration::from_millis(150))).unwrap();
    let started = Instant::now();
    let heard = get(&mock, true);
    assert!(started.elapsed() >= Duration::from_millis(150));
    assert_eq!((heard.status(), heard.end, heard.body().len()), (Some(404), End::Reset, 5));
}

#[test]
fn a_dripping_body_arrives_whole_in_its_time() {
    let mock = mock();
    let whole = mock.send("GET", &customer(), &[], "").text;
    let piece = whole.len().div_ceil(4);
    let fault = Fault::on("getCustomer").drip(piece, Duration::from_millis(60));
    mock.handle().fault(fault).unwrap();
    for tls in [false, true] {
        let started = Instant::now();
        let heard = get(&mock, tls);
        assert!(started.elapsed() >= Duration::from_millis(240), "tls {tls}");
        assert_eq!((heard.end, heard.body()), (End::Closed, &*whole), "tls {tls}");
    }
}

#[test]
fn answers_are_held_back_as_long_as_the_rule_says() {
    let mock = mock();
    let took = |latency: Value| {
        let rule = json!({ "match": { "operation": "getCustomer" }, "latency": latency });
        mock.post(201, "/_mock/faults", &rule);
        let started = Instant::now();
        mock.get(&customer());
        mock.expect(204, "DELETE", "/_mock/faults", &Value::Null);
        started.elapsed()
    };
    assert!(took(json!("PT0.2S")) >= Duration::from_millis(200));
    assert!(took(json!({ "from": "PT0.1S", "to": "PT0.15S" })) >= Duration::from_millis(100));
    assert!(took(json!({ "mean": "PT0.1S" })) >= Duration::from_millis(100));
    assert!(took(json!({ "mean": "PT0.1S", "deviation": "PT0.01S" })) >= Duration::from_millis(40));
}

#[test]
fn a_lost_answer_can_be_late_too() {
    let mock = mock();
    let fault = Fault::on("getCustomer").lose_answer().latency(Duration::from_millis(150));
    mock.handle().fault(fault).unwrap();
    let started = Instant::now();
    assert_eq!(get(&mock, true).end, End::Reset);
    assert!(started.elapsed() >= Duration::from_millis(150));
}

#[test]
fn a_client_that_goes_away_during_a_drip_harms_nobody() {
    use std::io::Write;
    let mock = mock();
    let fault = Fault::on("getCustomer").drip(1, Duration::from_millis(50));
    mock.handle().fault(fault.times(3)).unwrap();
    for _ in 0..3 {
        let mut stream = std::net::TcpStream::connect(mock.server.address()).unwrap();
        let head = format!(
            "GET {} HTTP/1.1\r\nhost: localhost\r\nx-mock-world: {}\r\nauthorization: Bearer {}\r\n\r\n",
            customer(),
            mock.world,
            mock.handle().token()
        );
        stream.write_all(head.as_bytes()).unwrap();
        while mock.handle().faults()[0].struck == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    while mock.handle().faults()[0].struck < 3 {
        std::thread::sleep(Duration::from_millis(5));
    }
    mock.get(&customer());
}
