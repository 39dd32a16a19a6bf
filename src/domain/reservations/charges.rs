//! What reservations put on the ledger: payments as they fall due, and what comes back
//! (contract: reservation-business-rules.md §2, partner-center-billing.md, state effects).
//!
//! A payment is due at the start of its day in UTC, the first one when the reservation takes effect.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use rust_decimal::Decimal;

use super::schedule::round;
use super::{Reservation, ReservationOrder};
use crate::domain::ids::{CustomerId, ReservationOrderId};
use crate::domain::ledger::{self, Cause, EntryKind, NewEntry};
use crate::domain::orders::TransactionKind;
use crate::domain::state::State;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;

/// Charges the first payment of an order that takes effect and sets the timer of the next one.
pub(super) fn begin(tx: &mut Transaction, order: &ReservationOrder) {
    let (id, _) = &order.purchase;
    let renews = tx
        .order(order.customer, id)
        .is_ok_and(|row| row.transaction == TransactionKind::SystemPurchase);
    charge(tx, order, 0, if renews { Cause::Renewal } else { Cause::Purchase });
    schedule(tx, order, 1);
}

/// Charges a payment that has fallen due and sets the timer of the one after it.
pub fn charge_instalment(
    tx: &mut Transaction,
    customer: CustomerId,
    id: ReservationOrderId,
    number: u32,
) {
    let Some(row) = tx.reservation_orders.get(&(customer, id)) else { return };
    let order = ReservationOrder::clone(row);
    charge(tx, &order, number, Cause::Instalment);
    schedule(tx, &order, number.saturating_add(1));
}

/// The reservations of an order that still pay.
fn paying<'s>(
    state: &'s State,
    order: &ReservationOrder,
) -> impl Iterator<Item = &'s Reservation> + use<'s> {
    let rows = state.reservations_of(order.customer, order.id);
    rows.filter(|row| row.is_in_force()).map(|row| &***row)
}

fn charge(tx: &mut Transaction, order: &ReservationOrder, number: u32, cause: Cause) {
    let at = number as usize;
    let (mut amount, mut quantity, mut due) = (Decimal::ZERO, 0_u32, None);
    let mut until = order.expiry;
    for reservation in paying(tx, order) {
        let payments = reservation.schedule.payments();
        let Some(payment) = payments.get(at) else { continue };
        amount += payment.amount;
        quantity = quantity.saturating_add(reservation.quantity);
        due = Some(payment.due);
        until = payments.get(at + 1).map(|next| start_of(next.due)).or(order.expiry);
    }
    let Some(due) = due else { return };
    let from = match (number, order.benefit_start) {
        (0, Some(start)) => start,
        _ => start_of(due),
    };
    let unit_price = round(amount / Decimal::from(quantity.max(1)), order.decimals);
    let period = (from, until.unwrap_or(from));
    let entry = NewEntry { quantity, unit_price, ..entry(order, cause, amount, period) };
    ledger::post(tx, entry);
}

fn schedule(tx: &mut Transaction, order: &ReservationOrder, number: u32) {
    let due = paying(tx, order)
        .find_map(|row| row.schedule.payments().get(number as usize).map(|payment| payment.due));
    if let Some(due) = due {
        let timer = Timer::ChargeInstalment(order.customer, order.id, number);
        tx.timers.set(start_of(due), timer);
    }
}

/// Gives back all that was paid for a reservation.
pub(super) fn credit_all(
    tx: &mut Transaction,
    order: &ReservationOrder,
    reservation: &Reservation,
) {
    let paid = reservation.schedule.paid(tx.now().date_naive());
    let period = (order.benefit_start.unwrap_or(order.requested), tx.now());
    credit(tx, order, reservation, Cause::Cancellation, (paid, Decimal::ZERO), period);
}

/// Gives `gross` back for a reservation, less a fee, which is an entry of its own. The period is the
/// one that is given back.
pub(super) fn credit(
    tx: &mut Transaction,
    order: &ReservationOrder,
    reservation: &Reservation,
    cause: Cause,
    (gross, fee): (Decimal, Decimal),
    period: (DateTime<Utc>, DateTime<Utc>),
) {
    let quantity = reservation.quantity;
    let per_unit = |amount: Decimal| round(amount / Decimal::from(quantity.max(1)), order.decimals);
    let credit = NewEntry {
        kind: EntryKind::Credit,
        reservation: Some(reservation.id),
        quantity,
        unit_price: per_unit(gross),
        ..entry(order, cause, -gross, period)
    };
    let withheld =
        NewEntry { kind: EntryKind::Fee, amount: fee, unit_price: per_unit(fee), ..credit.clone() };
    ledger::post(tx, credit);
    ledger::post(tx, withheld);
}

fn entry(
    order: &ReservationOrder,
    cause: Cause,
    amount: Decimal,
    period: (DateTime<Utc>, DateTime<Utc>),
) -> NewEntry {
    NewEntry {
        customer: order.customer,
        kind: EntryKind::Charge,
        cause,
        amount,
        currency: order.currency.clone(),
        order: order.purchase.0.clone(),
        line: order.purchase.1,
        reservation_order: Some(order.id),
        reservation: None,
        quantity: 0,
        unit_price: Decimal::ZERO,
        period,
    }
}

/// The moment a day begins.
pub(super) fn start_of(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}
