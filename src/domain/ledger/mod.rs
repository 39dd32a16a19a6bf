//! The ledger of the partner: every charge, credit and fee, in the order in which they came about.
//! Entries are never changed. What is refunded and why is in [`super::reservations`]; which invoice
//! shows an entry is a matter of [`super::billing`].

mod entry;
mod post;

pub use entry::{Cause, EntryKind, LedgerEntry, NewEntry, Voucher};
pub(in crate::domain) use post::append;
pub use post::post;
