//! The mock's own routes below `/_mock`: health, worlds, clock, reset, the use of
//! reservations, support cases, corrections and payments of invoices, the list of errors.

mod bundle;
mod clock;
mod connection;
mod customers;
mod error;
mod faults;
mod health;
mod invoices;
mod journal;
mod marks;
mod report;
mod settings;
mod snapshots;
mod support;
mod throttling;
mod utilization;
mod verify;
mod worlds;

use super::operation::Operation;

pub use error::{ControlError, ControlFault};
pub use utilization::UsageBody;

/// Every control operation.
pub fn operations() -> Vec<Operation> {
    let mut operations = health::operations();
    operations.extend(worlds::operations());
    operations.extend(connection::operations());
    operations.extend(bundle::operations());
    operations.extend(snapshots::operations());
    operations.extend(marks::operations());
    operations.extend(clock::operations());
    operations.extend(settings::operations());
    operations.extend(customers::operations());
    operations.extend(utilization::operations());
    operations.extend(support::operations());
    operations.extend(invoices::operations());
    operations.extend(faults::operations());
    operations.extend(throttling::operations());
    operations.extend(journal::operations());
    operations.extend(verify::operations());
    operations.extend(report::operations());
    operations.extend(error::operations());
    operations
}
