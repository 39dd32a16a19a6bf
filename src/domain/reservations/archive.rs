//! Hiding what is over (contract: azure-reservations.md §5.4, reservation-business-rules.md §12).

use super::record::put;
use super::{Reservation, ReservationFault, ReservationOrder, find_reservation};
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
    if reservation.state.stands() {
        return Err(ReservationFault::WrongState {
            reservation: id,
            state: reservation.state.name(),
            needed: "only what is Cancelled, Expired or Failed can be archived",
        }
        .into());
    }
    if reservation.archived != archived {
        put(tx, Reservation { archived, ..reservation });
    }
    Ok(())
}
