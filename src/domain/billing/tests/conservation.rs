//! Whatever is bought, cancelled, corrected and paid, and wherever the clock goes: every entry of the
//! ledger is in one place, and the sums agree.

use std::collections::BTreeMap;

use chrono::Days;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Run, SEATS, SERVER, customer};
use crate::domain::billing::*;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::catalogue::ProductKind;
use crate::domain::ids::OrderId;
use crate::domain::ledger::{Cause, EntryKind, NewEntry, post};
use crate::domain::orders::{self, Change};
use crate::domain::settings::{Settings, Transition};
use crate::domain::state::State;
use crate::domain::subscriptions::{SubscriptionChange, SubscriptionStatus};
use crate::domain::timers::Timer;
use crate::world::run_due;

/// What may happen.
#[derive(Debug, Clone)]
enum Event {
    Entry { cents: i64, currency: usize, of_licence: bool },
    Advance { days: u64 },
    SetBack { days: u64 },
    Delay(usize),
    Buy { item: usize, quantity: i64 },
    Cancel(usize),
    Be(usize, usize),
    Quantity(usize, i64),
    Amend { invoice: usize, line: usize, cents: i64 },
    Void(usize),
    Pay(usize),
}

fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (-50_000..50_000_i64, 0..3_usize, any::<bool>())
            .prop_map(|(cents, currency, of_licence)| Event::Entry { cents, currency, of_licence }),
        4 => (0..70_u64).prop_map(|days| Event::Advance { days }),
        1 => (0..40_u64).prop_map(|days| Event::SetBack { days }),
        1 => (0..3_usize).prop_map(Event::Delay),
        3 => (0..5_usize, 2..20_i64).prop_map(|(item, quantity)| Event::Buy { item, quantity }),
        1 => any::<usize>().prop_map(Event::Cancel),
        2 => (any::<usize>(), 0..3_usize).prop_map(|(order, status)| Event::Be(order, status)),
        1 => (any::<usize>(), 1..30_i64).prop_map(|(order, seats)| Event::Quantity(order, seats)),
        2 => (any::<usize>(), 0..4_usize, -20_000..20_000_i64)
            .prop_map(|(invoice, line, cents)| Event::Amend { invoice, line, cents }),
        1 => any::<usize>().prop_map(Event::Void),
        1 => any::<usize>().prop_map(Event::Pay),
    ]
}

const CURRENCIES: [&str; 3] = ["USD", "EUR", "JPY"];

impl Run {
    /// Lets it happen; what the rules refuse does not.
    fn happen(&mut self, event: Event, orders: &mut Vec<OrderId>) {
        let chosen = |index: usize, from: &[OrderId]| {
            (!from.is_empty()).then(|| from[index % from.len()].clone())
        };
        let invoice = |index: usize, state: &State| {
            let ids: Vec<String> = state.invoices.iter().map(|(id, _)| id.to_string()).collect();
            (!ids.is_empty()).then(|| ids[index % ids.len()].clone())
        };
        match event {
            Event::Entry { cents, currency, of_licence } => {
                let known = self
                    .state
                    .orders_of(customer())
                    .find(|order| (order.lines[0].kind == ProductKind::License) == of_licence);
                let order = known.unwrap().id.clone();
                let currency = CURRENCIES[currency];
                let amount = Decimal::new(cents, if currency == "JPY" { 0 } else { 2 });
                let (now, negative) = (self.now, cents < 0);
                self.write(|tx| {
                    post(
                        tx,
                        NewEntry {
                            customer: customer(),
                            kind: if negative { EntryKind::Credit } else { EntryKind::Charge },
                            cause: Cause::Purchase,
                            amount,
                            currency: currency.to_owned(),
                            order,
                            line: 0,
                            reservation_order: None,
                            reservation: None,
                            quantity: 1,
                            unit_price: amount.abs(),
                            period: (now, now),
                        },
                    );
                    Ok(())
                })
                .unwrap();
            }
            Event::Advance { days } => {
                self.now = self.now + Days::new(days);
                run_due(&mut self.state, self.now, &mut Vec::new());
            }
            Event::SetBack { days } => self.now = self.now - Days::new(days),
            Event::Delay(index) => {
                let mut settings = Settings::clone(&self.state.settings);
                let delay = ["PT0S", "P10D", "P45D"][index].parse().unwrap();
                settings.set_delay(Transition::InvoiceIssue, delay);
                self.state.settings = settings.into();
            }
            Event::Buy { item, quantity } => {
                let (item, cycle) = [
                    (SEATS, BillingCycle::Monthly),
                    (SEATS, BillingCycle::Annual),
                    (SERVER, BillingCycle::OneTime),
                    ("DZH318Z0NFA1:0001 P1M", BillingCycle::Monthly),
                    ("DZH318Z0WSSB:0001 P1Y", BillingCycle::OneTime),
                ][item];
                orders.push(self.buy(item, cycle, quantity).unwrap());
            }
            Event::Cancel(index) => {
                let Some(order) = chosen(index, orders) else { return };
                let change = Change { cancel: true, ..Change::default() };
                let _ = self.write(|tx| orders::change(tx, customer(), &order, change));
            }
            Event::Be(index, status) => {
                use SubscriptionStatus::{Active, Deleted, Suspended};
                let Some(order) = chosen(index, orders) else { return };
                let row = self.state.order(customer(), &order).unwrap();
                if row.lines[0].subscription.is_some() {
                    let _ = self.be(&order, [Active, Suspended, Deleted][status]);
                }
            }
            Event::Quantity(index, seats) => {
                let Some(order) = chosen(index, orders) else { return };
                let row = self.state.order(customer(), &order).unwrap();
                if row.lines[0].subscription.is_some() {
                    let quantity = Some(seats);
                    let change = SubscriptionChange { quantity, ..SubscriptionChange::default() };
                    let _ = self.change(&order, change);
                }
            }
            Event::Amend { invoice: index, line, cents } => {
                let Some(id) = invoice(index, &self.state) else { return };
                let amount = Decimal::new(cents, 2);
                let lines = Correction::Lines(vec![LineCorrection { line, amount }]);
                let _ = self.write(|tx| amend(tx, &id, None, lines));
            }
            Event::Void(index) => {
                let Some(id) = invoice(index, &self.state) else { return };
                let _ = self.write(|tx| amend(tx, &id, None, Correction::Void));
            }
            Event::Pay(index) => {
                let Some(id) = invoice(index, &self.state) else { return };
                let _ = self.write(|tx| pay(tx, &id, None));
            }
        }
    }

