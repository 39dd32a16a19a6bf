//! Writing to the ledger.

use std::sync::Arc;

use super::{LedgerEntry, NewEntry, Voucher};
use crate::domain::billing;
use crate::domain::state::State;
use crate::domain::transaction::Transaction;

/// Appends an entry, which the next invoice will show; nothing when the amount is zero.
pub fn post(tx: &mut Transaction, entry: NewEntry) {
    if entry.amount.is_zero() {
        return;
    }
    let voucher = voucher(tx, &entry);
    let number = append(tx, entry, voucher);
    billing::await_invoice(tx, number);
}

/// Appends an entry and gives its number. Which invoice shows it is for the caller.
pub(in crate::domain) fn append(tx: &mut Transaction, entry: NewEntry, voucher: Voucher) -> u64 {
    let number = tx.ledger.last().map_or(1, |(number, _)| number + 1);
    let time = tx.now();
    tx.ledger.put(number, LedgerEntry { number, time, entry, voucher });
    number
}

fn voucher(state: &State, entry: &NewEntry) -> Voucher {
    let customer = entry.customer;
    let order = state.order(customer, &entry.order).ok();
    let line = order.and_then(|order| order.lines.iter().find(|line| line.number == entry.line));
    let subscription = line
        .and_then(|line| line.subscription)
        .and_then(|id| state.subscription(customer, id).ok());
    Voucher {
        customer: state.customers.get(&customer).map(Arc::clone),
        order: order.map(Arc::clone),
        subscription: subscription.map(Arc::clone),
    }
}
