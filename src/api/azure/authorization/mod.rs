//! Microsoft.Authorization: who may do what with reservations and subscriptions
//! (contract: azure-authorization.md). The rules stand in [`crate::domain::authorization`].

mod deny_assignments;
mod elevate_access;
mod fault;
mod permissions;
mod role_assignments;
mod role_definitions;

use actix_web::http::Method;
use serde_json::json;

use super::caller::Caller;
use super::error::{
    ArmFault, MISSING_SUBSCRIPTION, NOT_IN_ORDER, ORDER_NOT_FOUND, SUBSCRIPTION_NOT_FOUND,
};
use crate::api::azure::Handler;
use crate::api::call::Call;
use crate::api::operation::Operation;
use crate::domain::authorization::{AuthorizationFault, Scope};
use crate::domain::ids::TenantId;
use crate::domain::state::State;

/// Group of these operations in the document.
const TAG: &str = "Access control";
/// Versions of Microsoft.Authorization.
const VERSIONS: &[&str] = &[
    "2022-04-01",
    "2022-05-01-preview",
    "2020-10-01-preview",
    "2020-08-01-preview",
    "2020-04-01-preview",
    "2018-09-01-preview",
    "2018-01-01-preview",
    "2016-07-01",
    "2015-07-01",
];
/// An order of the default fixtures.
const ORDER: &str =
    "providers/Microsoft.Capacity/reservationOrders/3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903";
/// Items of a page [choice].
const PAGE: usize = 500;

/// Every operation of the provider.
pub(super) fn operations() -> Vec<Operation> {
    let mut all = role_assignments::operations();
    all.extend(role_definitions::operations());
    all.extend(permissions::operations());
    all.extend(deny_assignments::operations());
    all.extend(elevate_access::operations());
    all
}

/// Begins the declaration of an operation of this provider at a scope.
fn at_scope(method: Method, path: &'static str, id: &'static str, handler: Handler) -> Operation {
    super::operation(method, path, id, handler)
        .versions(VERSIONS)
        .faults(&[MISSING_SUBSCRIPTION, ORDER_NOT_FOUND, NOT_IN_ORDER, SUBSCRIPTION_NOT_FOUND])
        .query(
            "tenantId",
            json!({ "type": "string" }),
            "Accepted and ignored: the token says which tenant is meant.",
        )
        .example("scope", ORDER)
}

/// The scope in the path of a call.
fn scope(call: &Call<'_>) -> Result<Scope, ArmFault> {
    let text = call.path_text("scope");
    text.parse().map_err(|error| {
        let shown = text.chars().take(120).collect();
        AuthorizationFault::UnknownScope(shown, error).into()
    })
}

/// The tenant whose access control is meant: that of the token. Without a token, as level `off` allows
/// it, the tenant that holds the scope, or the partner's for the scopes that every tenant has [choice].
fn tenant(caller: &Caller, state: &State, scope: &Scope) -> TenantId {
    caller
        .directory
        .or_else(|| scope.home(state))
        .unwrap_or_else(|| TenantId::from(state.partner.id))
}
