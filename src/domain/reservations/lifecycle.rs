//! From an order line to a reservation in force, and to its end: by time, with or without renewal, or
//! because the order was cancelled (contract: reservation-business-rules.md §7, §9).

use super::buy::{NewReservation, renewed};
use super::directory::follow;
use super::record::{draft_order, put, put_order};
use super::{Lineage, Reservation, ReservationOrder, ReservationState, Schedule, charges};
use rust_decimal::Decimal;

use crate::domain::authorization::{self, Scope, grant_admin_agents};
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CustomerId, Draw, OrderId, ReservationId, ReservationOrderId, TenantId};
use crate::domain::orders::{self, OrderLine};
use crate::domain::state::State;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;

/// Makes the reservation order and its one reservation that a placed line stands for; they are in
/// force once the line is fulfilled (contract: partner-center-entitlements.md [choice: one per line]).
pub fn begin(
    tx: &mut Transaction,
    customer: CustomerId,
    order: &OrderId,
    currency: &str,
    line: &OrderLine,
) -> Result<Option<ReservationOrderId>> {
    let Some(terms) = &line.reservation else { return Ok(None) };
    let term =
        line.term.ok_or_else(|| Error::Internal(format!("line {} has no term", line.number)))?;
    let now = tx.now();
    let id = ReservationOrderId(tx.guid(Draw::ReservationOrder));
    let reservation_id = ReservationId(tx.guid(Draw::Reservation));
    let directory = TenantId::from(customer);
    let reservation_order = ReservationOrder {
        id,
        customer,
        directory,
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
        plan: terms.plan,
        billing_subscription: terms.subscription,
        original_quantity: line.quantity,
        unit_price: terms.unit_price,
        usd_unit_price: terms.usd_unit_price,
        currency: currency.to_owned(),
        decimals: line.decimals,
        requested: now,
        benefit_start: None,
        expiry: None,
        review: terms.review,
        returns_under_way: 0,
        state: ReservationState::Creating,
        etag: 0,
    };
    let reservation = Reservation {
        id: reservation_id,
        order: id,
        customer,
        display_name: line.friendly_name.clone(),
        quantity: line.quantity,
        scope: terms.scope.clone(),
        state: ReservationState::Creating,
        changing: false,
        instance_flexibility: terms.instance_flexibility,
        archived: false,
        renew: terms.renew,
        renewal: None,
        lineage: Lineage::default(),
        schedule: Schedule::default(),
        created: now,
        effective: now,
        updated: now,
        cancelled: None,
        expiry: None,
        etag: 0,
    };
    tx.reservation_order_customers.put(id, customer);
    tx.reservation_order_directories.put((directory, id), customer);
    put_order(tx, reservation_order);
    put(tx, reservation);
    grant_admin_agents(tx, directory, Scope::Order(id));
    Ok(Some(id))
}

/// Puts into force what a fulfilled line bought.
pub fn take_effect(tx: &mut Transaction, id: ReservationOrderId) {
    let Some(mut order) = draft_order(tx, id) else { return };
    if order.state != ReservationState::Creating {
        return;
    }
    let now = tx.now();
    let expiry = order.term.end_from(now);
    order.state = ReservationState::Succeeded;
    order.benefit_start = Some(now);
    order.expiry = Some(expiry);
    for mut reservation in reservations(tx, &order) {
        let price = order.unit_price * Decimal::from(reservation.quantity);
        let today = now.date_naive();
        reservation.schedule = Schedule::of(order.plan, order.term, today, price, order.decimals);
        reservation.state = ReservationState::Succeeded;
        reservation.created = now;
        reservation.effective = now;
        reservation.expiry = Some(expiry);
        let timer = Timer::ExpireReservation(order.customer, id, reservation.id);
        put(tx, reservation);
        tx.timers.set(expiry, timer);
    }
    charges::begin(tx, &order);
    put_order(tx, order);
}

pub(super) fn reservations(tx: &Transaction, order: &ReservationOrder) -> Vec<Reservation> {
    tx.reservations_of(order.customer, order.id).map(|row| Reservation::clone(row)).collect()
}

