//! What a request for figures is about: one scope out of the path, narrowed by the query, seen by the
//! caller (contract: azure-reservation-utilization.md §2, §4).

use std::sync::Arc;

use chrono::NaiveDate;

use crate::api::azure::caller::{Action, Caller};
use crate::api::azure::error::{
    ArmFault, INVALID_ORDER_ID, INVALID_RESERVATION_ID, INVALID_SUBSCRIPTION_ID,
    SUBSCRIPTION_NOT_FOUND,
};
use crate::api::azure::resource_id;
use crate::api::call::Call;
use crate::domain::ids::{AzureSubscriptionId, ReservationId, ReservationOrderId};
use crate::domain::reservations::{ReservationOrder, find_order, find_reservation};
use crate::domain::state::State;
use crate::domain::utilization::{Reserved, reserved};
use crate::store::Row;

/// Where figures are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    /// The reservations of an order.
    Order(ReservationOrderId),
    /// One reservation.
    Reservation(ReservationOrderId, ReservationId),
    /// The resources of a subscription.
    Subscription(AzureSubscriptionId),
    /// A billing account, or a profile of one, as it stands in ids.
    Billing(String),
}

/// Scopes that are known, for refusals.
const FORMS: &str = "providers/Microsoft.Capacity/reservationOrders/{id}, the same with /reservations/{id}, subscriptions/{id}, providers/Microsoft.Billing/billingAccounts/{name}, or the same with /billingProfiles/{name}";

impl Scope {
    /// The scope in the path of a call.
    pub fn of(call: &Call<'_>) -> Result<Self, ArmFault> {
        Self::parse(call.path_text("scope"))
    }

    /// Id and name of a row of figures.
    pub fn row_id(&self, kind: &str, reserved: &Reserved, date: NaiveDate) -> (String, String) {
        let Reserved { order, reservation, .. } = reserved;
        let day = date.format("%Y%m%d");
        let name = format!("{order}_{reservation}_{day}");
        let id = match self {
            Self::Billing(scope) => {
                format!("/{scope}/providers/Microsoft.Consumption/{kind}/{name}")
            }
            _ => format!(
                "providers/Microsoft.Capacity/reservationOrders/{order}/reservations/{reservation}/providers/Microsoft.Consumption/{kind}/{day}"
            ),
        };
        (id, name)
    }

    fn parse(text: &str) -> Result<Self, ArmFault> {
        let segments: Vec<&str> = text.split('/').filter(|segment| !segment.is_empty()).collect();
        let lower: Vec<String> = segments.iter().map(|it| it.to_ascii_lowercase()).collect();
        let words: Vec<&str> = lower.iter().map(String::as_str).collect();
        let order =
            |text| resource_id::reservation_order(text).map_err(ArmFault::id(INVALID_ORDER_ID));
        Ok(match words.as_slice() {
            ["providers", "microsoft.capacity", "reservationorders", id] => Self::Order(order(id)?),
            ["providers", "microsoft.capacity", "reservationorders", id, "reservations", one] => {
                let one =
                    resource_id::reservation(one).map_err(ArmFault::id(INVALID_RESERVATION_ID))?;
                Self::Reservation(order(id)?, one.reservation)
            }
            ["subscriptions", id] => Self::Subscription(
                resource_id::subscription(id).map_err(ArmFault::id(INVALID_SUBSCRIPTION_ID))?,
            ),
            ["providers", "microsoft.billing", "billingaccounts", _] => Self::Billing(format!(
                "providers/Microsoft.Billing/billingAccounts/{}",
                segments[3]
            )),
            ["providers", "microsoft.billing", "billingaccounts", _, "billingprofiles", _] => {
                Self::Billing(format!(
                    "providers/Microsoft.Billing/billingAccounts/{}/billingProfiles/{}",
                    segments[3], segments[5]
                ))
            }
            _ => {
                let shown: String = text.chars().take(80).collect();
                return Err(ArmFault::invalid("scope", format!("`{shown}` must be {FORMS}")));
            }
        })
    }
}

