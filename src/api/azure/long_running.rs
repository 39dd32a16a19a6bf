//! Answers of long-running operations: where the client asks for the outcome
//! (contract: azure-reservations.md §2).

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, LOCATION, RETRY_AFTER};

use super::version;
use crate::api::call::Call;
use crate::api::reply::Reply;
use crate::domain::ids::OperationId;

static ASYNC_OPERATION: HeaderName = HeaderName::from_static("azure-asyncoperation");

/// Seconds between two questions. Zero would count as absent (rule L4).
pub const RETRY_SECONDS: &str = "1";

/// An absolute link of this server with the version of the call.
pub fn link(call: &Call<'_>, path: &str) -> String {
    call.url(&format!("{path}?api-version={}", version::of(call)))
}

/// 202 without body: the operation has begun, and its result will be at `location`.
pub fn accepted(call: &Call<'_>, operation: Option<OperationId>, location: &str) -> Reply {
    pointing(call, Reply::empty(StatusCode::ACCEPTED), operation, location)
}

/// 202 without body: the operation has begun; `status` tells how far it is, `result` what it made.
pub fn begun(call: &Call<'_>, status: &str, result: &str) -> Reply {
    Reply::empty(StatusCode::ACCEPTED)
        .with(ASYNC_OPERATION.clone(), &link(call, status))
        .with(LOCATION, &link(call, result))
        .with(RETRY_AFTER, RETRY_SECONDS)
}

/// An answer that points to where the result is, or will be.
pub fn pointing(
    call: &Call<'_>,
    reply: Reply,
    operation: Option<OperationId>,
    location: &str,
) -> Reply {
    let reply = reply.with(LOCATION, &link(call, location)).with(RETRY_AFTER, RETRY_SECONDS);
    match operation {
        Some(id) => {
            let path = format!("/providers/Microsoft.Capacity/operationResults/{id}");
            reply.with(ASYNC_OPERATION.clone(), &link(call, &path))
        }
        None => reply,
    }
}
