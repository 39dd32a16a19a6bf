//! Many callers at once on one reservation order: whatever the interleaving, no quantity is lost or
//! made, and who loses a race is refused with the documented code.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};

use super::{Bought, bought};
use crate::support::{LARKSPUR, Mock};

/// Numbers that look random and are the same in every run (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (value ^ (value >> 31)) % below
    }
}

fn in_force(list: &Value) -> Vec<(String, i64)> {
    list["value"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["properties"]["provisioningState"] == "Succeeded")
        .map(|it| {
            let quantity = it["properties"]["quantity"].as_i64().unwrap();
            (it["name"].as_str().unwrap().to_owned(), quantity)
        })
        .collect()
}

/// Ends the watching however the changing ends: a thread that fails must not be waited for in vain.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// One random change of the order; gives what it was answered.
fn change(bought: &Bought, own: &Mock, numbers: &mut Numbers) -> (u16, String) {
    let reservations = in_force(&own.get(&bought.of_order("reservations")));
    let pick = |numbers: &mut Numbers| {
        let at = numbers.next(reservations.len() as u64);
        reservations[usize::try_from(at).unwrap()].clone()
    };
    let (id, quantity) = pick(numbers);
    let (method, path, body) = match numbers.next(4) {
        0 => {
            // No two alike: a name that a reservation has already would be refused.
            let name = format!("name {:x}", numbers.next(u64::MAX));
            ("PATCH", bought.path_of(&id), json!({ "properties": { "name": name } }))
        }
        1 | 2 => {
            let part = 1 + i64::try_from(numbers.next(9)).unwrap();
            let body = json!({ "properties": {
                "quantities": [part, quantity - part], "reservationId": bought.id_of(&id),
            } });
            ("POST", bought.of_order("split"), body)
        }
        _ => {
            let (other, _) = pick(numbers);
            let sources = [bought.id_of(&id), bought.id_of(&other)];
            ("POST", bought.of_order("merge"), json!({ "properties": { "sources": sources } }))
        }
    };
    let answer = own.send(method, &path, &[], &body.to_string());
    let code = match answer.status {
        200 => String::new(),
        _ => answer.json()["error"]["code"].as_str().unwrap().to_owned(),
    };
    (answer.status, code)
}

#[test]
fn changes_splits_and_merges_at_once_conserve_the_quantity() {
    const QUANTITY: i64 = 40;
    const THREADS: u64 = 8;
    let bought = bought(QUANTITY);
    let token = bought.mock.handle().azure_token(LARKSPUR);
    let (barrier, done) = (Barrier::new(8 + 1), AtomicBool::new(false));
    let own = || Mock::of(bought.mock.server, &bought.mock.world, &token);
    let (made, refused) = thread::scope(|scope| {
        let (bought, barrier, done, own) = (&bought, &barrier, &done, &own);
        let changing: Vec<_> = (0..THREADS)
            .map(|seed| {
                scope.spawn(move || {
                    let (own, mut numbers) = (own(), Numbers(seed));
                    barrier.wait();
                    let (mut made, mut refused) = (0, 0);
                    for _ in 0..25 {
                        match change(bought, &own, &mut numbers) {
                            (200, _) => made += 1,
                            (400, code) => {
                                let known =
                                    ["BadRequest", "OperationCannotBePerformedInCurrentState"];
                                assert!(known.contains(&code.as_str()), "{code}");
                                refused += 1;
                            }
                            other => panic!("{other:?}"),
                        }
                    }
                    (made, refused)
                })
            })
            .collect();
        // Whoever looks in between sees the whole quantity, too.
        let watching = scope.spawn(move || {
            let own = own();
            barrier.wait();
            let mut looks = 0;
            while !done.load(Ordering::Relaxed) {
                let all = in_force(&own.get(&bought.of_order("reservations")));
                assert_eq!(all.iter().map(|(_, quantity)| quantity).sum::<i64>(), QUANTITY);
                looks += 1;
            }
            looks
        });
        let ending = Ending(done);
        let counts: Vec<(u32, u32)> =
            changing.into_iter().map(|thread| thread.join().unwrap()).collect();
        drop(ending);
        assert!(watching.join().unwrap() > 5);
        counts.into_iter().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1))
    });
    assert!(made > 50 && refused > 5, "{made} made, {refused} refused");

    let (entitled, _) = bought.artifact().unwrap();
    assert_eq!(i64::try_from(entitled).unwrap(), QUANTITY, "Partner Center agrees");
    let all = bought.azure.get(&bought.of_order("reservations"));
    for reservation in all["value"].as_array().unwrap() {
        assert_eq!(reservation["properties"]["expiryDate"], "2027-03-01");
    }
    let listed = bought.azure.get(&bought.order_path());
    let references = listed["properties"]["reservations"].as_array().unwrap().len();
    assert_eq!(references, all["value"].as_array().unwrap().len());
    bought.mock.advance("P1Y");
    assert!(in_force(&bought.azure.get(&bought.of_order("reservations"))).is_empty());
    assert!(bought.artifact().is_none());
}

#[test]
fn of_many_splits_of_one_reservation_one_wins() {
    let bought = bought(2);
    let token = bought.mock.handle().azure_token(LARKSPUR);
    let body =
        json!({ "properties": { "quantities": [1, 1], "reservationId": bought.reservation } });
    let barrier = Barrier::new(16);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|_| {
                let (bought, body, barrier, token) = (&bought, &body, &barrier, &token);
                scope.spawn(move || {
                    let own = Mock::of(bought.mock.server, &bought.mock.world, token);
                    barrier.wait();
                    own.send("POST", &bought.of_order("split"), &[], &body.to_string()).status
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(in_force(&bought.azure.get(&bought.of_order("reservations"))).len(), 2);
}
