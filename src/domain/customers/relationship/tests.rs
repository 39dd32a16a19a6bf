use super::*;
use crate::domain::customers::domain_name::DomainName;
use crate::domain::customers::{add_verified_domain, is_taken};
use crate::domain::settings::{Profile, Settings};
use crate::fixtures::{Start, default_state};

/// Has everything: subscriptions, orders, carts, reservations.
const LARKSPUR: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
/// Has one suspended subscription.
const ATELIER: &str = "3d6f0a95-2b8c-4e17-9f4a-c5e7d9b1a382";
/// Has one active subscription and nothing else.
const SUNDARAM: &str = "c8f5a1d7-3e92-4b64-a0d8-2f7e6c9b5a43";
/// Has bought nothing.
const COOLIBAH: &str = "7b9d2e4c-1a68-4f05-8d37-e6c0a5b3f918";

fn begin(profile: Profile) -> Transaction {
    let time = "2026-03-01T12:00:00Z".parse().unwrap();
    let settings = Settings { profile, ..Settings::default() };
    let pace = crate::domain::clock::Pace::Frozen;
    let start = Start { wall: time, time, pace, settings, seed: None };
    Transaction::begin(&default_state(&start).unwrap(), time)
}

fn id(text: &str) -> CustomerId {
    text.parse().unwrap()
}

#[test]
fn a_relationship_ends_only_when_nothing_is_active() {
    for (customer, refusal) in [
        (LARKSPUR, Some("reservation")),
        (SUNDARAM, Some("subscription")),
        (ATELIER, None),
        (COOLIBAH, None),
    ] {
        let mut tx = begin(Profile::Production);
        let domain = tx.customer(id(customer)).unwrap().domain.clone();
        match (remove_relationship(&mut tx, id(customer)), refusal) {
            (Ok(()), None) => {
                assert_eq!(
                    tx.customer(id(customer)).unwrap_err(),
                    Error::CustomerNotFound(customer.into())
                );
                assert!(is_taken(&tx, &DomainName::parse(&domain).unwrap()), "{domain}");
            }
            (Err(Error::CustomerStillActive(reason)), Some(refusal)) => {
                assert!(reason.starts_with(refusal), "{customer}: {reason}");
                assert!(tx.customer(id(customer)).is_ok());
            }
            other => panic!("{customer}: {other:?}"),
        }
    }
}

#[test]
fn an_order_that_waits_stands_in_the_way() {
    let mut tx = begin(Profile::Production);
    let order = tx.orders_of(id(ATELIER)).next().unwrap();
    let order = Order { status: OrderStatus::Pending, ..Order::clone(order) };
    tx.orders.put((id(ATELIER), order.id.clone()), order);
    let refusal = remove_relationship(&mut tx, id(ATELIER)).unwrap_err().to_string();
    assert!(refusal.contains("not fulfilled"), "{refusal}");
}

#[test]
fn customers_are_deleted_in_sandboxes_only() {
    let mut tx = begin(Profile::Production);
    assert_eq!(delete(&mut tx, id(COOLIBAH)), Err(Error::SandboxOnly("deleting a customer")));
    assert!(tx.customer(id(COOLIBAH)).is_ok());
}

#[test]
fn a_deleted_customer_leaves_nothing_behind() {
    let mut tx = begin(Profile::Sandbox);
    let customer = id(LARKSPUR);
    add_verified_domain(&mut tx, customer, "name", "larkspur.example").unwrap();
    let refusal = delete(&mut tx, customer).unwrap_err().to_string();
    assert!(refusal.starts_with("reservation"), "{refusal}");

    let from = (customer, ReservationOrderId::FIRST, ReservationId::FIRST);
    let to = (customer, ReservationOrderId::LAST, ReservationId::LAST);
    for key in keys(tx.reservations.range(from..=to)) {
        let mut reservation =
            crate::domain::reservations::Reservation::clone(tx.reservations.get(&key).unwrap());
        reservation.state = ReservationState::Cancelled;
        tx.reservations.put(key, reservation);
    }
    let refusal = delete(&mut tx, customer).unwrap_err().to_string();
    assert!(refusal.starts_with("order"), "{refusal}");
    for key in keys(tx.orders.range((customer, OrderId::first())..=(customer, OrderId::last()))) {
        let mut order = Order::clone(tx.orders.get(&key).unwrap());
        order.status = OrderStatus::Cancelled;
        tx.orders.put(key, order);
    }

    let others = (tx.orders.len(), tx.subscriptions.len(), tx.agreements.len());
    let own = (
        tx.orders_of(customer).count(),
        tx.subscriptions_of(customer).count(),
        tx.agreements_of(customer).count(),
    );
    assert!(own.0 > 0 && own.1 > 0 && own.2 > 0, "the fixture no longer fits: {own:?}");
    delete(&mut tx, customer).unwrap();
    assert_eq!(
        (tx.orders.len(), tx.subscriptions.len(), tx.agreements.len()),
        (others.0 - own.0, others.1 - own.1, others.2 - own.2)
    );
    assert_eq!(tx.orders_of(customer).count(), 0);
    assert_eq!(tx.reservation_orders_of(customer).count(), 0);
    assert_eq!(tx.reservations.range(from..=to).count(), 0);
    assert_eq!(tx.carts.range((customer, CartId::FIRST)..=(customer, CartId::LAST)).count(), 0);
    assert!(tx.timers.iter().all(|(_, timer)| timer.customer() != customer));
    for domain in ["larkspurfoods.onmicrosoft.com", "larkspur.example"] {
        assert!(!is_taken(&tx, &DomainName::parse(domain).unwrap()), "{domain}");
    }
}
