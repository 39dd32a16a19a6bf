//! Partner Center: conventions first, then one file per resource.

pub mod carts;
pub mod catalog;
pub mod codes;
pub mod correlation;
pub mod customers;
pub mod entitlements;
pub mod etag;
pub mod examples;
pub mod fault;
pub mod lines;
pub mod orders;
pub mod resource;
pub mod subscriptions;

use super::operation::Operation;

/// Every operation of Partner Center.
pub fn operations() -> Vec<Operation> {
    let mut operations = customers::operations();
    operations.extend(catalog::operations());
    operations.extend(carts::operations());
    operations.extend(orders::operations());
    operations.extend(subscriptions::operations());
    operations.extend(entitlements::operations());
    operations
}
