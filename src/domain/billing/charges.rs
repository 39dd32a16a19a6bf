//! What subscriptions and software put on the ledger (contract: partner-center-billing.md, state
//! effects; which moment is charged, and how much of a cycle that is cut short, is [choice]).
//!
//! Software is charged when it is fulfilled and credited in full when it is cancelled. Licences and
//! software as a service are charged for each billing cycle at its start, by the quantity and price of
//! that moment, while they are active and their term lasts; a change of quantity counts from the next
//! cycle on. A cycle that begins late or ends early is charged by its days, and a subscription that
//! is cancelled while it can be is credited the days that are left of its cycle.

use chrono::{DateTime, Datelike, Months, Utc};
use rust_decimal::{Decimal, RoundingStrategy};

use super::issue::decimals;
use crate::domain::catalogue::ProductKind;
use crate::domain::error::Result;
use crate::domain::ids::{CustomerId, OrderId, SubscriptionId};
use crate::domain::ledger::{self, Cause, EntryKind, NewEntry};
use crate::domain::orders::{Order, OrderLine};
use crate::domain::subscriptions::{Subscription, SubscriptionKind, SubscriptionStatus};
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;

/// Charges the subscriptions that lines of a placed order made, from line `first` on, for their first
/// cycle. Azure is billed by consumption, which is not modelled, and software once it is fulfilled.
pub fn charge_lines(
    tx: &mut Transaction,
    customer: CustomerId,
    order: &OrderId,
    first: usize,
) -> Result<()> {
    let order = tx.order(customer, order)?;
    let made: Vec<SubscriptionId> = order
        .lines
        .iter()
        .skip(first)
        .filter(|line| matches!(line.kind, ProductKind::License | ProductKind::Saas))
        .filter_map(|line| line.subscription)
        .collect();
    for subscription in made {
        charge_cycle(tx, customer, subscription, Cause::Purchase)?;
    }
    Ok(())
}

/// Charges the cycle of a subscription that begins now, and sets the timer of the next one.
pub fn bill_subscription(
    tx: &mut Transaction,
    customer: CustomerId,
    id: SubscriptionId,
) -> Result<()> {
    charge_cycle(tx, customer, id, Cause::Instalment)
}

fn charge_cycle(
    tx: &mut Transaction,
    customer: CustomerId,
    id: SubscriptionId,
    cause: Cause,
) -> Result<()> {
    let now = tx.now();
    let subscription = Subscription::clone(tx.subscription(customer, id)?);
    let is_free = subscription.unit_price.is_zero();
    if is_free
        || subscription.status == SubscriptionStatus::Deleted
        || now >= subscription.commitment_end
    {
        return Ok(());
    }
    let (start, full_end) = cycle_at(&subscription, now);
    let end = full_end.min(subscription.commitment_end);
    if subscription.status == SubscriptionStatus::Active {
        let order = Order::clone(tx.order(customer, &subscription.order)?);
        let line = order.lines.iter().find(|line| line.subscription == Some(id));
        let price = subscription.unit_price;
        let whole = price.saturating_mul(Decimal::from(subscription.quantity));
        let share = share(whole, (now, end), (start, full_end));
        let entry = NewEntry {
            customer,
            kind: EntryKind::Charge,
            cause,
            amount: round(share, decimals(tx, &order.currency)),
            currency: order.currency.clone(),
            order: order.id.clone(),
            line: line.map_or(0, |line| line.number),
            reservation_order: None,
            reservation: None,
            quantity: subscription.quantity,
            unit_price: price,
            period: (now, end),
        };
        let before = tx.ledger.last().map(|(number, _)| *number);
        ledger::post(tx, entry);
        let posted = tx.ledger.last().map(|(number, _)| *number);
        if let Some(number) = posted.filter(|_| posted != before) {
            tx.subscription_charges.put((customer, id), number);
        }
    }
    if end < subscription.commitment_end {
        tx.timers.set(end, Timer::BillSubscription(customer, id));
    }
    Ok(())
}

