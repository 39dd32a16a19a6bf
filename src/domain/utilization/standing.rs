//! From a reservation as it stands in a world to what the figures are made from: since when it counts,
//! what it descends from, whose resources use it.

use chrono::{DateTime, Utc};

use super::aggregates::{Aggregates, aggregates};
use super::reserved::{Origin, Reserved};
use super::usage::Usage;
use crate::domain::ids::AzureSubscriptionId;
use crate::domain::reservations::{Reservation, ReservationOrder, ReservationState};
use crate::domain::state::State;

/// How many splits and merges back a series is followed. What a reservation descends from never
/// changes, so neither does where the search ends.
const MOST_ANCESTORS: usize = 256;

/// What the figures of a reservation are made from; nothing before it took effect.
pub fn reserved(
    state: &State,
    order: &ReservationOrder,
    reservation: &Reservation,
) -> Option<Reserved> {
    let (start, expiry) = (order.benefit_start?, reservation.expiry?);
    let (root, usage) = descent(state, reservation);
    let (size, region) = (&order.arm_sku_name, order.region.as_deref());
    let sku = state
        .catalogue
        .reserved_sku(order.resource_type, size, region, order.term)
        .and_then(|sku| sku.reserved_capacity());
    let group = sku.as_ref().and_then(|sku| sku.family().flexibility_group());
    let ratio = sku.as_ref().and_then(|sku| sku.size().flexibility_ratio());
    Some(Reserved {
        reservation: reservation.id,
        order: order.id,
        quantity: reservation.quantity,
        benefit_start: start.max(reservation.created),
        expiry,
        cancelled_at: reservation.cancelled,
        sku_name: order.arm_sku_name.clone(),
        resource_type: order.resource_type,
        flexibility_group: group.map(str::to_owned),
        flexibility_ratio: ratio.map_or_else(|| "1".to_owned(), |it| it.normalize().to_string()),
        subscriptions: subscriptions(state, order, reservation),
        origin: Origin { reservation: root.id, benefit_start: start },
        usage,
    })
}

/// The aggregates of a reservation at `now`.
pub fn aggregates_of(
    state: &State,
    order: &ReservationOrder,
    reservation: &Reservation,
    now: DateTime<Utc>,
) -> Option<Aggregates> {
    if reservation.state == ReservationState::Cancelled {
        return None;
    }
    aggregates(&reserved(state, order, reservation)?, now)
}

/// Whether any hour that has passed was used since the purchase, by the reservation or by what it
/// descends from.
pub fn is_used(
    state: &State,
    order: &ReservationOrder,
    reservation: &Reservation,
    now: DateTime<Utc>,
) -> bool {
    let Some(reserved) = reserved(state, order, reservation) else { return false };
    let start = reserved.origin.benefit_start;
    let whole = Reserved { benefit_start: start, cancelled_at: Some(now), ..reserved };
    let days = start.date_naive().iter_days().take_while(|day| *day <= now.date_naive());
    days.into_iter().any(|day| whole.used_on(day).iter().any(|used| *used > 0))
}

/// The reservation that was bought and that this one is a part of, and the use that was laid down for
/// it or for the nearest one it descends from. A merged one goes on as the first of its two
/// \[choice\].
fn descent(state: &State, reservation: &Reservation) -> (Reservation, Usage) {
    let mut at = reservation.clone();
    let mut usage = None;
    for _ in 0..MOST_ANCESTORS {
        if usage.is_none() {
            usage = state.utilization.get(&at.id).map(|row| {
                if at.id == reservation.id { Usage::clone(row) } else { row.inherited(at.quantity) }
            });
        }
        let parent = at.lineage.split_from.or_else(|| at.lineage.merged_from.first().copied());
        let key = parent.map(|parent| (at.customer, at.order, parent));
        let Some(row) = key.and_then(|key| state.reservations.get(&key)) else { break };
        at = Reservation::clone(row);
    }
    (at, usage.unwrap_or(Usage::Generated))
}

/// Whose resources use the reservation since when: those of the subscription it is scoped to, else of
/// the one it is billed through \[choice\].
fn subscriptions(
    state: &State,
    order: &ReservationOrder,
    reservation: &Reservation,
) -> Vec<(DateTime<Utc>, AzureSubscriptionId)> {
    let billed = state
        .billing_subscription(order.customer, order.billing_subscription)
        .map(|subscription| subscription.id);
    let mut found: Vec<(DateTime<Utc>, AzureSubscriptionId)> = Vec::new();
    for revision in state.revisions_of(reservation.id) {
        let Some(id) = revision.scope.subscription().or(billed) else { continue };
        if found.last().is_none_or(|(_, last)| *last != id) {
            found.push((revision.updated, id));
        }
    }
    found
}
