//! What an entry says.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::domain::ids::{CustomerId, OrderId, ReservationId, ReservationOrderId};

/// What kind of amount it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// The partner owes it.
    Charge,
    /// The partner gets it back; its amount is negative.
    Credit,
    /// An early termination fee, withheld from a credit; its amount is positive.
    Fee,
}

/// What brought it about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

/// An entry as it is made.
#[derive(Debug, Clone, PartialEq)]
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

/// An entry of the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerEntry {
    /// Number, from 1, without gaps.
    pub number: u64,
    /// When it came about.
    pub time: DateTime<Utc>,
    /// What it says.
    pub entry: NewEntry,
}