/// The billing cycle that `now` falls into: cycles begin on the day on which the subscription took
/// effect. What is not billed by cycles has one, its term.
fn cycle_at(subscription: &Subscription, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let (first, last) = (subscription.effective_start, subscription.commitment_end);
    let Some(months) = subscription.billing_cycle.months() else { return (first, last) };
    let passed = (now.year() - first.year()) * 12 + now.month0().cast_signed()
        - first.month0().cast_signed();
    let passed = u32::try_from(passed).unwrap_or(0) / months;
    let begin = |cycle: u32| first.checked_add_months(Months::new(cycle * months));
    (passed.saturating_sub(1)..=passed + 1)
        .filter_map(|cycle| Some((begin(cycle)?, begin(cycle + 1)?)))
        .find(|(start, end)| (*start..*end).contains(&now))
        .unwrap_or((first, last))
}

/// The share of an amount that the days of `part` have in those of `whole`; all of it when they are
/// the same or `whole` has no days.
fn share(
    amount: Decimal,
    part: (DateTime<Utc>, DateTime<Utc>),
    whole: (DateTime<Utc>, DateTime<Utc>),
) -> Decimal {
    let days = |(from, to): (DateTime<Utc>, DateTime<Utc>)| {
        Decimal::from((to.date_naive() - from.date_naive()).num_days().max(0))
    };
    if part == whole || days(whole).is_zero() {
        return amount;
    }
    // Dividing first keeps large amounts within range; rounding comes at the end.
    amount
        .checked_mul(days(part))
        .and_then(|product| product.checked_div(days(whole)))
        .unwrap_or_else(|| (amount / days(whole)).saturating_mul(days(part)))
}

fn round(amount: Decimal, decimals: u32) -> Decimal {
    amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

/// Credits what is left of the running cycle of a subscription that is deleted, if it is within the
/// days in which it can be cancelled.
pub fn credit_subscription(tx: &mut Transaction, subscription: &Subscription) {
    let now = tx.now();
    let key = (subscription.customer, subscription.id);
    if !subscription.is_cancellable(now) {
        return;
    }
    let Some(number) = tx.subscription_charges.remove(&key) else { return };
    let Some(charge) = tx.ledger.get(&number).map(|row| row.entry.clone()) else { return };
    let (_, end) = charge.period;
    if now >= end {
        return;
    }
    let left = share(charge.amount, (now, end), charge.period);
    let amount = -round(left, decimals(tx, &charge.currency));
    let period = (now, end);
    let (kind, cause) = (EntryKind::Credit, Cause::Cancellation);
    ledger::post(tx, NewEntry { kind, cause, amount, period, ..charge });
}

/// Charges a line of software that has been fulfilled.
pub fn charge_software(tx: &mut Transaction, order: &Order, line: &OrderLine) {
    post_software(tx, order, line, EntryKind::Charge, Cause::Purchase);
}

/// Credits a line of software that had been fulfilled and is cancelled: all that was charged.
pub fn credit_software(tx: &mut Transaction, order: &Order, line: &OrderLine) {
    post_software(tx, order, line, EntryKind::Credit, Cause::Cancellation);
}

fn post_software(
    tx: &mut Transaction,
    order: &Order,
    line: &OrderLine,
    kind: EntryKind,
    cause: Cause,
) {
    let now = tx.now();
    let whole = line.unit_price.saturating_mul(Decimal::from(line.quantity));
    let charge = round(whole, line.decimals);
    // What is perpetual has no time that it is paid for.
    let subscription = line.subscription.and_then(|id| tx.subscription(order.customer, id).ok());
    let start = subscription.map_or(order.created, |row| row.effective_start);
    let end = match (subscription, line.term) {
        (Some(row), _) if row.kind == SubscriptionKind::Software => row.commitment_end,
        (_, Some(term)) => term.end_from(start),
        _ => start,
    };
    let (amount, period) = match kind {
        EntryKind::Credit => (-charge, (now.min(end), end)),
        EntryKind::Charge | EntryKind::Fee => (charge, (start, end)),
    };
    let entry = NewEntry {
        customer: order.customer,
        kind,
        cause,
        amount,
        currency: order.currency.clone(),
        order: order.id.clone(),
        line: line.number,
        reservation_order: None,
        reservation: None,
        quantity: line.quantity,
        unit_price: line.unit_price,
        period,
    };
    ledger::post(tx, entry);
}
