//! The rules of Partner Center and of Azure reservations, by aggregate. Knows no HTTP, no wire
//! shapes, no wall clock and no randomness: time and identifiers come with the
//! [`transaction::Transaction`].
//!
//! What is reachable from [`state::State`] derives serde. That is the form of rows in snapshots and
//! diffs and of nothing else: no surface writes a row as it is, so rows change without regard to
//! any wire, and snapshots of an older form are refused by their version.

pub mod agreements;
pub mod audit;
pub mod authorization;
pub mod azure_subscriptions;
pub mod billing;
pub mod billing_cycle;
pub mod carts;
pub mod catalogue;
pub mod clock;
pub mod customers;
pub mod delay;
pub mod duration;
pub mod entitlements;
pub mod error;
pub mod ids;
pub mod ledger;
pub mod orders;
pub mod partner;
pub mod purchase;
pub mod reservations;
pub mod settings;
pub mod spending;
pub mod state;
pub mod subscriptions;
pub mod support;
pub mod term;
pub mod timers;
pub mod transaction;
pub mod utilization;
pub mod words;