/// Cancels every reservation of an order.
pub fn cancel_purchase(tx: &mut Transaction, id: ReservationOrderId) {
    let Some(order) = draft_order(tx, id) else { return };
    for reservation in reservations(tx, &order) {
        if reservation.state.stands() {
            charges::credit_all(tx, &order, &reservation);
            cancel(tx, reservation);
        }
    }
    close_order(tx, id, ReservationState::Cancelled);
}

/// Ends a reservation before its time. Its order is for the caller.
pub(super) fn cancel(tx: &mut Transaction, mut reservation: Reservation) -> Reservation {
    reservation.state = ReservationState::Cancelled;
    reservation.changing = false;
    reservation.renew = false;
    reservation.renewal = None;
    reservation.cancelled = Some(tx.now());
    Reservation::clone(&put(tx, reservation))
}

/// Gives an order its last state once nothing of it is in force; one that has its last state keeps it.
pub(super) fn close_order(tx: &mut Transaction, id: ReservationOrderId, state: ReservationState) {
    let Some(mut order) = draft_order(tx, id) else { return };
    let over = tx.reservations_of(order.customer, id).all(|row| !row.state.stands());
    if over && order.state.stands() {
        order.state = state;
        put_order(tx, order);
    }
}

/// Ends a reservation at the end of its term and buys the next one where it renews; what was cancelled
/// before stays cancelled.
pub fn expire(
    tx: &mut Transaction,
    customer: CustomerId,
    order: ReservationOrderId,
    id: ReservationId,
) -> Result<()> {
    let Some(row) = tx.reservations.get(&(customer, order, id)) else { return Ok(()) };
    let mut reservation = Reservation::clone(row);
    if reservation.state != ReservationState::Succeeded {
        return Ok(());
    }
    if reservation.renew {
        reservation.lineage.renewed_by = renew(tx, &reservation);
    }
    reservation.state = ReservationState::Expired;
    reservation.changing = false;
    put(tx, reservation);
    close_order(tx, order, ReservationState::Expired);
    Ok(())
}

/// Buys the reservation that follows; none when that is refused, and then nothing has changed.
fn renew(tx: &mut Transaction, old: &Reservation) -> Option<(ReservationOrderId, ReservationId)> {
    let mut attempt = tx.attempt();
    match try_renew(&mut attempt, old) {
        Ok(made) => {
            tx.adopt(attempt);
            Some(made)
        }
        Err(error) => {
            tracing::info!(reservation = %old.id, %error, "a reservation does not renew");
            None
        }
    }
}

fn try_renew(
    tx: &mut Transaction,
    old: &Reservation,
) -> Result<(ReservationOrderId, ReservationId)> {
    let order = draft_order(tx, old.order)
        .ok_or_else(|| Error::Internal(format!("order {} is gone", old.order)))?;
    let wanted = match &old.renewal {
        Some(wanted) => NewReservation::clone(wanted),
        None => renewed(tx, &order, old)?,
    };
    let by = orders::TransactionKind::SystemPurchase;
    let (purchase, id) = super::buy::buy(tx, old.customer, order.directory, &wanted, by)?;
    // A renewal is in force at once: no gap lies between two terms [choice].
    orders::fulfil(tx, old.customer, &purchase)?;
    let mut renewal = tx
        .reservations_of(old.customer, id)
        .next()
        .map(|row| Reservation::clone(row))
        .ok_or_else(|| Error::Internal(format!("order {id} holds nothing")))?;
    renewal.lineage.renews = Some((old.order, old.id));
    let made = (id, renewal.id);
    put(tx, renewal);
    follow(tx, old.customer, id, order.directory);
    authorization::copy(tx, (order.directory, order.id), (order.directory, id));
    Ok(made)
}

/// What a reservation buys when it renews; none when it does not.
pub fn renewal_of(
    state: &State,
    order: &ReservationOrder,
    reservation: &Reservation,
) -> Option<NewReservation> {
    if !reservation.renew {
        return None;
    }
    match &reservation.renewal {
        Some(wanted) => Some(NewReservation::clone(wanted)),
        None => renewed(state, order, reservation).ok(),
    }
}
