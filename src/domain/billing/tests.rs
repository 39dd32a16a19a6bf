//! The rules of billing, by examples; that nothing is lost is in [`conservation`].

mod conservation;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::*;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::catalogue::ReservationScope;
use crate::domain::clock::Pace;
use crate::domain::error::Error;
use crate::domain::ids::{CustomerId, OrderId, SubscriptionId};
use crate::domain::ledger::Cause;
use crate::domain::orders::{self, Change, NewOrder};
use crate::domain::purchase::LineRequest;
use crate::domain::settings::{Settings, Transition};
use crate::domain::state::State;
use crate::domain::subscriptions::{self, StatusWish, SubscriptionChange, SubscriptionStatus};
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;
use crate::fixtures::{Start, default_state};
use crate::world::run_due;

const LARKSPUR: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";

/// A world whose clock a test moves.
struct Run {
    state: State,
    now: DateTime<Utc>,
}

impl Run {
    fn start() -> Self {
        let now: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
        let (pace, settings) = (Pace::Frozen, Settings::default());
        let start = Start { wall: now, time: now, pace, settings, seed: None, customers: 0 };
        Self { state: default_state(&start).unwrap(), now }
    }

    fn at(&mut self, time: &str) -> &mut Self {
        self.now = time.parse().unwrap();
        run_due(&mut self.state, self.now, &mut Vec::new());
        self
    }

    fn write<T>(
        &mut self,
        change: impl FnOnce(&mut Transaction) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut tx = Transaction::begin(&self.state, self.now);
        let answer = change(&mut tx)?;
        self.state = tx.finish();
        run_due(&mut self.state, self.now, &mut Vec::new());
        Ok(answer)
    }

    fn buy(&mut self, item: &str, cycle: BillingCycle, quantity: i64) -> Result<OrderId, Error> {
        self.write(|tx| {
            let country = tx.customer(customer())?.country().to_owned();
            let market = tx.catalogue.market(&country).unwrap();
            let (sku, term) = item.split_once(' ').unwrap_or((item, ""));
            let (product, sku) = sku.split_once(':').unwrap();
            let scope = ReservationScope::MicrosoftAzure;
            let item = tx
                .catalogue
                .availabilities(product, sku, market, None, scope)
                .unwrap()
                .into_iter()
                .find(|item| item.term().map_or("", crate::domain::term::Term::iso) == term)
                .unwrap()
                .catalog_item_id();
            let line = LineRequest {
                catalog_item_id: item,
                quantity,
                billing_cycle: cycle,
                ..LineRequest::default()
            };
            orders::place(tx, customer(), NewOrder { lines: vec![line], ..NewOrder::default() })
        })
    }

    fn subscription(&self, order: &OrderId) -> SubscriptionId {
        self.state.order(customer(), order).unwrap().lines[0].subscription.unwrap()
    }

    fn change(&mut self, order: &OrderId, change: SubscriptionChange) -> Result<(), Error> {
        let id = self.subscription(order);
        self.write(|tx| subscriptions::change(tx, customer(), id, change, |_| Ok(()))).map(|_| ())
    }

    fn be(&mut self, order: &OrderId, status: SubscriptionStatus) -> Result<(), Error> {
        let status = Some(StatusWish::Be(status));
        self.change(order, SubscriptionChange { status, ..SubscriptionChange::default() })
    }

    /// The entries of an order: when, cause, amount, the days of the period.
    fn entries(&self, order: &OrderId) -> Vec<(String, Cause, String, String)> {
        self.state
            .ledger
            .iter()
            .filter(|(_, row)| row.entry.order == *order)
            .map(|(_, row)| {
                let (from, to) = row.entry.period;
                let days = format!("{} {}", from.date_naive(), to.date_naive());
                let amount = row.entry.amount.normalize().to_string();
                (row.time.date_naive().to_string(), row.entry.cause, amount, days)
            })
            .collect()
    }
}

fn customer() -> CustomerId {
    LARKSPUR.parse().unwrap()
}

fn rows(expected: &[(&str, Cause, &str, &str)]) -> Vec<(String, Cause, String, String)> {
    let row = |(time, cause, amount, days): &(&str, Cause, &str, &str)| {
        ((*time).to_owned(), *cause, (*amount).to_owned(), (*days).to_owned())
    };
    expected.iter().map(row).collect()
}

const SEATS: &str = "CFQ7TTC0LH18:0001 P1Y";
const SERVER: &str = "DZH318Z0WS19:0002";

#[test]
fn licences_are_charged_by_the_quantity_at_the_start_of_each_cycle() {
    let mut run = Run::start();
    let order = run.buy(SEATS, BillingCycle::Monthly, 10).unwrap();
    let quantity = Some(12);
    run.at("2026-03-20T00:00:00Z");
    run.change(&order, SubscriptionChange { quantity, ..SubscriptionChange::default() }).unwrap();
    run.at("2026-04-15T00:00:00Z");
    run.be(&order, SubscriptionStatus::Suspended).unwrap();
    run.at("2026-06-15T00:00:00Z");
    run.be(&order, SubscriptionStatus::Active).unwrap();
    run.at("2026-07-02T00:00:00Z");
    assert_eq!(
        run.entries(&order),
        rows(&[
            ("2026-03-01", Cause::Purchase, "60", "2026-03-01 2026-04-01"),
            ("2026-04-01", Cause::Instalment, "72", "2026-04-01 2026-05-01"),
            ("2026-07-01", Cause::Instalment, "72", "2026-07-01 2026-08-01"),
        ])
    );
    // The charges end with the term: licences do not renew here.
    run.at("2035-01-01T00:00:00Z");
    let all = run.entries(&order);
    assert_eq!(all.len(), 2 + 8, "{all:?}");
    assert_eq!(all.last().unwrap().3, "2027-02-01 2027-03-01");
    let id = run.subscription(&order);
    let still = run
        .state
        .timers
        .iter()
        .any(|(_, timer)| matches!(timer, Timer::BillSubscription(_, known) if *known == id));
    assert!(!still);
}

