//! From an order line to a reservation, and what a cancelled order and the end of the term do to it.

use super::{Reservation, ReservationOrder, ReservationState};
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CustomerId, Draw, OrderId, ReservationId, ReservationOrderId};
use crate::domain::orders::OrderLine;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;

/// Makes the reservation order and its one reservation that a fulfilled line stands for
/// (contract: partner-center-entitlements.md [choice: one per line]).
pub fn fulfil(
    tx: &mut Transaction,
    customer: CustomerId,
    order: &OrderId,
    currency: &str,
    requested: chrono::DateTime<chrono::Utc>,
    line: &OrderLine,
) -> Result<ReservationOrderId> {
    let Some(terms) = &line.reservation else {
        return Err(Error::Internal(format!("line {} reserves nothing", line.number)));
    };
    let now = tx.now();
    let term =
        line.term.ok_or_else(|| Error::Internal(format!("line {} has no term", line.number)))?;
    let id = ReservationOrderId(tx.guid(Draw::ReservationOrder));
    let reservation_id = ReservationId(tx.guid(Draw::Reservation));
    let expiry = term.end_from(now);
    let reservation_order = ReservationOrder {
        id,
        customer,
        purchase: (order.clone(), line.number),
        group: tx.guid(Draw::ArtifactGroup),
        line_item: tx.guid(Draw::ArtifactLine),
        display_name: line.friendly_name.clone(),
        product_id: line.product_id.clone(),
        sku_id: line.sku_id.clone(),
        resource_type: terms.resource_type,
        arm_sku_name: terms.arm_sku_name.clone(),
        region: terms.region.clone(),
        title: line.title.clone(),
        term,
        billing_subscription: terms.subscription,
        original_quantity: line.quantity,
        unit_price: line.unit_price,
        currency: currency.to_owned(),
        requested,
        benefit_start: now,
        expiry,
        state: ReservationState::Succeeded,
    };
    let reservation = Reservation {
        id: reservation_id,
        order: id,
        display_name: line.friendly_name.clone(),
        quantity: line.quantity,
        scope: terms.scope.clone(),
        state: ReservationState::Succeeded,
        effective: now,
        expiry,
    };
    tx.reservation_orders.put((customer, id), reservation_order);
    tx.reservations.put((customer, id, reservation_id), reservation);
    tx.timers.set(expiry, Timer::ExpireReservation(customer, id, reservation_id));
    Ok(id)
}

/// Cancels every reservation that a line of an order bought.
pub fn cancel_purchase(tx: &mut Transaction, customer: CustomerId, order: &OrderId, line: u32) {
    let bought: Vec<ReservationOrder> = tx
        .reservation_orders_of(customer)
        .filter(|row| row.purchase.0 == *order && row.purchase.1 == line)
        .map(|row| ReservationOrder::clone(row))
        .collect();
    for mut reservation_order in bought {
        let reservations: Vec<Reservation> = tx
            .reservations_of(customer, reservation_order.id)
            .map(|row| Reservation::clone(row))
            .collect();
        for mut reservation in reservations {
            reservation.state = ReservationState::Cancelled;
            let key = (customer, reservation_order.id, reservation.id);
            tx.reservations.put(key, reservation);
        }
        reservation_order.state = ReservationState::Cancelled;
        tx.reservation_orders.put((customer, reservation_order.id), reservation_order);
    }
}

/// Ends a reservation at the end of its term; what was cancelled before stays cancelled.
pub fn expire(
    tx: &mut Transaction,
    customer: CustomerId,
    order: ReservationOrderId,
    id: ReservationId,
) -> Result<()> {
    let key = (customer, order, id);
    let Some(row) = tx.reservations.get(&key) else { return Ok(()) };
    let mut reservation = Reservation::clone(row);
    if reservation.state != ReservationState::Succeeded {
        return Ok(());
    }
    reservation.state = ReservationState::Expired;
    tx.reservations.put(key, reservation);
    let all_over =
        tx.reservations_of(customer, order).all(|row| row.state != ReservationState::Succeeded);
    if all_over && let Some(row) = tx.reservation_orders.get(&(customer, order)) {
        let mut reservation_order = ReservationOrder::clone(row);
        reservation_order.state = ReservationState::Expired;
        tx.reservation_orders.put((customer, order), reservation_order);
    }
    Ok(())
}
