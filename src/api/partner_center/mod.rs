//! Partner Center: conventions first, then one file per resource.

pub mod agreements;
pub mod codes;
pub mod correlation;
pub mod customers;
pub mod domains;
pub mod etag;
pub mod fault;
pub mod filter;
pub mod paging;
pub mod profiles;
pub mod resource;
pub mod validations;

use super::operation::Operation;

/// Every operation of Partner Center.
pub fn operations() -> Vec<Operation> {
    [
        customers::operations(),
        domains::operations(),
        validations::operations(),
        agreements::operations(),
        profiles::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
