//! One reservation into two and two into one: quantity, end and money stay what they were
//! (contract: azure-reservations.md §5.2, §5.3, reservation-business-rules.md §5).

use std::sync::Arc;

use super::buy::is_changeable;
use super::lifecycle::cancel;
use super::operation::{self, Step};
use super::record::{draft, draft_order, put, put_order};
use super::{Lineage, Reservation, ReservationFault, ReservationOrder, Schedule, find_reservation};
use crate::domain::error::Result;
use crate::domain::ids::{Draw, OperationId, ReservationId};
use crate::domain::state::State;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;
use crate::store::Row;

/// Splits a reservation into two. Gives the operation when that takes time.
pub fn split(
    tx: &mut Transaction,
    order: &ReservationOrder,
    id: ReservationId,
    quantities: &[i64],
) -> Result<Option<OperationId>> {
    const FIELD: &str = "properties.quantities";
    let source = Reservation::clone(find_reservation(tx, order, id)?);
    is_changeable(&source)?;
    let quantity = i64::from(source.quantity);
    let refuse = |reason: String| Err(ReservationFault::invalid(FIELD, reason).into());
    let [first, second] = *quantities else {
        return refuse(format!("must hold exactly two quantities, not {}", quantities.len()));
    };
    if quantity < 2 {
        return refuse("a reservation with quantity 1 cannot be split".to_owned());
    }
    if first <= 0 || second <= 0 {
        return refuse("must both be 1 or more".to_owned());
    }
    if first.checked_add(second) != Some(quantity) {
        return refuse(format!("must add up to {quantity}, the quantity of the reservation"));
    }
    let parts = [first, second].map(|part| u32::try_from(part).unwrap_or_default());
    Ok(operation::start(tx, order, Step::Split(id, parts)))
}

/// Merges two reservations of one order. Gives the operation when that takes time.
pub fn merge(
    tx: &mut Transaction,
    order: &ReservationOrder,
    sources: &[ReservationId],
) -> Result<Option<OperationId>> {
    const FIELD: &str = "properties.sources";
    let [first, second] = *sources else {
        let reason = format!("must name exactly two reservations, not {}", sources.len());
        return Err(ReservationFault::invalid(FIELD, reason).into());
    };
    if first == second {
        return Err(ReservationFault::invalid(FIELD, "must name two different reservations").into());
    }
    let one = Reservation::clone(find_reservation(tx, order, first)?);
    let other = Reservation::clone(find_reservation(tx, order, second)?);
    is_changeable(&one)?;
    is_changeable(&other)?;
    // Size, region, term, plan and end are those of the order.
    let differs = if one.scope != other.scope {
        "scope"
    } else if one.instance_flexibility != other.instance_flexibility {
        "instance size flexibility"
    } else if one.expiry != other.expiry {
        "end"
    } else {
        return Ok(operation::start(tx, order, Step::Merge([first, second])));
    };
    let reason = format!("the two differ in their {differs}; give both the same one first");
    Err(ReservationFault::invalid(FIELD, reason).into())
}

/// A new reservation with what `like` has, in its first revision.
pub(super) fn make(
    tx: &mut Transaction,
    like: &Reservation,
    (quantity, schedule): (u32, Schedule),
    lineage: Lineage,
) -> ReservationId {
    let id = ReservationId(tx.guid(Draw::Reservation));
    let now = tx.now();
    let made = Reservation {
        id,
        quantity,
        schedule,
        lineage,
        changing: true,
        archived: false,
        // Splitting and merging turn the renewal off.
        renew: false,
        renewal: None,
        created: now,
        effective: now,
        cancelled: None,
        etag: 0,
        ..like.clone()
    };
    let first = put(tx, made);
    put(tx, Reservation { changing: false, ..Reservation::clone(&first) });
    if let Some(expiry) = like.expiry {
        tx.timers.set(expiry, Timer::ExpireReservation(like.customer, like.order, id));
    }
    id
}

/// Carries a split out.
pub(super) fn carry_out_split(
    tx: &mut Transaction,
    order: &ReservationOrder,
    source: ReservationId,
    parts: [u32; 2],
) {
    let Some(mut reservation) = draft(tx, order, source) else { return };
    let of_source = || Lineage { split_from: Some(source), ..Lineage::default() };
    let today = tx.now().date_naive();
    let (first, second) =
        reservation.schedule.divided(parts[0], reservation.quantity, today, order.decimals);
    let made = parts.into_iter().zip([first, second]);
    reservation.lineage.split_into =
        made.map(|part| make(tx, &reservation, part, of_source())).collect();
    cancel(tx, reservation);
    touch(tx, order);
}

/// Carries a merge out.
pub(super) fn carry_out_merge(
    tx: &mut Transaction,
    order: &ReservationOrder,
    sources: [ReservationId; 2],
) {
    let both: Vec<Reservation> =
        sources.iter().filter_map(|source| draft(tx, order, *source)).collect();
    let [one, other] = &both[..] else { return };
    let lineage = Lineage { merged_from: sources.to_vec(), ..Lineage::default() };
    let quantity = one.quantity.saturating_add(other.quantity);
    let made = make(tx, one, (quantity, one.schedule.joined(&other.schedule)), lineage);
    for mut source in both {
        source.lineage.merged_into = Some(made);
        cancel(tx, source);
    }
    touch(tx, order);
}

/// The order has other reservations than before.
pub(super) fn touch(tx: &mut Transaction, order: &ReservationOrder) {
    if let Some(order) = draft_order(tx, order.id) {
        put_order(tx, order);
    }
}

/// The two ways in which reservations turn into others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regrouping {
    /// One into two.
    Split,
    /// Two into one.
    Merge,
}

/// What a split or merge of this source came to: the new ones, then the sources. `None` while it is
/// being carried out.
pub fn split_or_merge_result(
    state: &State,
    order: &ReservationOrder,
    source: ReservationId,
    wanted: Regrouping,
) -> Result<Option<Vec<Arc<Row<Reservation>>>>> {
    let row = find_reservation(state, order, source)?;
    let lineage = &row.lineage;
    let has_become_others = lineage.merged_into.is_some() || !lineage.split_into.is_empty();
    let ids: Vec<ReservationId> = match (wanted, lineage.merged_into) {
        (Regrouping::Merge, Some(made)) => {
            let made_row = find_reservation(state, order, made)?;
            std::iter::once(made).chain(made_row.lineage.merged_from.iter().copied()).collect()
        }
        (Regrouping::Split, _) if !lineage.split_into.is_empty() => {
            lineage.split_into.iter().copied().chain([source]).collect()
        }
        _ if operation::is_under_way(state, source, wanted) => return Ok(None),
        _ => {
            // What ended before it was carried out has failed; of anything else there is nothing.
            if !row.changing && !has_become_others {
                is_changeable(row)?;
            }
            return Err(ReservationFault::OperationNotFound(source.to_string()).into());
        }
    };
    ids.into_iter()
        .map(|id| find_reservation(state, order, id).cloned())
        .collect::<Result<Vec<_>>>()
        .map(Some)
}
