//! Ten thousand random purchases, splits, merges, returns, exchanges, support requests and jumps of the
//! clock, for two customers with two currencies: ledger, invoices, audit trail, entitlements, orders and
//! reservations agree all the way, and neither money nor quantity is won or lost.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::super::*;
use super::{Numbers, base, start};
use crate::domain::audit::{AuditOperation, AuditSubject};
use crate::domain::catalogue::ReservedResourceType;
use crate::domain::entitlements::{EntitlementKind, entitlements_of};
use crate::domain::error::Result;
use crate::domain::ids::{CustomerId, ReservationId, TenantId};
use crate::domain::ledger::{Cause, EntryKind};
use crate::domain::orders::LineStatus;
use crate::domain::settings::{Settings, Transition};
use crate::domain::state::State;
use crate::domain::support::{self, NewCase, Origin, Tree};
use crate::domain::term::Term;
use crate::domain::transaction::Transaction;
use crate::world::run_due;
use crate::world::snapshot::Snapshot;

const CUSTOMERS: [(&str, &str); 2] = [
    ("5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10", "7e1f0b52-3c9d-4a86-b1d4-0a9c5e6f2d18"),
    ("d4a7f1c6-0e59-4b83-9c2d-8b6e4f0a2c71", "e18c5a70-4d2b-4f96-93a7-6b0f2c8d1e54"),
];
const REFUNDS: &str = "8a2e6d10-4c57-4b93-9f0e-5d31c7b2a604";

struct Run {
    state: State,
    now: DateTime<Utc>,
    numbers: Numbers,
    /// What was done, by name.
    done: BTreeMap<&'static str, u32>,
}

impl Run {
    fn begin(seed: u64, delay: &str) -> Self {
        let mut state = base();
        let mut settings = Settings::clone(&state.settings);
        for transition in [
            Transition::Refund,
            Transition::Exchange,
            Transition::ReservationChange,
            Transition::SupportStep,
            Transition::InvoiceIssue,
        ] {
            settings.set_delay(transition, delay.parse().unwrap());
        }
        state.settings = std::sync::Arc::new(settings);
        Self { state, now: start(), numbers: Numbers(seed), done: BTreeMap::new() }
    }

    fn attempt(&mut self, what: &'static str, rule: impl FnOnce(&mut Transaction) -> Result<()>) {
        run_due(&mut self.state, self.now, &mut Vec::new());
        let mut tx = Transaction::begin(&self.state, self.now);
        if rule(&mut tx).is_ok() {
            self.state = tx.finish();
            *self.done.entry(what).or_default() += 1;
        }
    }

    fn wanted(&mut self, billed: &str) -> NewReservation {
        NewReservation {
            resource_type: ReservedResourceType::VirtualMachines,
            sku: self
                .numbers
                .of(&["Standard_D2s_v4", "Standard_D4s_v4", "Standard_B1s"])
                .to_owned(),
            location: Some(self.numbers.of(&["eastus", "westeurope"]).to_owned()),
            billing_subscription: billed.parse().unwrap(),
            term: self.numbers.of(&[Term::P1Y, Term::P3Y]),
            plan: self.numbers.of(&[BillingPlan::Upfront, BillingPlan::Monthly]),
            quantity: u32::try_from(1 + self.numbers.below(9)).unwrap(),
            display_name: Some("batch".to_owned()),
            scope: AppliedScope::Shared,
            renew: self.numbers.one_in(6),
            instance_flexibility: None,
            review: None,
        }
    }

    /// A reservation of a customer, most often one in force.
    fn any(&mut self, customer: CustomerId) -> Option<(ReservationOrder, Reservation)> {
        let orders: Vec<_> = self
            .state
            .reservation_orders_of(customer)
            .map(|row| ReservationOrder::clone(row))
            .collect();
        let standing: Vec<&ReservationOrder> =
            orders.iter().filter(|order| order.state.stands()).collect();
        let order = if standing.is_empty() || self.numbers.one_in(12) {
            orders.get(usize::try_from(self.numbers.below(orders.len() as u64)).unwrap())?
        } else {
            self.numbers.of(&standing)
        };
        let rows: Vec<Reservation> = self
            .state
            .reservations_of(customer, order.id)
            .map(|row| Reservation::clone(row))
            .collect();
        let in_force: Vec<&Reservation> = rows.iter().filter(|it| it.is_in_force()).collect();
        let chosen = if in_force.is_empty() { rows.first()? } else { self.numbers.of(&in_force) };
        Some((order.clone(), chosen.clone()))
    }

