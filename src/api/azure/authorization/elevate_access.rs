//! Raising oneself to the root of a tenant (contract: azure-authorization.md §4).

use actix_web::http::{Method, StatusCode};

use super::{TAG, tenant};
use crate::api::azure::caller::Caller;
use crate::api::azure::error::ArmFault;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::authorization::{self, Scope};

/// Versions that know the operation.
const VERSIONS: &[&str] = &["2016-07-01", "2015-07-01", "2022-04-01"];

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        crate::api::azure::operation(
            Method::POST,
            "/providers/Microsoft.Authorization/elevateAccess",
            "elevateAccess",
            elevate,
        )
        .versions(VERSIONS)
        .summary(TAG, "Elevate access")
        .describe("Makes the caller User Access Administrator at `/`, which shows all reservations of the tenant. For Global Administrators and, in customers' tenants, admin agents of the partner; never for applications.")
        .source(Fidelity::Documented, "azure-authorization.md#4-permissions-and-deny-assignments")
        .gives_nothing(200, "Done."),
    ]
}

fn elevate(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let tenant = tenant(&caller, &call.view().state, &Scope::Root);
    call.write(|tx| authorization::elevate(tx, &caller.access, tenant, caller.object))?;
    Ok(Reply::empty(StatusCode::OK))
}
