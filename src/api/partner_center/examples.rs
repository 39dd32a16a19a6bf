//! What the examples of several operations have in common: things that exist in the default world.

use crate::domain::catalogue::{Catalogue, ReservationScope, ReservedResourceType, Segment};
use crate::domain::term::Term;

/// A customer that has something of everything.
pub const CUSTOMER: &str = "5b0e6d1c-8f0a-4a53-9d0d-3f6f2b1c7a10";
/// Its registered Microsoft Azure subscription.
pub const SUBSCRIPTION: &str = "2f6c8a3d-91b0-4d0b-8e2a-61a4f07d5c33";
/// An order of it for a reservation.
pub const ORDER: &str = "Tn4vQ8cYxR2bLmZpK6wJ_hG9sD3fA7e-1";
/// A cart of it.
pub const CART: &str = "b81f2a64-7c3e-4e0a-9d55-9a1f60c7e2d3";

/// Catalogue item of a one-year reservation of `Standard_B1s` in eastus, in US dollars.
pub fn reservation_item() -> String {
    let catalogue = Catalogue::embedded();
    let find = || {
        let sku = catalogue.reserved_sku(
            ReservedResourceType::VirtualMachines,
            "Standard_B1s",
            Some("eastus"),
            Term::P1Y,
        )?;
        let market = catalogue.market("US").ok()?;
        let items = catalogue.availabilities(
            sku.product().id(),
            &sku.id(),
            market,
            Some(Segment::Commercial),
            ReservationScope::MicrosoftAzure,
        );
        Some(items.ok()?.first()?.catalog_item_id())
    };
    find().unwrap_or_default()
}
