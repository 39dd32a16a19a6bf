//! Deny assignments: only Azure itself makes them, and not for reservations, so there are none
//! (contract: azure-authorization.md §4).

use actix_web::http::Method;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{TAG, at_scope, scope, tenant};
use crate::api::azure::caller::Caller;
use crate::api::azure::error::{ArmFault, DENY_ASSIGNMENT_NOT_FOUND};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::authorization::actions::READ_DENY_ASSIGNMENTS;

/// A list of deny assignments, which is empty.
#[derive(Debug, Serialize, ToSchema)]
struct DenyAssignmentList {
    /// None.
    value: [String; 0],
}

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let source = "azure-authorization.md#4-permissions-and-deny-assignments";
    vec![
        at_scope(
            Method::GET,
            "/{+scope}/providers/Microsoft.Authorization/denyAssignments",
            "listDenyAssignments",
            list,
        )
        .summary(TAG, "List deny assignments")
        .describe("There are none: only Azure itself makes them, and not for reservations.")
        .source(Fidelity::Documented, source)
        .query(
            "$filter",
            json!({ "type": "string" }),
            "Accepted and ignored: there is nothing to choose from.",
        )
        .gives::<DenyAssignmentList>(200, "An empty list."),
        at_scope(
            Method::GET,
            "/{+scope}/providers/Microsoft.Authorization/denyAssignments/{deny_assignment_id}",
            "getDenyAssignment",
            get,
        )
        .summary(TAG, "Get a deny assignment")
        .describe("There are none.")
        .source(Fidelity::Choice, source)
        .faults(&[DENY_ASSIGNMENT_NOT_FOUND])
        .example("deny_assignment_id", "b7d02e61-93fa-4c85-8e1d-5a0c6f3b9247"),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let (caller, scope) = (Caller::of(call)?, scope(call)?);
    let view = call.view();
    let tenant = tenant(&caller, &view.state, &scope);
    if caller.access.may(&view.state, tenant, READ_DENY_ASSIGNMENTS, &scope) {
        scope.check_exists(&view.state, tenant)?;
    }
    Ok(Reply::ok(&DenyAssignmentList { value: [] }))
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let (caller, scope) = (Caller::of(call)?, scope(call)?);
    let view = call.view();
    let tenant = tenant(&caller, &view.state, &scope);
    caller.access.check(&view.state, tenant, READ_DENY_ASSIGNMENTS, &scope)?;
    scope.check_exists(&view.state, tenant)?;
    let id: String = call.path_text("deny_assignment_id").chars().take(80).collect();
    let message = format!("there is no deny assignment `{id}` at the scope '{scope}'");
    Err(ArmFault::new(DENY_ASSIGNMENT_NOT_FOUND, message))
}
