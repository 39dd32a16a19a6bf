//! What one customer cost the partner in a month (contract: partner-center-billing.md, operations).

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Month, UnbilledKey};
use crate::domain::error::Result;
use crate::domain::ids::CustomerId;
use crate::domain::ledger::LedgerEntry;
use crate::domain::state::State;
use crate::store::Row;

/// Which month is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CostPeriod {
    /// The month of the partner's last invoices.
    MostRecent,
    /// The running month, not invoiced yet.
    Current,
}

/// What a customer cost in a month.
#[derive(Debug, Clone)]
pub struct Costs {
    /// The month.
    pub month: Month,
    /// Currency code: that of the customer's last entry in the month, else of its market.
    pub currency: String,
    /// The entries in that currency, ascending.
    pub entries: Vec<Arc<Row<LedgerEntry>>>,
}

/// The costs of a customer. Without any invoices the most recent month is the last one, in which
/// nothing was charged.
pub fn costs_of(
    state: &State,
    customer: CustomerId,
    period: CostPeriod,
    now: DateTime<Utc>,
) -> Result<Costs> {
    let row = state.customer(customer)?;
    let own = |number: &u64| {
        state.ledger.get(number).filter(|row| row.entry.customer == customer).cloned()
    };
    let (month, mut entries): (Month, Vec<_>) = match period {
        CostPeriod::Current => {
            let month = Month::of(now);
            let all = UnbilledKey::first_of(month)..UnbilledKey::first_of(month.next());
            (month, state.unbilled.range(all).filter_map(|(key, _)| own(&key.number)).collect())
        }
        CostPeriod::MostRecent => {
            let invoices = || {
                state.invoice_dates.iter().rev().filter_map(|((_, id), _)| state.invoices.get(id))
            };
            let month = invoices().next().map(|invoice| invoice.month);
            let entries = invoices()
                .take_while(|invoice| Some(invoice.month) == month)
                .flat_map(|invoice| invoice.entries.iter().filter_map(own))
                .collect();
            (month.unwrap_or_else(|| Month::of(now).previous()), entries)
        }
    };
    entries.sort_by_key(|row| row.number);
    let market = state.catalogue.market(row.country());
    let currency = entries.last().map_or_else(
        || market.map_or("USD", |market| market.currency().code()).to_owned(),
        |row| row.entry.currency.clone(),
    );
    entries.retain(|row| row.entry.currency == currency);
    Ok(Costs { month, currency, entries })
}
