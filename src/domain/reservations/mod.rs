//! Azure reservations: the reservation order that a purchase makes and the reservations in it, from
//! purchase to expiry or renewal (contract: azure-reservations.md, reservation-business-rules.md).
//! What a line of a cart must say is in [`super::purchase`], who may do what in
//! [`super::authorization`].

mod archive;
mod buy;
mod change;
mod charges;
mod directory;
mod fault;
mod lifecycle;
mod lookup;
mod operation;
mod quote;
mod record;
mod reservation;
mod schedule;
mod scope;
mod split_merge;

pub use archive::set_archived;
pub use buy::{NewReservation, Offer, offer};
pub use change::{Change, change};
pub use charges::charge_instalment;
pub use directory::{DirectoryMove, change_directory};
pub use fault::ReservationFault;
pub use lifecycle::{begin, cancel_purchase, expire, renewal_of, take_effect};
pub use lookup::{find_order, find_reservation};
pub use operation::{
    LongRunning, Outcome, Step, complete as complete_operation, forget, operation,
};
pub use quote::{Quote, Quoted, forget_quote, purchase, quote};
pub use reservation::{
    AppliedScope, BillingPlan, Lineage, Reservation, ReservationOrder, ReservationState,
};
pub use schedule::{Payment, Schedule, payments};
pub use scope::{applies_to, is_valid_scope};
pub use split_merge::{Regrouping, merge, split, split_or_merge_result};

#[cfg(test)]
mod tests;
