//! Partner Center: conventions first, then one file per resource.

pub mod catalog;
pub mod codes;
pub mod correlation;
pub mod customers;
pub mod etag;
pub mod fault;
pub mod resource;
pub mod subscriptions;

use super::operation::Operation;

/// Every operation of Partner Center.
pub fn operations() -> Vec<Operation> {
    [catalog::operations(), customers::operations(), subscriptions::operations()]
        .into_iter()
        .flatten()
        .collect()
}
