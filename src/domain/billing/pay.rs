//! Paying invoices.

use rust_decimal::Decimal;

use super::issue::decimals;
use super::{Invoice, Payment, find};
use crate::domain::error::{Error, Result};
use crate::domain::state::State;
use crate::domain::transaction::Transaction;

/// Most payments of one invoice [choice].
const MOST_PAYMENTS: usize = 100;

/// What is left to pay: the total with all corrections, less what was paid. Below zero when the
/// partner is owed.
pub fn outstanding(state: &State, invoice: &Invoice) -> Decimal {
    invoice
        .amendments
        .iter()
        .filter_map(|id| state.invoices.get(id))
        .fold(invoice.total.saturating_sub(invoice.paid()), |sum, note| {
            sum.saturating_add(note.total)
        })
}

/// Pays an invoice: `amount`, or all that is left. Nobody pays more than that [choice].
pub fn pay(tx: &mut Transaction, name: &str, amount: Option<Decimal>) -> Result<()> {
    let mut invoice = Invoice::clone(find(tx, name)?);
    if let Some(original) = &invoice.amends {
        let reason = format!("is a correction; pay {original}, which it is part of");
        return Err(Error::invalid("invoice", reason));
    }
    if invoice.payments.len() >= MOST_PAYMENTS {
        let reason = format!("has {MOST_PAYMENTS} payments, which is the most");
        return Err(Error::invalid("invoice", reason));
    }
    let left = outstanding(tx, &invoice);
    if left <= Decimal::ZERO {
        return Err(Error::invalid("invoice", format!("has nothing left to pay: {left}")));
    }
    let decimals = decimals(tx, &invoice.currency);
    let amount = amount.unwrap_or(left).normalize();
    if amount <= Decimal::ZERO || amount > left || amount.scale() > decimals {
        let reason = format!(
            "must be above 0, at most {left}, which is left to pay, and have at most {decimals} decimals"
        );
        return Err(Error::invalid("amount", reason));
    }
    invoice.payments.push(Payment { time: tx.now(), amount });
    tx.invoices.put(invoice.id.clone(), invoice);
    Ok(())
}
