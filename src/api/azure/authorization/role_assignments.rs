//! Role assignments (contract: azure-authorization.md §2).

mod body;

use actix_web::http::{Method, StatusCode};
use serde_json::json;

use self::body::{RoleAssignmentBody, RoleAssignmentCreate};
use super::{PAGE, TAG, at_scope, scope, tenant};
use crate::api::azure::Handler;
use crate::api::azure::caller::Caller;
use crate::api::azure::error::{
    ASSIGNMENT_EXISTS, ASSIGNMENT_FIXED, ASSIGNMENT_NOT_FOUND, ArmFault, INVALID_ASSIGNMENT_NAME,
    PRINCIPAL_NOT_FOUND, PRINCIPAL_TYPE, ROLE_NOT_ASSIGNABLE, ROLE_NOT_FOUND,
};
use crate::api::azure::list::ListOf;
use crate::api::azure::odata::{Filter, FunctionCall};
use crate::api::azure::paging::page;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::authorization::actions::WRITE_ASSIGNMENTS;
use crate::domain::authorization::{self, RoleAssignment, Scope};
use crate::domain::ids::{ObjectId, TenantId};
use crate::domain::partner::Partner;

const ALL: &str = "/{+scope}/providers/Microsoft.Authorization/roleAssignments";
const ONE: &str =
    "/{+scope}/providers/Microsoft.Authorization/roleAssignments/{role_assignment_name}";
/// An assignment of the default fixtures.
const EXAMPLE: &str = "b7d02e61-93fa-4c85-8e1d-5a0c6f3b9247";
const CONTRACT: &str = "azure-authorization.md#2-role-assignments";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let one = |method, id, handler: Handler| {
        at_scope(method, ONE, id, handler)
            .source(Fidelity::Documented, CONTRACT)
            .faults(&[INVALID_ASSIGNMENT_NAME])
    };
    vec![
        at_scope(Method::GET, ALL, "listRoleAssignments", list)
            .summary(TAG, "List role assignments")
            .describe("Those at the scope, above it and below it, in the order they were made. Who may read none is answered an empty list.")
            .source(Fidelity::Documented, CONTRACT)
            .query("$filter", json!({ "type": "string" }), "`atScope()` leaves out those below the scope; `principalId eq '{id}'` keeps those of a principal; `assignedTo('{id}')` also those of its groups. `and` joins them.")
            .query("$skipToken", json!({ "type": "string" }), "How many to skip; from the link to the next page.")
            .example_query("$filter", "atScope()")
            .gives::<ListOf<RoleAssignmentBody>>(200, "The role assignments."),
        one(Method::GET, "getRoleAssignment", get)
            .summary(TAG, "Get a role assignment")
            .example("role_assignment_name", EXAMPLE)
            .faults(&[ASSIGNMENT_NOT_FOUND])
            .gives::<RoleAssignmentBody>(200, "The role assignment."),
        one(Method::PUT, "createRoleAssignment", create)
            .summary(TAG, "Assign a role")
            .example("role_assignment_name", "6a2e0c94-d7b1-4f58-93ce-18f5b06d7a42")
            .describe("The name is a GUID of the caller's choice. The directory knows the users and applications of the partner; any other principal is accepted when `principalType` is sent.")
            .faults(&[
                ASSIGNMENT_EXISTS,
                ASSIGNMENT_FIXED,
                ROLE_NOT_FOUND,
                ROLE_NOT_ASSIGNABLE,
                PRINCIPAL_NOT_FOUND,
                PRINCIPAL_TYPE,
            ])
            .takes::<RoleAssignmentCreate>()
            .example_body(json!({ "properties": {
                "roleDefinitionId": "/providers/Microsoft.Authorization/roleDefinitions/582fc458-8989-419f-a480-75249bc5db7e",
                "principalId": "1b6e4d8c-2a90-4f37-8c5d-7f3e9a0b6c12",
                "principalType": "User",
                "description": "help desk looks",
            } }))
            .gives::<RoleAssignmentBody>(201, "The role assignment, which is new.")
            .gives::<RoleAssignmentBody>(200, "The role assignment, which stood already."),
        one(Method::DELETE, "deleteRoleAssignment", delete)
            .summary(TAG, "Take a role away")
            .example("role_assignment_name", EXAMPLE)
            .gives::<RoleAssignmentBody>(200, "The role assignment as it was.")
            .gives_nothing(204, "There was none of that name at the scope."),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let (caller, scope) = (Caller::of(call)?, scope(call)?);
    let filter = filter(call)?;
    let view = call.view();
    let state = &view.state;
    let tenant = tenant(&caller, state, &scope);
    let wanted = |row: &RoleAssignment| {
        filter.as_ref().is_none_or(|filter| passes(filter, row, &scope, (&state.partner, tenant)))
    };
    let found = authorization::list(state, &caller.access, tenant, &scope, wanted)?;
    let (found, next_link) = page(call, found, "$skipToken", PAGE)?;
    let value = found.iter().map(|row| RoleAssignmentBody::of(row)).collect();
    Ok(Reply::ok(&ListOf { value, next_link }))
}

