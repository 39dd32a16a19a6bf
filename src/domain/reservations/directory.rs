//! Moving an order to another directory (contract: azure-reservations.md §5.5,
//! reservation-business-rules.md §10 and §11).

use super::lifecycle::reservations;
use super::record::{draft_order, put, put_order};
use super::{ReservationFault, ReservationOrder};
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CustomerId, ReservationId, TenantId};
use crate::domain::transaction::Transaction;

/// What was moved, with the names of the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryMove {
    /// Name of the order.
    pub order_name: String,
    /// The reservations moved along.
    pub reservations: Vec<(ReservationId, String)>,
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
    tx.reservation_order_directories.remove(&(moved.directory, moved.id));
    moved.directory = to;
    tx.reservation_order_directories.put((to, moved.id), moved.customer);
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
