//! Partner Center: conventions first, then one file per resource.

pub mod codes;
pub mod correlation;
pub mod customers;
pub mod etag;
pub mod fault;
pub mod filter;
pub mod paging;
pub mod resource;

use super::operation::Operation;

/// Every operation of Partner Center.
pub fn operations() -> Vec<Operation> {
    customers::operations()
}
