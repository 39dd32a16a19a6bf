//! What the caller's roles allow at a scope (contract: azure-authorization.md §4).

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::role_definitions::PermissionBody;
use super::{TAG, at_scope, scope, tenant};
use crate::api::azure::caller::Caller;
use crate::api::azure::error::ArmFault;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;

/// What the caller may do at a scope.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PermissionList {
    /// One entry per role of the caller.
    value: Vec<PermissionBody>,
}

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        at_scope(
            Method::GET,
            "/{+scope}/providers/Microsoft.Authorization/permissions",
            "listPermissions",
            list,
        )
        .summary(TAG, "List what the caller may do")
        .describe("The union of the entries counts. Below auth level `strict` a caller may do everything.")
        .source(Fidelity::Documented, "azure-authorization.md#4-permissions-and-deny-assignments")
        .gives::<PermissionList>(200, "The permissions."),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let (caller, scope) = (Caller::of(call)?, scope(call)?);
    let view = call.view();
    let tenant = tenant(&caller, &view.state, &scope);
    let held = caller.access.permissions(&view.state, tenant, &scope);
    // Who may do nothing is not told whether the scope exists.
    if !held.is_empty() {
        scope.check_exists(&view.state, tenant)?;
    }
    Ok(Reply::ok(&PermissionList { value: held.iter().map(Into::into).collect() }))
}