    /// Every entry is in one place, and the sums agree.
    fn check(&self) {
        let state = &self.state;
        let mut places: BTreeMap<u64, usize> = BTreeMap::new();
        let mut shown: BTreeMap<&str, Decimal> = BTreeMap::new();
        for (id, invoice) in state.invoices.iter() {
            let mut sum = Decimal::ZERO;
            for number in invoice.entries.iter() {
                let row = state.ledger.get(number).unwrap();
                *places.entry(*number).or_default() += 1;
                assert_eq!(row.entry.currency, invoice.currency, "{id:?}");
                assert_eq!(InvoiceKind::of(row), invoice.kind, "{id:?}");
                sum += row.entry.amount;
            }
            assert!(invoice.entries.is_sorted());
            assert_eq!(sum, invoice.total, "{id:?}");
            *shown.entry(&invoice.currency).or_default() += invoice.total;
            if invoice.document == DocumentType::VoidNote {
                assert_eq!(outstanding(state, invoice), -invoice.paid(), "{id:?}");
            }
        }
        for (key, _) in state.unbilled.iter() {
            let row = state.ledger.get(&key.number).unwrap();
            *places.entry(key.number).or_default() += 1;
            *shown.entry(&row.entry.currency).or_default() += row.entry.amount;
            assert!(state.open_months.contains(&key.month), "{key:?} waits for nothing");
        }
        let mut charged: BTreeMap<&str, Decimal> = BTreeMap::new();
        for (number, row) in state.ledger.iter() {
            assert_eq!(places.get(number), Some(&1), "entry {number}");
            *charged.entry(&row.entry.currency).or_default() += row.entry.amount;
        }
        assert_eq!(places.len(), state.ledger.len());
        assert_eq!(shown, charged);
        for (month, _) in state.open_months.iter() {
            let timers = state.timers.iter().filter(|(_, it)| **it == Timer::IssueInvoices(*month));
            assert_eq!(timers.count(), 1, "{month}");
        }
        // The balances tell what the invoices do.
        for balance in balances(state) {
            let owed: Decimal = state
                .invoices
                .iter()
                .filter(|(_, it)| it.currency == balance.currency && it.amends.is_none())
                .map(|(_, it)| outstanding(state, it))
                .sum();
            assert_eq!(balance.whole().balance, owed);
            let kinds: Decimal = balance.kinds.iter().map(|(_, it)| it.balance).sum();
            assert_eq!(kinds, owed);
        }
    }

    /// What the lists of unbilled entries show, by both periods.
    fn listed(&self) -> usize {
        let mut count = 0;
        for currency in CURRENCIES.iter().chain(&["GBP", "CAD"]) {
            let code = CurrencyCode::parse(currency).unwrap();
            for kind in InvoiceKind::ALL {
                for period in [Period::Current, Period::Previous] {
                    let places: Vec<UnbilledPlace> =
                        unbilled(&self.state, kind, code, period, self.now)
                            .map(|(place, _)| place)
                            .collect();
                    assert!(places.is_sorted());
                    count += places.len();
                }
            }
        }
        count
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_is_lost_or_counted_twice(events in prop::collection::vec(events(), 1..40)) {
        let mut run = Run::start();
        let mut orders = Vec::new();
        run.check();
        for event in events {
            run.happen(event, &mut orders);
            run.check();
            prop_assert_eq!(run.listed(), run.state.unbilled.len());
        }
    }
}