    fn step(&mut self) {
        let (customer, billed) = self.numbers.of(&CUSTOMERS);
        let customer: CustomerId = customer.parse().unwrap();
        let directory = Some(TenantId::from(customer));
        match self.numbers.below(16) {
            0..=2 => {
                let wanted = self.wanted(billed);
                self.attempt("purchase", |tx| {
                    let quoted = quote(tx, customer, wanted.clone())?;
                    purchase(tx, directory, quoted.id, &wanted).map(drop)
                });
            }
            3 | 4 => {
                let Some((order, it)) = self.any(customer) else { return };
                let first = 1 + i64::try_from(self.numbers.below(u64::from(it.quantity))).unwrap();
                let parts = [first, i64::from(it.quantity) - first];
                self.attempt("split", |tx| split(tx, &order, it.id, &parts).map(drop));
            }
            5 => {
                let Some((order, it)) = self.any(customer) else { return };
                let other = self
                    .state
                    .reservations_of(customer, order.id)
                    .find(|row| row.id != it.id && row.is_in_force())
                    .map(|row| row.id);
                let Some(other) = other else { return };
                self.attempt("merge", |tx| merge(tx, &order, &[it.id, other]).map(drop));
            }
            6 | 7 => {
                let Some((order, it)) = self.any(customer) else { return };
                let part = 1 + i64::try_from(self.numbers.below(u64::from(it.quantity))).unwrap();
                self.attempt("return", |tx| {
                    let session = calculate_refund(tx, &order, it.id, part)?;
                    let request = ReturnRequest {
                        session: session.id,
                        reservation: it.id,
                        quantity: part,
                        reason: None,
                    };
                    return_reservation(tx, &order, request.clone())?;
                    // Again, by mistake.
                    return_reservation(tx, &order, request).map(drop)
                });
            }
            8 | 9 => {
                let wanted = self.wanted(billed);
                let mut returns = Vec::new();
                for _ in 0..=self.numbers.below(2) {
                    if let Some((order, it)) = self.any(customer) {
                        let part = 1 + self.numbers.below(u64::from(it.quantity));
                        let quantity = i64::try_from(part).unwrap();
                        let (order, reservation) = (order.id, it.id);
                        returns.push(ExchangeReturn { order, reservation, quantity });
                    }
                }
                let request =
                    ExchangeRequest { returns, purchases: vec![wanted], savings_plans: 0 };
                self.attempt("exchange", |tx| {
                    let made = calculate_exchange(tx, directory, &request, None)?;
                    exchange(tx, directory, made.id)
                });
            }
            10 => {
                let Some((order, it)) = self.any(customer) else { return };
                let part = 1 + self.numbers.below(u64::from(it.quantity));
                let text =
                    format!("Refund quantity {part} of reservation {}, order {}", it.id, order.id);
                self.attempt("ticket", |tx| {
                    let tree = Tree::Tenant(TenantId::from(customer));
                    let contact = support::ContactDetails {
                        first_name: "Mei".into(),
                        last_name: "Lin".into(),
                        method: support::ContactMethod::Email,
                        email: "mei@fabricore.example".into(),
                        additional_emails: Vec::new(),
                        phone: None,
                        time_zone: "Taipei Standard Time".into(),
                        country: "TWN".into(),
                        language: "en-US".into(),
                    };
                    let texts = ("Refund".to_owned(), text);
                    let topic: Uuid = REFUNDS.parse().unwrap();
                    let case = NewCase::new(tree, Origin::Azure, topic, texts, contact);
                    support::open(tx, case).map(drop)
                });
            }
            11 => {
                let Some((order, it)) = self.any(customer) else { return };
                let wanted = Change { renew: Some(!it.renew), ..Change::default() };
                self.attempt("change", |tx| change(tx, &order, it.id, wanted).map(drop));
            }
            _ => {
                let hours = self.numbers.of(&[1, 5, 24, 24 * 3, 24 * 17]);
                self.now += TimeDelta::hours(hours);
                run_due(&mut self.state, self.now, &mut Vec::new());
            }
        }
    }

