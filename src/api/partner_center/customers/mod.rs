//! Customers, their profiles and relationships on the wire (contract: partner-center-customers.md).

mod address;
mod consents;
mod create;
mod customer;
mod list;
mod profiles;
mod relationships;
mod services;

use crate::api::call::Call;
use crate::api::operation::Operation;
use crate::api::partner_center::fault::Fault;
use crate::domain::ids::CustomerId;

pub use super::examples::CUSTOMER as EXAMPLE_CUSTOMER;
pub use address::AddressBody;
pub use customer::CustomerBody;

/// A customer of the default fixtures that has bought nothing.
pub const EXAMPLE_NEWCOMER: &str = "0e4c6a8d-7f21-4b95-9d3e-b1f5c7a9e264";

/// The operations of this family.
pub fn operations() -> Vec<Operation> {
    [
        create::operations(),
        list::operations(),
        customer::operations(),
        profiles::operations(),
        relationships::operations(),
        services::operations(),
        consents::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The customer that the path names, which must be the partner's: told before anything that is wrong
/// with the body [choice].
pub fn named(call: &Call<'_>) -> Result<CustomerId, Fault> {
    let id = call.path("customer_id")?;
    call.view().state.customer(id)?;
    Ok(id)
}
