//! Role definitions, built-in and custom (contract: azure-authorization.md §3).

mod body;

use actix_web::http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

use self::body::RoleDefinitionBody;
pub(super) use self::body::{PermissionBody, id_of_role};
use super::{PAGE, TAG, at_scope, scope, tenant};
use crate::api::azure::Handler;
use crate::api::azure::caller::Caller;
use crate::api::azure::error::{
    ArmFault, INVALID_ACTION, INVALID_ROLE, INVALID_ROLE_ID, ROLE_IN_USE, ROLE_NAME_TAKEN,
    ROLE_NOT_FOUND,
};
use crate::api::azure::list::ListOf;
use crate::api::azure::odata::Filter;
use crate::api::azure::paging::page;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::authorization::{AuthorizationFault, RoleDefinition, Scope, roles};
use crate::domain::ids::parse_guid;

const ALL: &str = "/{+scope}/providers/Microsoft.Authorization/roleDefinitions";
const ONE: &str =
    "/{+scope}/providers/Microsoft.Authorization/roleDefinitions/{role_definition_id}";
const CONTRACT: &str = "azure-authorization.md#3-role-definitions";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let one = |method, id, handler: Handler| {
        at_scope(method, ONE, id, handler)
            .source(Fidelity::Documented, CONTRACT)
            .faults(&[INVALID_ROLE_ID])
    };
    let custom = "4d9b1e63-72f0-4ac8-b5d7-90e3a6c8f152";
    vec![
        at_scope(Method::GET, ALL, "listRoleDefinitions", list)
            .summary(TAG, "List roles")
            .describe("Those that can be assigned at the scope; at `/` all of the tenant. Custom roles are left out for who may not read them.")
            .source(Fidelity::Documented, CONTRACT)
            .query("$filter", json!({ "type": "string" }), "`roleName eq '…'`, `type eq 'BuiltInRole'` or `'CustomRole'`; `atScopeAndBelow()` adds those that can be assigned below the scope only. `and` joins them.")
            .query("$skipToken", json!({ "type": "string" }), "How many to skip; from the link to the next page.")
            .example_query("$filter", "roleName eq 'Reservations Reader'")
            .gives::<ListOf<RoleDefinitionBody>>(200, "The roles."),
        one(Method::GET, "getRoleDefinition", get)
            .summary(TAG, "Get a role")
            .faults(&[ROLE_NOT_FOUND])
            .example("role_definition_id", roles::RESERVATIONS_READER.to_string())
            .gives::<RoleDefinitionBody>(200, "The role."),
        one(Method::PUT, "putRoleDefinition", put)
            .summary(TAG, "Make or change a custom role")
            .faults(&[INVALID_ROLE, INVALID_ACTION, ROLE_NAME_TAKEN])
            .takes::<RoleDefinitionBody>()
            .example("role_definition_id", "a1f6c3d8-5e27-4b90-8c4d-2b7f90e6d315")
            .example_body(json!({ "properties": {
                "roleName": "Reservation Rescoper",
                "type": "CustomRole",
                "description": "Reads reservations and changes what they apply to",
                "assignableScopes": ["/providers/Microsoft.Capacity"],
                "permissions": [{
                    "actions": [
                        "Microsoft.Capacity/*/read",
                        "Microsoft.Capacity/reservationOrders/reservations/write",
                    ],
                    "notActions": [],
                }],
            } }))
            .gives::<RoleDefinitionBody>(201, "The role, new or changed."),
        one(Method::DELETE, "deleteRoleDefinition", delete)
            .summary(TAG, "Delete a custom role")
            .faults(&[INVALID_ROLE, ROLE_IN_USE])
            .example("role_definition_id", custom)
            .gives::<RoleDefinitionBody>(200, "The role as it was.")
            .gives_nothing(204, "There was no such role."),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let (caller, scope) = (Caller::of(call)?, scope(call)?);
    let filter = filter(call)?;
    let view = call.view();
    let tenant = tenant(&caller, &view.state, &scope);
    let and_below = filter.as_ref().is_some_and(|filter| !filter.calls().is_empty());
    let mut found = roles::list(&view.state, &caller.access, tenant, &scope, and_below);
    if let Some(filter) = &filter {
        found.retain(|role| passes(filter, role));
    }
    let (found, next_link) = page(call, found, "$skipToken", PAGE)?;
    let value = found.into_iter().map(|role| RoleDefinitionBody::of(&scope, role)).collect();
    Ok(Reply::ok(&ListOf { value, next_link }))
}

fn filter(call: &Call<'_>) -> Result<Option<Filter>, ArmFault> {
    let Some(text) = call.query().get("$filter").filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    Filter::parse(text)
        .and_then(|filter| filter.resolve(&["roleName", "type"], &["atScopeAndBelow"]))
        .map(Some)
        .map_err(|error| ArmFault::invalid("$filter", error))
}

fn passes(filter: &Filter, role: &RoleDefinition) -> bool {
    filter.matches(|property| match property {
        "roleName" => Some(role.role_name.as_str().into()),
        _ => Some(body::type_of(role).into()),
    })
}

fn role_id(call: &Call<'_>) -> Result<Uuid, ArmFault> {
    let text = call.path_text("role_definition_id");
    parse_guid(text).map_err(|_| {
        AuthorizationFault::InvalidRoleDefinitionId(text.chars().take(80).collect()).into()
    })
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let (caller, scope, id) = (Caller::of(call)?, scope(call)?, role_id(call)?);
    let view = call.view();
    let tenant = tenant(&caller, &view.state, &scope);
    let role = roles::get(&view.state, &caller.access, tenant, &scope, id)?;
    Ok(Reply::ok(&RoleDefinitionBody::of(&scope, role)))
}

fn put(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let (caller, scope) = (Caller::of(call)?, scope(call)?);
    let tenant = {
        let view = call.view();
        let tenant = tenant(&caller, &view.state, &scope);
        caller.access.check(&view.state, tenant, roles::WRITE, &scope)?;
        tenant
    };
    let new = call.body::<RoleDefinitionBody>()?.read()?;
    let id = call.path_text("role_definition_id");
    let by = caller.object;
    let role = call.write(|tx| roles::put(tx, &caller.access, tenant, by, &scope, id, new))?;
    Ok(Reply::created(&RoleDefinitionBody::of(&scope, &role)))
}

fn delete(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let (caller, scope) = (Caller::of(call)?, scope(call)?);
    let tenant = tenant(&caller, &call.view().state, &scope);
    let id = call.path_text("role_definition_id");
    let gone = call.write(|tx| roles::remove(tx, &caller.access, tenant, &scope, id))?;
    Ok(match gone {
        Some(role) => Reply::ok(&RoleDefinitionBody::of(&scope, &role)),
        None => Reply::empty(StatusCode::NO_CONTENT),
    })
}

/// The kind of resource of a role.
const TYPE: &str = "Microsoft.Authorization/roleDefinitions";

/// The path of a role below a scope.
fn provider_path(id: Uuid) -> String {
    format!("{TYPE}/{id}")
}

/// The scope that ids of roles are written below: the subscription for scopes within one, else none
/// [choice].
fn written_below(scope: &Scope) -> Scope {
    scope.subscription().map_or(Scope::Root, Scope::Subscription)
}
