//! What an invoice is, and finding them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Month;
use crate::domain::catalogue::ProductKind;
use crate::domain::error::{Error, Result};
use crate::domain::ids::{Draw, InvoiceId};
use crate::domain::ledger::LedgerEntry;
use crate::domain::state::State;
use crate::domain::transaction::Transaction;
use crate::store::Row;

/// What an invoice is about (contract: partner-center-billing.md, invoice keys).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InvoiceKind {
    /// Reservations, software, software as a service, the Azure plan: ids begin with `G`.
    OneTime,
    /// Licences that are billed by cycles: ids begin with `D`.
    Recurring,
}

impl InvoiceKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::OneTime, Self::Recurring];

    /// Word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::OneTime => "OneTime",
            Self::Recurring => "Recurring",
        }
    }

    /// The kind of invoice that shows an entry.
    pub fn of(entry: &LedgerEntry) -> Self {
        match entry.line().map(|line| line.kind) {
            Some(ProductKind::License) => Self::Recurring,
            _ => Self::OneTime,
        }
    }

    /// An id that no invoice has.
    pub(super) fn draw(self, tx: &mut Transaction) -> InvoiceId {
        const DIGITS: &[u8] = b"0123456789";
        const LETTERS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
        loop {
            let id = match self {
                Self::OneTime => format!("G{}", tx.ids.text(Draw::OneTimeInvoice, DIGITS, 9)),
                Self::Recurring => format!("D{}", tx.ids.text(Draw::RecurringInvoice, LETTERS, 9)),
            };
            let id = InvoiceId(Arc::from(id));
            if !tx.invoices.contains(&id) {
                return id;
            }
        }
    }
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DocumentType {
    /// An invoice.
    Invoice,
    /// An invoice that was voided.
    VoidNote,
    /// A correction of an invoice.
    AdjustmentNote,
}

impl DocumentType {
    /// Word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::VoidNote => "void_note",
            Self::AdjustmentNote => "adjustment_note",
        }
    }
}

/// A payment by the partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Payment {
    /// When.
    pub time: DateTime<Utc>,
    /// How much, above zero, in the currency of the invoice.
    pub amount: Decimal,
}

/// An invoice, or a correction of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Invoice {
    /// Id.
    pub id: InvoiceId,
    /// What it is about.
    pub kind: InvoiceKind,
    /// The month it is about.
    pub month: Month,
    /// Currency code.
    pub currency: String,
    /// Currency symbol.
    pub currency_symbol: String,
    /// When it was issued.
    pub issued: DateTime<Utc>,
    /// The entries of the ledger that it shows, ascending.
    pub entries: Arc<[u64]>,
    /// For a correction, the entry that each of `entries` corrects; else empty.
    pub corrected: Arc<[u64]>,
    /// Sum of its entries; below zero when there were more credits than charges.
    pub total: Decimal,
    /// What it is.
    pub document: DocumentType,
    /// For a correction, the invoice that it corrects.
    pub amends: Option<InvoiceId>,
    /// Why it corrects.
    pub reason: Option<String>,
    /// Its corrections, the oldest first.
    pub amendments: Vec<InvoiceId>,
    /// What was paid, the oldest first.
    pub payments: Vec<Payment>,
    /// Ids of its receipts for taxes, which Taiwan has.
    pub receipts: Vec<String>,
}

impl Invoice {
    /// Sum of all payments.
    pub fn paid(&self) -> Decimal {
        self.payments.iter().fold(Decimal::ZERO, |sum, it| sum.saturating_add(it.amount))
    }
}

/// The invoice or correction that a client means by an id, bare or behind the name of its kind and a
/// hyphen, in any casing.
pub fn find<'s>(state: &'s State, name: &str) -> Result<&'s Arc<Row<Invoice>>> {
    let unknown = || Error::NotFound { what: "invoice", id: name.chars().take(60).collect() };
    let (kind, bare) = match name.split_once('-') {
        None => (None, name),
        Some((prefix, bare)) => {
            let named = |kind: &InvoiceKind| kind.name().eq_ignore_ascii_case(prefix);
            (Some(InvoiceKind::ALL.into_iter().find(named).ok_or_else(unknown)?), bare)
        }
    };
    state
        .invoices
        .get(&InvoiceId::named(bare))
        .filter(|invoice| kind.is_none_or(|kind| kind == invoice.kind))
        .ok_or_else(unknown)
}

/// A condition on invoices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvoiceFilter {
    /// The date lies from the first moment, included, to the second, excluded; without the first
    /// it reaches back, without the second ahead for ever.
    Dated(Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    /// The condition does not hold.
    Not(Box<Self>),
    /// Both hold.
    Both(Box<Self>, Box<Self>),
    /// At least one holds.
    Either(Box<Self>, Box<Self>),
}

impl InvoiceFilter {
    /// Whether an invoice of that date is let through.
    pub fn admits(&self, issued: DateTime<Utc>) -> bool {
        match self {
            Self::Dated(from, to) => {
                from.is_none_or(|from| from <= issued) && to.is_none_or(|to| issued < to)
            }
            Self::Not(inner) => !inner.admits(issued),
            Self::Both(a, b) => a.admits(issued) && b.admits(issued),
            Self::Either(a, b) => a.admits(issued) || b.admits(issued),
        }
    }
}

/// The invoices that the filter lets through, the oldest first; corrections stand with what they
/// correct and not in the list.
pub fn list<'s>(
    state: &'s State,
    filter: Option<&InvoiceFilter>,
) -> impl Iterator<Item = &'s Arc<Row<Invoice>>> {
    state
        .invoice_dates
        .iter()
        .filter(move |((issued, _), _)| filter.is_none_or(|filter| filter.admits(*issued)))
        .filter_map(|((_, id), _)| state.invoices.get(id))
}
