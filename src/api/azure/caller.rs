//! Who calls Azure Resource Manager, in which directory, and what that lets them see and do
//! (contract: azure-identity.md §4, azure-authorization.md §5 and §6).

use super::error::{AUTHORIZATION_FAILED, ArmFault, BAD_REQUEST, Code};
use super::headers::NOTICE;
use crate::api::call::Call;
use crate::api::reply::Reply;
use crate::domain::authorization::{Access, Granted, Principal, PrincipalKind, Scope};
use crate::domain::ids::{
    CustomerId, ObjectId, ReservationId, ReservationOrderId, TenantId, parse_guid,
};
use crate::domain::reservations::{Reservation, ReservationOrder, find_order, find_reservation};
use crate::domain::state::State;
use crate::identity::token::AuthLevel;
use crate::store::Row;
use std::cell::OnceCell;
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

/// A reservation with its order.
type Found = (Arc<Row<ReservationOrder>>, Arc<Row<Reservation>>);

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The directory of the token; none when tokens are not looked at, and then all are seen.
    pub directory: Option<TenantId>,
    /// The object id of the token, if it has one.
    pub object: Option<ObjectId>,
    /// What the caller may do: level `strict` asks for roles, the levels below let everybody do
    /// everything in its directory.
    pub access: Access,
    /// Where the caller may read orders and reservations, as of the first time this was asked.
    readable: [OnceCell<Granted>; 2],
}

impl Caller {
    /// Who sent this call.
    pub fn of(call: &Call<'_>) -> Result<Self, ArmFault> {
        let Some(claims) = call.caller.claims() else {
            let access = Access::Unrestricted;
            return Ok(Self {
                directory: None,
                object: None,
                access,
                readable: Default::default(),
            });
        };
        let tenant = parse_guid(&claims.tenant).map_err(|_| {
            ArmFault::new(WRONG_TENANT, "the claim `tid` of the token is not a GUID")
        })?;
        let object = claims.object.parse().ok();
        let access = if call.service.options.auth == AuthLevel::Strict {
            let id = object.ok_or_else(|| {
                let message =
                    "the claim `oid` of the token is not a GUID, so no role can hold for it";
                ArmFault::new(AUTHORIZATION_FAILED, message)
            })?;
            let kind = kind(claims.delegated);
            let client = claims.client.chars().take(80).collect();
            Access::Of(Principal::new(
                &call.view().state.partner,
                TenantId(tenant),
                id,
                kind,
                client,
            ))
        } else {
            Access::Unrestricted
        };
        let directory = Some(TenantId(tenant));
        Ok(Self { directory, object, access, readable: Default::default() })
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

    /// A list with a word on why it is empty: the partner's own tenant holds nothing of the customers,
    /// and signing in there is an easy mistake.
    pub fn explained(&self, state: &State, list: Reply) -> Reply {
        if self.directory != Some(TenantId::from(state.partner.id)) {
            return list;
        }
        list.with(
            NOTICE.clone(),
            "the token is of the partner's tenant, which holds nothing of its customers; sign in to /{customer id}/oauth2/v2.0/token",
        )
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

    /// The order in the path of a call whose reservations are to be listed: the list shows what may be
    /// seen, so that a role on a single reservation is enough.
    pub fn order_of_list(
        &self,
        call: &Call<'_>,
        state: &State,
    ) -> Result<Arc<Row<ReservationOrder>>, ArmFault> {
        let order = find_order(state, self.directory, order_id(call)?)?;
        let mut inside = state.reservations_of(order.customer, order.id);
        if !inside.any(|row| self.sees(state, order.id, Some(row.id))) {
            self.check(state, Action::Read.on_order(), order.id, None)?;
        }
        Ok(Arc::clone(order))
    }

    /// The order and the reservation in the path of a call, on which the caller may do this.
    pub fn reservation(
        &self,
        call: &Call<'_>,
        state: &State,
        action: Action,
    ) -> Result<Found, ArmFault> {
        let id = order_id(call)?;
        let reservation = reservation_id(call)?;
        let order = find_order(state, self.directory, id)?;
        let found = find_reservation(state, order, reservation)?;
        self.check(state, action.on_reservation(), id, Some(reservation))?;
        Ok((Arc::clone(order), Arc::clone(found)))
    }

    /// The caller as the owner of what it buys; none without a token that names it.
    pub fn principal(&self, call: &Call<'_>) -> Option<(ObjectId, PrincipalKind)> {
        let kind = kind(call.caller.claims()?.delegated);
        Some((self.object?, kind))
    }

    /// Refuses what the caller may not do at a scope.
    pub fn check_at(
        &self,
        state: &State,
        action: &'static str,
        scope: &Scope,
    ) -> Result<(), ArmFault> {
        let Some(tenant) = self.directory else { return Ok(()) };
        Ok(self.access.check(state, tenant, action, scope)?)
    }

    /// Refuses what the caller may not do on an order, or on one of its reservations.
    pub fn check(
        &self,
        state: &State,
        action: &'static str,
        order: ReservationOrderId,
        reservation: Option<ReservationId>,
    ) -> Result<(), ArmFault> {
        self.check_at(state, action, &place(order, reservation))
    }

    /// Whether a list shows this to the caller. Roles are looked through once per call, however long
    /// the list is.
    pub fn sees(
        &self,
        state: &State,
        order: ReservationOrderId,
        reservation: Option<ReservationId>,
    ) -> bool {
        let Some(tenant) = self.directory else { return true };
        let (slot, action) = match reservation {
            Some(_) => (0, Action::Read.on_reservation()),
            None => (1, Action::Read.on_order()),
        };
        let readable =
            self.readable[slot].get_or_init(|| self.access.granted(state, tenant, action));
        readable.covers(&place(order, reservation))
    }
}

/// What speaks in a token: a user, or an application for itself.
fn kind(delegated: bool) -> PrincipalKind {
    if delegated { PrincipalKind::User } else { PrincipalKind::ServicePrincipal }
}

/// An order or one of its reservations, as access control names it.
fn place(order: ReservationOrderId, reservation: Option<ReservationId>) -> Scope {
    match reservation {
        Some(reservation) => Scope::Reservation(order, reservation),
        None => Scope::Order(order),
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
