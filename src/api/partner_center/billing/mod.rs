//! Invoices, their lines, statements and balances, and what customers cost: one file per resource
//! (contract: partner-center-billing.md).

mod estimates;
mod invoice;
mod license_item;
mod line_items;
mod list;
mod one_time_item;
mod pdf;
mod service_costs;
mod statement;
mod summary;
mod words;

use crate::api::operation::Operation;

/// An invoice of the default world.
pub(in crate::api) const EXAMPLE_INVOICE: &str = "G472599262";

/// Every operation of this folder.
pub fn operations() -> Vec<Operation> {
    let mut operations = list::operations();
    operations.extend(summary::operations());
    operations.extend(estimates::operations());
    operations.extend(line_items::operations());
    operations.extend(invoice::operations());
    operations.extend(statement::operations());
    operations.extend(service_costs::operations());
    operations
}
