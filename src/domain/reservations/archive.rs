//! Hiding what is over (contract: azure-reservations.md §5.4, reservation-business-rules.md §12).

use super::record::{draft, put};
use super::{Reservation, ReservationFault, ReservationOrder, ReservationState, find_reservation};
use crate::domain::error::Result;
use crate::domain::ids::ReservationId;
use crate::domain::transaction::Transaction;

/// Archives a reservation that is over, or brings it back. Twice changes nothing [choice].
pub fn set_archived(
    tx: &mut Transaction,
    order: &ReservationOrder,
    id: ReservationId,
    archived: bool,
) -> Result<()> {
    let reservation = Reservation::clone(find_reservation(tx, order, id)?);
    let state = match reservation.state {
        ReservationState::Creating => "Creating",
        ReservationState::Succeeded => "Succeeded",
        ReservationState::Cancelled | ReservationState::Expired => {
            if let Some(mut reservation) = draft(tx, order, id)
                && reservation.archived != archived
            {
                reservation.archived = archived;
                put(tx, reservation);
            }
            return Ok(());
        }
    };
    Err(ReservationFault::WrongState {
        reservation: id,
        state,
        needed: "only what is Cancelled, Expired or Failed can be archived",
    }
    .into())
}
