//! The ledger of the partner: every charge, credit and fee, in the order in which they came about.
//! Entries are never changed. What is refunded and why is in [`super::reservations`]; which invoice
//! shows an entry is a matter of billing.

mod entry;
mod post;

pub use entry::{Cause, EntryKind, LedgerEntry, NewEntry};
pub use post::post;