/// The reservations that a call asks about, each with its figures' base, in a fixed order. Those
/// that have not taken effect have none.
pub(super) fn reservations(
    call: &Call<'_>,
    state: &State,
    scope: &Scope,
) -> Result<Vec<Reserved>, ArmFault> {
    let caller = Caller::of(call)?;
    let wanted = Narrowing::of(call)?;
    let mut orders: Vec<Arc<Row<ReservationOrder>>> = Vec::new();
    let mut one = None;
    match scope {
        Scope::Order(id) => {
            let order = find_order(state, caller.directory, *id)?;
            // What may be seen is listed, so that a role on a single reservation is enough.
            let mut inside = state.reservations_of(order.customer, *id);
            if !inside.any(|row| caller.sees(state, *id, Some(row.id))) {
                caller.check(state, Action::Read.on_order(), *id, None)?;
            }
            orders.push(Arc::clone(order));
        }
        Scope::Reservation(id, reservation) => {
            let order = find_order(state, caller.directory, *id)?;
            find_reservation(state, order, *reservation)?;
            caller.check(state, Action::Read.on_reservation(), *id, Some(*reservation))?;
            orders.push(Arc::clone(order));
            one = Some(*reservation);
        }
        Scope::Subscription(id) => {
            visible_subscription(&caller, state, *id)?;
            orders.extend(state.reservation_orders_in(caller.directory).cloned());
        }
        Scope::Billing(_) => {
            orders.extend(state.reservation_orders_in(caller.directory).cloned());
        }
    }
    if let Some(id) = wanted.order {
        let order = find_order(state, caller.directory, id)?;
        if let Some(reservation) = wanted.reservation {
            find_reservation(state, order, reservation)?;
        }
    }
    let mut found = Vec::new();
    for order in orders.iter().filter(|order| wanted.order.is_none_or(|id| id == order.id)) {
        let all = state.reservations_of(order.customer, order.id);
        let chosen = all
            .filter(|row| one.is_none_or(|id| id == row.id))
            .filter(|row| wanted.reservation.is_none_or(|id| id == row.id))
            .filter(|row| one.is_some() || caller.sees(state, order.id, Some(row.id)));
        found.extend(chosen.filter_map(|row| reserved(state, order, row)));
    }
    found.sort_by_key(|it| (it.order, it.reservation));
    Ok(found)
}

/// Refuses a subscription that the directory of the token does not have.
pub(super) fn visible_subscription(
    caller: &Caller,
    state: &State,
    id: AzureSubscriptionId,
) -> Result<(), ArmFault> {
    let found = state.azure_subscription(id).filter(|subscription| {
        caller.directory.is_none_or(|tenant| tenant.0 == subscription.customer.0)
    });
    match found {
        Some(_) => Ok(()),
        None => Err(ArmFault::new(
            SUBSCRIPTION_NOT_FOUND,
            format!(
                "the subscription {id} is not in the directory of the token; GET /subscriptions lists those that are"
            ),
        )),
    }
}

/// `reservationOrderId` and `reservationId` of the query.
#[derive(Debug, Default)]
struct Narrowing {
    order: Option<ReservationOrderId>,
    reservation: Option<ReservationId>,
}

impl Narrowing {
    fn of(call: &Call<'_>) -> Result<Self, ArmFault> {
        let sent = |name| call.query().get(name).filter(|text| !text.trim().is_empty());
        let order = sent("reservationOrderId")
            .map(resource_id::reservation_order)
            .transpose()
            .map_err(|error| ArmFault::invalid("reservationOrderId", error))?;
        let reservation = sent("reservationId")
            .map(resource_id::reservation)
            .transpose()
            .map_err(|error| ArmFault::invalid("reservationId", error))?
            .map(|reference| reference.reservation);
        if reservation.is_some() && order.is_none() {
            let reason = "needs reservationOrderId as well: a reservation is found in its order";
            return Err(ArmFault::invalid("reservationId", reason));
        }
        Ok(Self { order, reservation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";

    #[test]
    fn scopes_are_read_in_any_casing() {
        let guid = GUID.parse().unwrap();
        let order = ReservationOrderId(guid);
        let reservation = Scope::Reservation(order, ReservationId(guid));
        let billing = |text: &str| Scope::Billing(text.to_owned());
        for (text, scope) in [
            (format!("providers/Microsoft.Capacity/reservationorders/{GUID}"), Scope::Order(order)),
            (
                format!("/PROVIDERS/microsoft.capacity/reservationOrders/{GUID}/"),
                Scope::Order(order),
            ),
            (
                format!(
                    "providers/Microsoft.Capacity//reservationOrders/{GUID}/Reservations/{GUID}"
                ),
                reservation,
            ),
            (format!("subscriptions/{GUID}"), Scope::Subscription(AzureSubscriptionId(guid))),
            (
                "providers/microsoft.billing/billingaccounts/A:b_2019-05-31".to_owned(),
                billing("providers/Microsoft.Billing/billingAccounts/A:b_2019-05-31"),
            ),
            (
                "providers/Microsoft.Billing/billingAccounts/a/billingProfiles/P".to_owned(),
                billing("providers/Microsoft.Billing/billingAccounts/a/billingProfiles/P"),
            ),
        ] {
            assert_eq!(Scope::parse(&text).unwrap(), scope, "{text}");
        }
    }

    #[test]
    fn other_scopes_are_refused() {
        for (text, code) in [
            ("", "BadRequest"),
            ("providers", "BadRequest"),
            ("providers/Microsoft.Capacity", "BadRequest"),
            ("providers/Microsoft.Billing/billingAccounts", "BadRequest"),
            ("providers/Microsoft.Capacity/reservationOrders/x", "InvalidReservationOrderId"),
            (
                "providers/Microsoft.Capacity/reservationOrders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903/reservations/x",
                "InvalidReservationId",
            ),
            ("subscriptions/x", "InvalidSubscriptionId"),
        ] {
            assert_eq!(Scope::parse(text).unwrap_err().code.name, code, "{text}");
        }
    }
}