    /// Everything that must hold at any moment.
    fn check(&mut self) {
        run_due(&mut self.state, self.now, &mut Vec::new());
        let (state, now) = (&self.state, self.now);
        let running: BTreeSet<(CustomerId, u64)> = state
            .operations
            .iter()
            .filter(|(_, row)| row.outcome == Outcome::Running)
            .filter_map(|(_, row)| match row.step {
                Step::Return { refund, .. } => Some((row.customer, refund)),
                _ => None,
            })
            .collect();

        // What was given back of each order, by the rules.
        let mut given: BTreeMap<_, (Decimal, u32)> = BTreeMap::new();
        for (key, refund) in state.refunds.iter().filter(|(key, _)| !running.contains(key)) {
            let _ = key;
            let sums = given.entry(refund.quote.order).or_default();
            sums.0 += refund.quote.amounts.refund();
            sums.1 += refund.quote.quantity;
        }
        for (_, exchange) in state.exchanges.iter() {
            if exchange.stage == ExchangeStage::Succeeded {
                for item in &exchange.priced.returns {
                    let sums = given.entry(item.order).or_default();
                    sums.0 += item.amounts.refund();
                    sums.1 += item.quantity;
                }
            }
        }
        // What the ledger says of each order.
        let mut booked: BTreeMap<_, Decimal> = BTreeMap::new();
        let mut fees = Decimal::ZERO;
        for (_, row) in state.ledger.iter() {
            if row.entry.kind == EntryKind::Fee {
                fees += row.entry.amount;
                assert_eq!(row.entry.cause, Cause::Return, "an exchange costs no fee");
            }
            if let Some(order) = row.entry.reservation_order {
                *booked.entry(order).or_default() += row.entry.amount;
            }
        }
        let withheld: Decimal = state
            .refunds
            .iter()
            .filter(|(key, _)| !running.contains(key))
            .map(|(_, refund)| refund.quote.amounts.fee)
            .sum();
        assert_eq!(fees, withheld);

        for (customer, _) in CUSTOMERS {
            let customer: CustomerId = customer.parse().unwrap();
            let entitled: BTreeMap<_, u32> = entitlements_of(state, customer, now)
                .unwrap()
                .into_iter()
                .filter_map(|it| match it.kind {
                    EntitlementKind::Reservation(order) => Some((order.id, it.quantity)),
                    EntitlementKind::Software => None,
                })
                .collect();
            // Those of the fixtures have a history of their own.
            let own = state.reservation_orders_of(customer).filter(|it| it.requested >= start());
            for order in own {
                let none = (Decimal::ZERO, 0);
                let given = given.get(&order.id).copied().unwrap_or(none);
                let booked = booked.get(&order.id).copied().unwrap_or_default();
                let entitled = entitled.get(&order.id).copied().unwrap_or(0);
                check_order(state, order, now, given, booked, entitled);
            }
            let consumed = consumed_refunds(state, customer, now);
            assert!(consumed <= state.settings.refunds.limit_usd, "{consumed} within a year");
        }
        self.check_bills();
        self.check_audit(&running);
    }

    /// Every entry stands on exactly one bill, or on none yet.
    fn check_bills(&self) {
        let state = &self.state;
        let mut numbers: Vec<u64> = Vec::new();
        let mut billed: BTreeMap<String, Decimal> = BTreeMap::new();
        for (_, invoice) in state.invoices.iter() {
            numbers.extend(invoice.entries.iter());
            *billed.entry(invoice.currency.clone()).or_default() += invoice.total;
        }
        for (key, _) in state.unbilled.iter() {
            let row = state.ledger.get(&key.number).unwrap();
            numbers.push(row.number);
            *billed.entry(row.entry.currency.clone()).or_default() += row.entry.amount;
        }
        numbers.sort_unstable();
        let all: Vec<u64> = state.ledger.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, all, "each entry once");
        let mut ledger: BTreeMap<String, Decimal> = BTreeMap::new();
        for (_, row) in state.ledger.iter() {
            *ledger.entry(row.entry.currency.clone()).or_default() += row.entry.amount;
        }
        assert_eq!(billed, ledger);
    }

    /// Every order and every return of late is in the audit trail.
    fn check_audit(&self, running: &BTreeSet<(CustomerId, u64)>) {
        let late = self.now - TimeDelta::days(80);
        let mut created = BTreeSet::new();
        let mut updated: BTreeMap<_, u32> = BTreeMap::new();
        for (_, record) in self.state.audit_records.iter() {
            let AuditSubject::Order(versions) = &record.subject else { continue };
            let id = versions.after.as_ref().unwrap().id.clone();
            match record.operation {
                AuditOperation::CreateOrder => assert!(created.insert(id), "created twice"),
                AuditOperation::UpdateOrder => *updated.entry(id).or_default() += 1,
                other => panic!("{other:?} of an order"),
            }
        }
        for (_, order) in self.state.orders.iter().filter(|(_, order)| order.created > late) {
            assert!(created.contains(&order.id), "nobody made {:?}", order.id);
        }
        let refunds = self.state.refunds.iter();
        for (_, refund) in refunds.filter(|(key, it)| it.time > late && !running.contains(key)) {
            let order = find_order(&self.state, None, refund.quote.order).unwrap();
            assert!(updated.get(&order.purchase.0).is_some_and(|count| *count > 0));
        }
    }
}

