//! Writing orders and reservations: every write of a reservation is a revision, and revisions are kept
//! (contract: azure-reservations.md §1 etag, §3.7).

use std::sync::Arc;

use super::{Reservation, ReservationOrder, find_order, find_reservation};
use crate::domain::ids::{ReservationId, ReservationOrderId};
use crate::domain::state::State;
use crate::domain::transaction::Transaction;
use crate::store::{Row, Shared};

/// Most revisions kept of a reservation; the oldest go first [choice].
const MOST_REVISIONS: u32 = 1000;

/// Writes an order.
pub(super) fn put_order(tx: &mut Transaction, mut order: ReservationOrder) {
    order.etag += 1;
    tx.reservation_orders.put((order.customer, order.id), order);
}

/// Writes a reservation as its next revision.
pub(super) fn put(tx: &mut Transaction, mut reservation: Reservation) -> Arc<Row<Reservation>> {
    reservation.etag += 1;
    reservation.updated = tx.now();
    let (id, etag) = (reservation.id, reservation.etag);
    let row = tx.reservations.put((reservation.customer, reservation.order, id), reservation);
    tx.reservation_revisions.put((id, etag), Shared(Arc::clone(&row)));
    if let Some(old) = etag.checked_sub(MOST_REVISIONS).filter(|old| *old > 0) {
        tx.reservation_revisions.remove(&(id, old));
    }
    row
}

/// A reservation for changing.
pub(super) fn draft(
    tx: &Transaction,
    order: &ReservationOrder,
    id: ReservationId,
) -> Option<Reservation> {
    find_reservation(tx, order, id).ok().map(|row| Reservation::clone(row))
}

/// An order for changing.
pub(super) fn draft_order(tx: &Transaction, id: ReservationOrderId) -> Option<ReservationOrder> {
    find_order(tx, None, id).ok().map(|row| ReservationOrder::clone(row))
}

impl State {
    /// The revisions of a reservation, oldest first.
    pub fn revisions_of(
        &self,
        id: ReservationId,
    ) -> impl DoubleEndedIterator<Item = &Arc<Row<Reservation>>> {
        self.reservation_revisions.range((id, 0)..=(id, u32::MAX)).map(|(_, row)| &****row)
    }
}