/// The filter of a call; the ids in it are read, so that a misspelt one is refused and not merely
/// without result.
fn filter(call: &Call<'_>) -> Result<Option<Filter>, ArmFault> {
    let Some(text) = call.query().get("$filter").filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    let filter = Filter::parse(text)
        .and_then(|filter| filter.resolve(&["principalId"], &["atScope", "assignedTo"]))
        .map_err(|error| ArmFault::invalid("$filter", error))?;
    for function in filter.calls() {
        match (function.name.as_str(), function.arguments.len()) {
            ("atScope", 0) => {}
            ("assignedTo", 1) if assigned_to(function).is_some() => {}
            ("assignedTo", _) => {
                let help = "assignedTo needs the object id of a principal: assignedTo('{GUID}')";
                return Err(ArmFault::invalid("$filter", help));
            }
            _ => return Err(ArmFault::invalid("$filter", "atScope() takes nothing")),
        }
    }
    Ok(Some(filter))
}

fn assigned_to(function: &FunctionCall) -> Option<ObjectId> {
    function.text(0)?.parse().ok()
}

fn passes(
    filter: &Filter,
    row: &RoleAssignment,
    scope: &Scope,
    (partner, tenant): (&Partner, TenantId),
) -> bool {
    filter.evaluate(
        |_| Some(row.principal.to_string().as_str().into()),
        |function| match assigned_to(function) {
            Some(principal) => row.is_of(partner, tenant, principal),
            None => row.scope.covers(scope),
        },
    )
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let (caller, scope) = (Caller::of(call)?, scope(call)?);
    let view = call.view();
    let tenant = tenant(&caller, &view.state, &scope);
    let name = call.path_text("role_assignment_name");
    let found = authorization::find(&view.state, &caller.access, tenant, &scope, name)?;
    Ok(Reply::ok(&RoleAssignmentBody::of(found)))
}

fn create(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let (caller, scope) = (Caller::of(call)?, scope(call)?);
    let tenant = {
        let view = call.view();
        let tenant = tenant(&caller, &view.state, &scope);
        caller.access.check(&view.state, tenant, WRITE_ASSIGNMENTS, &scope)?;
        tenant
    };
    let new = call.body::<RoleAssignmentCreate>()?.read()?;
    let name = call.path_text("role_assignment_name");
    let (assignment, is_new) = call.write(|tx| {
        authorization::create(tx, &caller.access, tenant, caller.object, &scope, name, new)
    })?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(Reply::json(status, &RoleAssignmentBody::of(&assignment)))
}

fn delete(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let (caller, scope) = (Caller::of(call)?, scope(call)?);
    let tenant = tenant(&caller, &call.view().state, &scope);
    let name = call.path_text("role_assignment_name");
    let gone = call.write(|tx| authorization::delete(tx, &caller.access, tenant, &scope, name))?;
    Ok(match gone {
        Some(gone) => Reply::ok(&RoleAssignmentBody::of(&gone)),
        None => Reply::empty(StatusCode::NO_CONTENT),
    })
}
