//! Moving an order to another directory (contract: azure-reservations.md §5.5,
//! reservation-business-rules.md §10 and §11).

use super::buy::is_changeable;
use super::lifecycle::reservations;
use super::record::{draft_order, put, put_order};
use super::{ReservationFault, ReservationOrder};
use crate::domain::authorization;
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CustomerId, ReservationId, ReservationOrderId, TenantId};
use crate::domain::transaction::Transaction;

/// What was moved, with the names of the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryMove {
    /// Name of the order.
    pub order_name: String,
    /// The reservations moved along.
    pub reservations: Vec<(ReservationId, String)>,
}

/// Only an order with something in force can be moved, and only while nothing of it is being changed:
/// what is over or under way is only read (contract: reservation-business-rules.md §7).
fn is_movable(tx: &Transaction, order: &ReservationOrder) -> Result<()> {
    let all = reservations(tx, order);
    let mut standing = all.iter().filter(|it| it.state.stands()).peekable();
    if standing.peek().is_none()
        && let Some(over) = all.first()
    {
        return is_changeable(over);
    }
    standing.try_for_each(is_changeable)
}

/// Moves an order with all its reservations. Renewal is turned off; what is billed stays.
pub fn change_directory(
    tx: &mut Transaction,
    order: &ReservationOrder,
    to: TenantId,
) -> Result<DirectoryMove> {
    let refuse = |reason| Err(ReservationFault::Tenant(to.to_string(), reason).into());
    let is_known = to == TenantId::from(tx.partner.id)
        || tx.customers.contains(&CustomerId(to.0))
        || tx.foreign_customers.contains(&CustomerId(to.0));
    if !is_known {
        return refuse("is no directory that exists");
    }
    if to == order.directory {
        return refuse("is the directory that the order is in");
    }
    if !tx.settings.allow_change_directory {
        return Err(ReservationFault::invalid(
            "destinationTenantId",
            "reservations that a partner bought for a customer stay in the customer's directory",
        )
        .into());
    }
    let mut moved = draft_order(tx, order.id)
        .ok_or_else(|| Error::from(ReservationFault::OrderNotFound(order.id)))?;
    is_movable(tx, &moved)?;
    enter(tx, &mut moved, to);
    let order_name = moved.display_name.clone();
    let mut names = Vec::new();
    for mut reservation in reservations(tx, &moved) {
        names.push((reservation.id, reservation.display_name.clone()));
        if reservation.renew {
            reservation.renew = false;
            reservation.renewal = None;
            put(tx, reservation);
        }
    }
    put_order(tx, moved);
    Ok(DirectoryMove { order_name, reservations: names })
}

/// Lets an order that was bought to follow another be where that one was moved to, hidden where it was
/// bought [choice].
pub(super) fn follow(
    tx: &mut Transaction,
    customer: CustomerId,
    id: ReservationOrderId,
    directory: TenantId,
) {
    let home = TenantId::from(customer);
    if directory != home {
        authorization::keep_only(tx, (home, directory), id, None);
        relocate(tx, id, directory);
    }
}

/// Puts an order into another directory; everything else stays.
fn relocate(tx: &mut Transaction, id: ReservationOrderId, to: TenantId) {
    let Some(mut order) = draft_order(tx, id) else { return };
    enter(tx, &mut order, to);
    tx.reservation_orders.put((order.customer, id), order);
}

fn enter(tx: &mut Transaction, order: &mut ReservationOrder, to: TenantId) {
    tx.reservation_order_directories.remove(&(order.directory, order.id));
    order.directory = to;
    tx.reservation_order_directories.put((to, order.id), order.customer);
}
