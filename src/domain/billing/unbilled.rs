//! What no invoice shows yet: an index of the ledger, and the timers that will invoice it. A month
//! without entries has no timer.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{InvoiceKind, Month};
use crate::domain::ledger::LedgerEntry;
use crate::domain::settings::Transition;
use crate::domain::state::State;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;
use crate::store::Row;

/// A currency by its three letters, upper-case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CurrencyCode([u8; 3]);

impl CurrencyCode {
    /// Reads three letters in any casing; whether there is such a currency is not checked.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 3] = text.as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The currency of an entry. Entries come from the catalogue's prices, whose currencies have
    /// three letters; anything else would be kept apart as XXX, ISO 4217's "no currency".
    fn of(entry: &LedgerEntry) -> Self {
        Self::parse(&entry.entry.currency).unwrap_or(Self(*b"XXX"))
    }
}

impl From<CurrencyCode> for String {
    fn from(code: CurrencyCode) -> Self {
        code.as_str().to_owned()
    }
}

impl TryFrom<String> for CurrencyCode {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        Self::parse(&text).ok_or("a currency code has three letters")
    }
}

impl fmt::Debug for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where an entry stands among those that no invoice shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnbilledKey {
    /// The month that it came about in.
    pub month: Month,
    /// The kind of invoice that will show it.
    pub kind: InvoiceKind,
    /// Its currency.
    pub currency: CurrencyCode,
    /// Its number.
    pub number: u64,
}

impl UnbilledKey {
    fn of(entry: &LedgerEntry) -> Self {
        Self {
            month: Month::of(entry.time),
            kind: InvoiceKind::of(entry),
            currency: CurrencyCode::of(entry),
            number: entry.number,
        }
    }

    /// The least key of a month.
    pub(super) fn first_of(month: Month) -> Self {
        let (kind, currency) = (InvoiceKind::OneTime, CurrencyCode([0; 3]));
        Self { month, kind, currency, number: 0 }
    }
}

/// The part of a key that orders the unbilled entries of one currency and kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnbilledPlace(pub Month, pub u64);

impl fmt::Display for UnbilledPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0, self.1)
    }
}

impl FromStr for UnbilledPlace {
    type Err = super::month::NotAMonth;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (month, number) = text.split_once('/').ok_or(super::month::NotAMonth)?;
        Ok(Self(month.parse()?, number.parse().map_err(|_| super::month::NotAMonth)?))
    }
}

/// Which months are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// The running month.
    Current,
    /// Months that are over and not invoiced yet: the last one, or more when invoices take longer
    /// [choice: nothing that is unbilled is in neither].
    Previous,
}

/// Puts an entry among the unbilled ones, and sets the timer that closes its month unless one is set.
pub fn await_invoice(tx: &mut Transaction, number: u64) {
    let Some(key) = tx.ledger.get(&number).map(|entry| UnbilledKey::of(entry)) else { return };
    tx.unbilled.put(key, ());
    if tx.open_months.contains(&key.month) {
        return;
    }
    tx.open_months.put(key.month, ());
    let end = key.month.end();
    let delay = tx.settings.delay(Transition::InvoiceIssue);
    if delay.is_held() {
        tx.timers.set(end, Timer::CloseMonth(key.month));
    } else {
        tx.timers.set(delay.due(end).max(end), Timer::IssueInvoices(key.month));
    }
}

/// The unbilled entries of a currency and kind in the order of their months and numbers.
pub fn unbilled(
    state: &State,
    kind: InvoiceKind,
    currency: CurrencyCode,
    period: Period,
    now: DateTime<Utc>,
) -> impl DoubleEndedIterator<Item = (UnbilledPlace, &Arc<Row<LedgerEntry>>)> {
    let current = Month::of(now);
    state
        .open_months
        .iter()
        .map(|(month, _)| *month)
        // After the clock was set back, months to come are part of the running one.
        .filter(move |month| (*month < current) == (period == Period::Previous))
        .flat_map(move |month| {
            let from = UnbilledKey { month, kind, currency, number: 0 };
            state.unbilled.range(from..=UnbilledKey { number: u64::MAX, ..from })
        })
        .filter_map(|(key, _)| {
            let entry = state.ledger.get(&key.number)?;
            Some((UnbilledPlace(key.month, key.number), entry))
        })
}
