//! What is valid: the rules of a country, an address, a customer's account
//! (contract: partner-center-profiles-misc.md §2).

mod address;
mod country;
mod status;

use crate::api::operation::Operation;

/// The operations of this family.
pub fn operations() -> Vec<Operation> {
    [country::operations(), address::operations(), status::operations()]
        .into_iter()
        .flatten()
        .collect()
}
