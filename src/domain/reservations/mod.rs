//! Azure reservations: the reservation order that a purchase makes and the reservations in it
//! (contract: azure-reservations.md §1.3, reservation-business-rules.md §1 and §7). How they are
//! bought is in [`super::purchase`].

mod purchase;
mod reservation;

pub use purchase::{cancel_purchase, expire, fulfil};
pub use reservation::{AppliedScope, Reservation, ReservationOrder, ReservationState};