/// Money and quantity of one order.
fn check_order(
    state: &State,
    order: &ReservationOrder,
    now: DateTime<Utc>,
    (refunded, returned): (Decimal, u32),
    booked: Decimal,
    entitled: u32,
) {
    let rows: Vec<_> = state.reservations_of(order.customer, order.id).collect();
    let last: Vec<_> = rows
        .iter()
        .filter(|it| it.lineage.split_into.is_empty() && it.lineage.merged_into.is_none())
        .collect();
    let all: u32 = last.iter().map(|it| it.quantity).sum();
    assert_eq!(all, order.original_quantity, "no unit is lost");
    let sum = |wanted: fn(&Reservation) -> bool| -> u32 {
        last.iter().filter(|it| wanted(it)).map(|it| it.quantity).sum()
    };
    let in_force = sum(Reservation::is_in_force);
    assert_eq!(entitled, in_force, "the entitlement");
    assert_eq!(sum(|it| it.state == ReservationState::Cancelled), returned, "what was given back");
    assert_eq!(order.state.stands(), in_force > 0 || order.benefit_start.is_none());

    // The price is divided, never changed.
    if order.benefit_start.is_some() {
        let total: Decimal = last.iter().map(|it| it.schedule.total()).sum();
        assert_eq!(total, order.unit_price * Decimal::from(order.original_quantity));
    }
    // What was paid until it was given back, less what came back for it.
    let paid: Decimal = last
        .iter()
        .map(|it| it.schedule.paid(it.cancelled.map_or(now, |at| at.min(now)).date_naive()))
        .sum();
    assert_eq!(booked, paid - refunded, "the ledger of order {}", order.id);

    let (purchase, number) = &order.purchase;
    let placed = state.order(order.customer, purchase).unwrap();
    let line = placed.lines.iter().find(|line| line.number == *number).unwrap();
    let is_closed = line.status == LineStatus::Unfulfilled;
    assert_eq!(is_closed, order.state == ReservationState::Cancelled, "the order's line");
    if order.state == ReservationState::Succeeded {
        assert_eq!(line.quantity, in_force);
    }
    let mut seen: BTreeSet<ReservationId> = BTreeSet::new();
    assert!(rows.iter().all(|row| seen.insert(row.id)));
}

/// The state through a snapshot, which says the same when it is written again.
fn written_and_read(state: &State, now: DateTime<Utc>) -> State {
    let snapshot = Snapshot {
        made_by: "a test".to_owned(),
        world: "steps".to_owned(),
        taken_at: now,
        state: std::sync::Arc::new(state.clone()),
    };
    let text = snapshot.to_json().unwrap();
    let read = Snapshot::from_json(&text, &state.catalogue, now).unwrap();
    assert!(read.to_json().unwrap() == text, "written again it is another text");
    read.state_at(now)
}

fn many_steps(seed: u64, delay: &str, steps: u32, least: u32) {
    let mut run = Run::begin(seed, delay);
    for number in 0..steps {
        run.step();
        if number % 500 == 0 {
            run.check();
        }
    }
    run.now += TimeDelta::days(1200);
    run.check();
    run.state = written_and_read(&run.state, run.now);
    run.check();
    for what in ["purchase", "split", "merge", "return", "exchange", "ticket", "change"] {
        let count = run.done.get(what).copied().unwrap_or(0);
        assert!(count > least, "{what} was done {count} times: {:?}", run.done);
    }
    let by_ticket =
        run.state.refunds.iter().filter(|(_, it)| it.way == RefundWay::SupportRequest).count();
    assert!(by_ticket > 10, "{by_ticket} returns by the agent");
}

#[test]
fn everything_agrees_after_ten_thousand_steps() {
    many_steps(4, "PT0S", 10_000, 50);
}

#[test]
fn everything_agrees_when_everything_takes_time() {
    many_steps(7, "PT30H", 3_000, 15);
}
