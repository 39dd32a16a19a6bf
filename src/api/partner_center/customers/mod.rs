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
use crate::api::partner_center::fault::{APP_ONLY, Fault};
use crate::identity::token::AuthLevel;

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

/// Refuses an app-only token where not the operation but what is asked of it needs a user
/// (contract: partner-center-conventions.md §2).
fn need_user(call: &Call<'_>, what: &str) -> Result<(), Fault> {
    let checked = call.service.options.auth != AuthLevel::Off
        && call.world.published().settings.refuse_app_only;
    if checked && call.caller.is_app_only() {
        return Err(Fault::new(APP_ONLY).because(format!("{what} needs the token of a user")));
    }
    Ok(())
}
