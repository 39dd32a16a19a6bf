//! What an entry says.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::customers::Customer;
use crate::domain::ids::{CustomerId, OrderId, ReservationId, ReservationOrderId};
use crate::domain::orders::{Order, OrderLine};
use crate::domain::subscriptions::Subscription;
use crate::store::Row;

/// What kind of amount it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EntryKind {
    /// The partner owes it.
    Charge,
    /// The partner gets it back; its amount is negative.
    Credit,
    /// An early termination fee, withheld from a credit; its amount is positive.
    Fee,
}

/// What brought it about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cause {
    /// A purchase, paid at once or by its first payment.
    Purchase,
    /// A later payment of what is paid by the month.
    Instalment,
    /// A renewal.
    Renewal,
    /// An order cancelled as a whole.
    Cancellation,
    /// A return of a reservation.
    Return,
    /// An exchange: the credit for what was given back.
    Exchange,
    /// A correction of an invoice.
    Correction,
}

/// An entry as it is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewEntry {
    /// The customer it is about. The partner pays.
    pub customer: CustomerId,
    /// Kind.
    pub kind: EntryKind,
    /// Cause.
    pub cause: Cause,
    /// Amount, in `currency` with its decimals; below zero for credits.
    pub amount: Decimal,
    /// Currency code.
    pub currency: String,
    /// The order of Partner Center.
    pub order: OrderId,
    /// Its line.
    pub line: u32,
    /// The reservation order, for reservations.
    pub reservation_order: Option<ReservationOrderId>,
    /// The reservation, where the amount is about a single one.
    pub reservation: Option<ReservationId>,
    /// How many units.
    pub quantity: u32,
    /// Price of one unit in this charge.
    pub unit_price: Decimal,
    /// The time that is paid for, or that is refunded: begin and end.
    pub period: (DateTime<Utc>, DateTime<Utc>),
}

/// The papers behind an entry, as they were when it was made. They are kept with it, because
/// customers and orders may be deleted and what was charged stays charged; they are shared with the
/// tables, so keeping them costs a pointer each.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Voucher {
    /// The customer.
    #[serde(with = "crate::store::shared::maybe")]
    pub customer: Option<Arc<Row<Customer>>>,
    /// The order.
    #[serde(with = "crate::store::shared::maybe")]
    pub order: Option<Arc<Row<Order>>>,
    /// The subscription that the line of the order made, if it made one.
    #[serde(with = "crate::store::shared::maybe")]
    pub subscription: Option<Arc<Row<Subscription>>>,
}

/// An entry of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LedgerEntry {
    /// Number, from 1, without gaps.
    pub number: u64,
    /// When it came about.
    pub time: DateTime<Utc>,
    /// What it says.
    pub entry: NewEntry,
    /// What it rests on.
    pub voucher: Voucher,
}

impl LedgerEntry {
    /// The line of the order that the entry is about.
    pub fn line(&self) -> Option<&OrderLine> {
        let order = self.voucher.order.as_ref()?;
        order.lines.iter().find(|line| line.number == self.entry.line)
    }
}
