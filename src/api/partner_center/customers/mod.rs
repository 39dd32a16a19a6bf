//! Customers and their profiles (contract: partner-center-customers.md).

mod customer;

use crate::api::operation::Operation;

pub use customer::CustomerBody;

/// The operations of this family.
pub fn operations() -> Vec<Operation> {
    customer::operations()
}
