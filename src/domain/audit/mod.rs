//! Audit records: who changed what when, with the row before and after
//! (contract: partner-center-webhooks-audit.md Part B). Not here: how a record reads on the wire, and
//! for how long it is shown.
//!
//! A rule that carries out one of the operations of the contract's table records it, in the
//! transaction that makes the change, and once the row is written: a record holds the very rows of the
//! tables, so that it costs a pointer each. Who acts is the transaction's [`Actor`].
//!
//! ```text
//! let before = Arc::clone(tx.order(customer, id)?);
//! …                                            // tx.orders.put(…) as often as the rule likes
//! audit::order_changed(tx, &before);           // records it if the row is another one now
//! audit::order_updated(tx, before, after);     // where both rows are at hand
//! audit::invoice_issued(tx, IssuedInvoice { … });
//! ```
//!
//! Carts, registrations, inventory and service requests have no operation in the table and write none.

mod actor;
mod list;
mod record;
mod write;

pub use actor::Actor;
pub use list::{AuditFilter, AuditPeriod, PeriodFault};
pub use record::{
    AuditOperation, AuditRecord, AuditResource, AuditSubject, IssuedInvoice, KEPT_DAYS, Versions,
};
pub use write::{
    agreement_created, billing_profile_updated, customer_added, customer_deleted, invoice_issued,
    order_changed, order_created, order_updated, record, relationship_removed,
    subscription_updated,
};

#[cfg(test)]
mod tests;
