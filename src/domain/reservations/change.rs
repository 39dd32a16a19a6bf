//! Changing a reservation: name, scope, instance size flexibility, renewal
//! (contract: azure-reservations.md §5.1, reservation-business-rules.md §6, §9).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::buy::{check_flexibility, is_changeable, offer};
use super::operation::{self, Step};
use super::record::{draft, draft_order, put, put_order};
use super::scope::{billed_kind, check_scope};
use super::{
    AppliedScope, NewReservation, Reservation, ReservationFault, ReservationOrder, find_reservation,
};
use crate::domain::error::Result;
use crate::domain::ids::{OperationId, ReservationId};
use crate::domain::transaction::Transaction;

/// Most characters of a name.
const LONGEST_NAME: usize = 64;

/// What is asked of a reservation; what is absent stays.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// Name.
    pub name: Option<String>,
    /// Where the discount is to apply.
    pub scope: Option<AppliedScope>,
    /// Whether other sizes of its group use it.
    pub instance_flexibility: Option<bool>,
    /// Whether it renews at its end.
    pub renew: Option<bool>,
    /// What it renews to, when that is not what it is.
    pub renewal: Option<Box<NewReservation>>,
    /// When to review its order.
    pub review: Option<DateTime<Utc>>,
}

/// Changes a reservation. Gives the operation when the change takes time.
pub fn change(
    tx: &mut Transaction,
    order: &ReservationOrder,
    id: ReservationId,
    change: Change,
) -> Result<Option<OperationId>> {
    let reservation = Reservation::clone(find_reservation(tx, order, id)?);
    is_changeable(&reservation)?;
    check(tx, order, &reservation, &change)?;
    let mut target = reservation.clone();
    apply(&mut target, &change, tx.now());
    let same_review = change.review.is_none_or(|review| order.review == Some(review));
    if target == reservation && same_review {
        if !tx.settings.refuse_empty_change {
            return Ok(None);
        }
        let only_scope = change.scope.is_some()
            && change.name.is_none()
            && change.instance_flexibility.is_none()
            && change.renew.is_none_or(|renew| !renew)
            && change.renewal.is_none()
            && change.review.is_none();
        return Err(if only_scope {
            ReservationFault::SameScope.into()
        } else {
            ReservationFault::NothingChanges.into()
        });
    }
    Ok(operation::start(tx, order, Step::Update(id, change)))
}

fn check(
    tx: &Transaction,
    order: &ReservationOrder,
    reservation: &Reservation,
    change: &Change,
) -> Result<()> {
    if let Some(name) = &change.name {
        check_name("properties.name", name)?;
    }
    if let Some(scope) = &change.scope {
        check_scope(tx, order.customer, order.directory, billed_kind(tx, order), scope)?;
    }
    if change.instance_flexibility.is_some() || change.scope.is_some() {
        let scope = change.scope.as_ref().unwrap_or(&reservation.scope);
        let flexibility = change.instance_flexibility.or(reservation.instance_flexibility);
        check_flexibility(order.resource_type, scope, flexibility)?;
    }
    if let Some(renewal) = &change.renewal {
        if !change.renew.unwrap_or(reservation.renew) {
            return Err(ReservationFault::invalid(
                "properties.renewProperties",
                "needs renew: true, for a reservation that does not renew buys nothing",
            )
            .into());
        }
        check_display_name(renewal)?;
        offer(tx, order.customer, order.directory, renewal)?;
    }
    Ok(())
}

/// Whether a name can be given [choice: any printable text; names of the portal hold spaces].
fn check_name(field: &str, name: &str) -> Result<()> {
    let fits = !name.trim().is_empty()
        && name.chars().count() <= LONGEST_NAME
        && !name.chars().any(char::is_control);
    if fits {
        return Ok(());
    }
    let reason = format!("must be 1 to {LONGEST_NAME} printable characters");
    Err(ReservationFault::invalid(field, reason).into())
}

/// Whether a purchase can have the name that it asks for. Names that a reservation has already, from
/// Partner Center for example, may be longer.
pub(super) fn check_display_name(wanted: &NewReservation) -> Result<()> {
    let name = wanted.display_name.as_ref();
    name.map_or(Ok(()), |name| check_name("properties.displayName", name))
}

/// Writes the change into a reservation.
fn apply(reservation: &mut Reservation, change: &Change, now: DateTime<Utc>) {
    if let Some(name) = &change.name {
        reservation.display_name.clone_from(name);
    }
    if let Some(scope) = &change.scope
        && *scope != reservation.scope
    {
        reservation.scope = scope.clone();
        reservation.effective = now;
    }
    if change.instance_flexibility.is_some() {
        reservation.instance_flexibility = change.instance_flexibility;
    }
    if let Some(renew) = change.renew {
        reservation.renew = renew;
        if !renew {
            reservation.renewal = None;
        }
    }
    if change.renewal.is_some() {
        reservation.renewal.clone_from(&change.renewal);
    }
}

/// Carries the change out.
pub(super) fn carry_out(
    tx: &mut Transaction,
    order: &ReservationOrder,
    id: ReservationId,
    change: &Change,
) {
    let Some(mut reservation) = draft(tx, order, id) else { return };
    apply(&mut reservation, change, tx.now());
    reservation.changing = false;
    put(tx, reservation);
    if let Some(review) = change.review
        && let Some(mut order) = draft_order(tx, order.id)
        && order.review != Some(review)
    {
        order.review = Some(review);
        put_order(tx, order);
    }
}
