//! Many callers at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use crate::support::items::{cart_line, licence, lines, order};
use crate::support::{LARKSPUR, Mock, mock};

const AT_ONCE: usize = 32;

/// Calls `run` on many threads at the same moment, each with a client of its own for the same world.
fn at_once<T: Send>(mock: &Mock, run: impl Fn(&Mock) -> T + Sync) -> Vec<T> {
    let token = mock.handle().token();
    let (barrier, run, token) = (&Barrier::new(AT_ONCE), &run, &token);
    let (server, world) = (mock.server, &mock.world);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                scope.spawn(move || {
                    let own = Mock::of(server, world, token);
                    barrier.wait();
                    run(&own)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn orders_of(mock: &Mock) -> BTreeSet<String> {
    let list = mock.get(&format!("/v1/customers/{LARKSPUR}/orders"));
    let items = list["items"].as_array().unwrap().iter();
    items.map(|order| order["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn worlds_driven_in_parallel_never_see_each_other() {
    let seen: Vec<(usize, BTreeSet<String>, i64)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..50)
            .map(|number| {
                scope.spawn(move || {
                    let mock = mock();
                    let before = orders_of(&mock);
                    let orders = 1 + number % 5;
                    for _ in 0..orders {
                        let path = format!("/v1/customers/{LARKSPUR}/orders");
                        mock.post(201, &path, &order(&[cart_line(&licence(), 1)]));
                    }
                    mock.advance(&format!("PT{number}M"));
                    let made = orders_of(&mock).difference(&before).cloned().collect();
                    let now = mock.handle().now()
                        - "2026-03-01T12:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
                    (number, made, now.num_minutes())
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (number, made, minutes) in seen {
        assert_eq!((made.len(), minutes), (1 + number % 5, i64::try_from(number).unwrap()));
    }
}

#[test]
fn of_many_checkouts_of_one_cart_one_wins() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}/carts");
    let cart = mock.post(201, &path, &lines(&[cart_line(&licence(), 1)]));
    let checkout = format!("{path}/{}/checkout", cart["id"].as_str().unwrap());
    let before = orders_of(&mock);
    let answers = at_once(&mock, |own| {
        let answer = own.send("POST", &checkout, &[], "");
        (answer.status, if answer.status == 201 { 0 } else { answer.code() })
    });
    let mut counted = BTreeMap::new();
    for answer in answers {
        *counted.entry(answer).or_insert(0) += 1;
    }
    assert_eq!(counted, BTreeMap::from([((201, 0), 1), ((400, 800_065), AT_ONCE - 1)]));
    assert_eq!(orders_of(&mock).len(), before.len() + 1);
}

#[test]
fn equal_requests_at_the_same_time_are_carried_out_once() {
    let mock = mock();
    let before = orders_of(&mock);
    let body = order(&[cart_line(&licence(), 1)]).to_string();
    let send = |own: &Mock, body: &str| {
        let sent = [("MS-RequestId", "c0ffee00-0000-4000-8000-000000000001")];
        let answer = own.send("POST", &format!("/v1/customers/{LARKSPUR}/orders"), &sent, body);
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.text
    };
    let answers = at_once(&mock, |own| send(own, &body));
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(orders_of(&mock).len(), before.len() + 1);
    // The same id on another body is another call.
    let other = order(&[cart_line(&licence(), 2)]).to_string();
    assert_ne!(send(&mock, &other), answers[0]);
    assert_eq!(orders_of(&mock).len(), before.len() + 2);
}

#[test]
fn readers_see_whole_checkouts_only() {
    let mock = mock();
    let path = format!("/v1/customers/{LARKSPUR}/carts");
    let annual = {
        let mut line = cart_line(&licence(), 1);
        line["billingCycle"] = "annual".into();
        line
    };
    let start = orders_of(&mock).len();
    let counts = at_once(&mock, |own| {
        let cart = own.post(201, &path, &lines(&[cart_line(&licence(), 1), annual.clone()]));
        let checkout = format!("{path}/{}/checkout", cart["id"].as_str().unwrap());
        let result = own.post(201, &checkout, &Value::Null);
        assert_eq!(result["orderErrors"], json!([]));
        orders_of(own).len()
    });
    // Every checkout makes two orders, and no list shows one of them without the other.
    assert!(counts.iter().all(|count| (count - start).is_multiple_of(2)), "{counts:?}");
    assert_eq!(orders_of(&mock).len(), start + 2 * AT_ONCE);
}