#[test]
fn another_billing_cycle_is_charged_by_the_days_that_it_begins_late() {
    let mut run = Run::start();
    let order = run.buy(SEATS, BillingCycle::Monthly, 10).unwrap();
    run.at("2026-04-10T00:00:00Z");
    let change = Change { billing_cycle: BillingCycle::Annual, ..Change::default() };
    run.write(|tx| orders::change(tx, customer(), &order, change)).unwrap();
    run.at("2028-01-01T00:00:00Z");
    assert_eq!(
        run.entries(&order),
        rows(&[
            ("2026-03-01", Cause::Purchase, "60", "2026-03-01 2026-04-01"),
            ("2026-04-01", Cause::Instalment, "60", "2026-04-01 2026-05-01"),
            // 720.00 × 304/365
            ("2026-05-01", Cause::Instalment, "599.67", "2026-05-01 2027-03-01"),
        ])
    );
}

#[test]
fn a_cancellation_within_its_days_gives_back_what_is_left() {
    for (day, credit) in [
        ("2026-03-01T12:00:00Z", Some(("2026-03-01", "-60", "2026-03-01 2026-04-01"))),
        // 60.00 × 27/31
        ("2026-03-05T00:00:00Z", Some(("2026-03-05", "-52.26", "2026-03-05 2026-04-01"))),
        ("2026-03-09T00:00:00Z", None),
    ] {
        let mut run = Run::start();
        let order = run.buy(SEATS, BillingCycle::Monthly, 10).unwrap();
        run.at(day);
        let outcome = run.be(&order, SubscriptionStatus::Deleted);
        let entries = run.entries(&order);
        if let Some((time, amount, days)) = credit {
            outcome.unwrap();
            let credit = &rows(&[(time, Cause::Cancellation, amount, days)])[0];
            assert_eq!(entries[1..], *std::slice::from_ref(credit), "{day}");
            run.at("2026-09-01T00:00:00Z");
            assert_eq!(run.entries(&order).len(), 2, "{day}: charged although deleted");
        } else {
            assert_eq!(outcome, Err(Error::CancellationWindowPassed(7)));
            assert_eq!(entries.len(), 1);
        }
    }
}

#[test]
fn software_is_charged_when_it_is_fulfilled_and_credited_in_full() {
    let mut run = Run::start();
    let mut settings = Settings::default();
    settings.set_delay(Transition::OrderProvisioning, "PT1H".parse().unwrap());
    run.state.settings = settings.into();
    let order = run.buy(SERVER, BillingCycle::OneTime, 2).unwrap();
    assert!(run.entries(&order).is_empty(), "charged before it is fulfilled");
    let cancelled = run.buy(SERVER, BillingCycle::OneTime, 1).unwrap();
    let cancel = || Change { cancel: true, ..Change::default() };
    run.write(|tx| orders::change(tx, customer(), &cancelled, cancel())).unwrap();
    run.at("2026-03-02T00:00:00Z");
    assert!(run.entries(&cancelled).is_empty(), "charged or credited although never fulfilled");
    run.at("2026-03-20T00:00:00Z");
    run.write(|tx| orders::change(tx, customer(), &order, cancel())).unwrap();
    assert_eq!(
        run.entries(&order),
        rows(&[
            ("2026-03-01", Cause::Purchase, "2138", "2026-03-01 2026-03-01"),
            ("2026-03-20", Cause::Cancellation, "-2138", "2026-03-01 2026-03-01"),
        ])
    );
}

/// Sum of the one-time invoices in US dollars of a month.
fn total_of(run: &Run, month: &str) -> Decimal {
    let month: Month = month.parse().unwrap();
    let invoices = run.state.invoices.iter().filter(|(_, it)| it.month == month);
    let invoices = invoices.filter(|(_, it)| it.currency == "USD");
    invoices.filter(|(_, it)| it.kind == InvoiceKind::OneTime).map(|(_, it)| it.total).sum()
}

#[test]
fn a_credit_for_what_is_invoiced_stands_on_the_next_invoice() {
    let (mut run, mut without) = (Run::start(), Run::start());
    run.at("2026-06-10T00:00:00Z");
    let order = run.buy(SERVER, BillingCycle::OneTime, 50).unwrap();
    run.at("2026-07-01T00:00:00Z");
    let cancel = Change { cancel: true, ..Change::default() };
    run.write(|tx| orders::change(tx, customer(), &order, cancel)).unwrap();
    run.at("2026-09-01T00:00:00Z");
    without.at("2026-09-01T00:00:00Z");
    let price = Decimal::from(50 * 1069);
    for (month, difference) in [("2026-06", price), ("2026-07", -price)] {
        let (total, other) = (total_of(&run, month), total_of(&without, month));
        assert_eq!(total - other, difference, "{month}");
    }
    assert!(total_of(&run, "2026-07") < Decimal::ZERO);
}

#[test]
fn a_world_without_charges_waits_for_nothing() {
    let time: DateTime<Utc> = "2026-03-01T12:00:00Z".parse().unwrap();
    let (pace, settings) = (Pace::Frozen, Settings::default());
    let start = Start { wall: time, time, pace, settings, seed: None, customers: 0 };
    let mut state = crate::fixtures::empty_state(&start).unwrap();
    let mut fired = Vec::new();
    run_due(&mut state, "5026-03-01T12:00:00Z".parse().unwrap(), &mut fired);
    assert!(fired.is_empty() && state.next_due().is_none(), "{fired:?}");
}
