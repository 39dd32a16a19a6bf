//! Who calls Azure Resource Manager, in which directory, and what that lets them see and do
//! (contract: azure-identity.md §4, azure-authorization.md §5 and §6).

use super::error::{ArmFault, BAD_REQUEST, Code};
use crate::api::call::Call;
use crate::domain::ids::{CustomerId, ReservationId, ReservationOrderId, TenantId, parse_guid};
use crate::domain::reservations::{Reservation, ReservationOrder, find_order, find_reservation};
use crate::domain::state::State;
use crate::store::Row;
use std::sync::Arc;

/// The token is for another tenant.
pub const WRONG_TENANT: Code = Code {
    status: 401,
    name: "InvalidAuthenticationTokenTenant",
    text: "The token is for another tenant.",
};

/// What may be done with reservations (contract: azure-authorization.md §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Reading orders and reservations.
    Read,
    /// Changing a reservation.
    Write,
    /// Splitting, merging and the like.
    Act,
}

impl Action {
    /// The action on a reservation order.
    pub fn on_order(self) -> &'static str {
        match self {
            Self::Read => "Microsoft.Capacity/reservationOrders/read",
            Self::Write => "Microsoft.Capacity/reservationOrders/write",
            Self::Act => "Microsoft.Capacity/reservationOrders/action",
        }
    }

    /// The action on a reservation.
    pub fn on_reservation(self) -> &'static str {
        match self {
            Self::Read => "Microsoft.Capacity/reservationOrders/reservations/read",
            Self::Write => "Microsoft.Capacity/reservationOrders/reservations/write",
            Self::Act => "Microsoft.Capacity/reservationOrders/reservations/action",
        }
    }
}

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The directory of the token; none when tokens are not looked at, and then all are seen.
    pub directory: Option<TenantId>,
}

impl Caller {
    /// Who sent this call.
    pub fn of(call: &Call<'_>) -> Result<Self, ArmFault> {
        let Some(claims) = call.caller.claims() else { return Ok(Self { directory: None }) };
        let tenant = parse_guid(&claims.tenant).map_err(|_| {
            ArmFault::new(WRONG_TENANT, "the claim `tid` of the token is not a GUID")
        })?;
        Ok(Self { directory: Some(TenantId(tenant)) })
    }

    /// The customer whose directory it is.
    pub fn customer(&self, state: &State) -> Result<CustomerId, ArmFault> {
        let help = "sign in to the tenant of the customer: /{customer id}/oauth2/v2.0/token";
        let Some(tenant) = self.directory else {
            return Err(ArmFault::new(BAD_REQUEST, format!("the call has no token; {help}")));
        };
        let customer = CustomerId(tenant.0);
        if state.customers.contains(&customer) {
            return Ok(customer);
        }
        let message = format!("the tenant {tenant} of the token is not a customer's; {help}");
        Err(ArmFault::new(WRONG_TENANT, message))
    }

    /// The order in the path of a call, on which the caller may do this.
    pub fn order(
        &self,
        call: &Call<'_>,
        state: &State,
        action: Action,
    ) -> Result<Arc<Row<ReservationOrder>>, ArmFault> {
        let id = order_id(call)?;
        let order = find_order(state, self.directory, id)?;
        self.check(state, action.on_order(), id, None)?;
        Ok(Arc::clone(order))
    }

    /// The order and the reservation in the path of a call, on which the caller may do this.
    pub fn reservation(
        &self,
        call: &Call<'_>,
        state: &State,
        action: Action,
    ) -> Result<(Arc<Row<ReservationOrder>>, Arc<Row<Reservation>>), ArmFault> {
        let id = order_id(call)?;
        let reservation = reservation_id(call)?;
        let order = find_order(state, self.directory, id)?;
        let found = find_reservation(state, order, reservation)?;
        self.check(state, action.on_reservation(), id, Some(reservation))?;
        Ok((Arc::clone(order), Arc::clone(found)))
    }

    /// Whether the caller may do this on an order, or on one of its reservations.
    pub fn check(
        &self,
        _state: &State,
        _action: &'static str,
        _order: ReservationOrderId,
        _reservation: Option<ReservationId>,
    ) -> Result<(), ArmFault> {
        Ok(())
    }

    /// Whether a list shows this to the caller.
    pub fn sees(
        &self,
        state: &State,
        order: ReservationOrderId,
        reservation: Option<ReservationId>,
    ) -> bool {
        let action = match reservation {
            Some(_) => Action::Read.on_reservation(),
            None => Action::Read.on_order(),
        };
        self.check(state, action, order, reservation).is_ok()
    }
}

/// The id of the order in the path.
pub fn order_id(call: &Call<'_>) -> Result<ReservationOrderId, ArmFault> {
    use super::error::INVALID_ORDER_ID;
    super::resource_id::reservation_order(call.path_text("reservation_order_id"))
        .map_err(ArmFault::id(INVALID_ORDER_ID))
}

/// The id of the reservation in the path.
pub fn reservation_id(call: &Call<'_>) -> Result<ReservationId, ArmFault> {
    use super::error::INVALID_RESERVATION_ID;
    super::resource_id::reservation(call.path_text("reservation_id"))
        .map(|reference| reference.reservation)
        .map_err(ArmFault::id(INVALID_RESERVATION_ID))
}
