//! Finding orders and reservations, in one directory or in all.

use std::sync::Arc;

use super::{Reservation, ReservationFault, ReservationOrder};
use crate::domain::error::Result;
use crate::domain::ids::{ReservationId, ReservationOrderId, TenantId};
use crate::domain::state::State;
use crate::store::Row;

/// The order of that id, if it is in the directory; in any directory when none is given.
pub fn find_order(
    state: &State,
    directory: Option<TenantId>,
    id: ReservationOrderId,
) -> Result<&Arc<Row<ReservationOrder>>> {
    let order = state
        .reservation_order_customers
        .get(&id)
        .and_then(|customer| state.reservation_orders.get(&(***customer, id)))
        .ok_or(ReservationFault::OrderNotFound(id))?;
    match directory {
        Some(tenant) if order.directory != tenant => {
            let home = order.directory;
            Err(ReservationFault::OtherDirectory { order: id, tenant, home }.into())
        }
        _ => Ok(order),
    }
}

/// The reservation of that id in its order.
pub fn find_reservation<'s>(
    state: &'s State,
    order: &ReservationOrder,
    id: ReservationId,
) -> Result<&'s Arc<Row<Reservation>>> {
    state
        .reservations
        .get(&(order.customer, order.id, id))
        .ok_or_else(|| ReservationFault::NotInOrder { order: order.id, reservation: id }.into())
}

impl State {
    /// The orders of a directory, or of all, by id.
    pub fn reservation_orders_in(
        &self,
        directory: Option<TenantId>,
    ) -> impl Iterator<Item = &Arc<Row<ReservationOrder>>> {
        let (from, to) = match directory {
            Some(tenant) => (tenant, tenant),
            None => (TenantId::FIRST, TenantId::LAST),
        };
        let range = (from, ReservationOrderId::FIRST)..=(to, ReservationOrderId::LAST);
        self.reservation_order_directories
            .range(range)
            .filter_map(|((_, id), customer)| self.reservation_orders.get(&(***customer, *id)))
    }
}
