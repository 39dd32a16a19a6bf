//! Writing to the ledger.

use super::{LedgerEntry, NewEntry};
use crate::domain::transaction::Transaction;

/// Appends an entry; nothing when the amount is zero.
pub fn post(tx: &mut Transaction, entry: NewEntry) {
    if entry.amount.is_zero() {
        return;
    }
    let number = tx.ledger.last().map_or(1, |(number, _)| number + 1);
    let time = tx.now();
    tx.ledger.put(number, LedgerEntry { number, time, entry });
}
