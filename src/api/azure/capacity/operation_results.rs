//! What became of a long-running operation (contract: azure-reservations.md §2, §7.3).

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::{TAG, operation};
use crate::api::azure::caller::Caller;
use crate::api::azure::error::{ArmFault, ErrorDetail, OPERATION_NOT_FOUND};
use crate::api::azure::long_running;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::ids::OperationId;
use crate::domain::reservations::{self, Outcome, ReservationFault};

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::GET,
            "/providers/Microsoft.Capacity/operationResults/{operation_id}",
            "getOperationResult",
            get,
        )
        .summary(TAG, "Get what became of a long-running operation")
        .describe(
            "Always 200; `status` says how far it is. It is remembered for a day after its end.",
        )
        .source(Fidelity::Recorded, "azure-reservations.md#73-get-operationresultsop")
        .gives::<OperationBody>(200, "The operation.")
        .with_header("Azure-AsyncOperation", "Where to ask again, while it runs.")
        .with_header("Location", "The same.")
        .with_header("Retry-After", "Seconds to wait, while it runs.")
        .faults(&[OPERATION_NOT_FOUND])
        .example("operation_id", "00000000-0000-4000-8000-000000000003"),
    ]
}

/// A long-running operation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OperationResultResponse)]
struct OperationBody {
    /// Resource id.
    id: String,
    /// Id of the operation.
    name: String,
    /// `Pending`, `Succeeded` or `Failed`.
    #[schema(example = "Succeeded")]
    status: &'static str,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorDetail>,
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let text = call.path_text("operation_id");
    let unknown = || ReservationFault::OperationNotFound(text.chars().take(60).collect());
    let id: OperationId = text.parse().map_err(|_| unknown())?;
    let view = call.view();
    let found = reservations::operation(&view.state, Caller::of(call)?.directory, id)?;
    let path = format!("/providers/Microsoft.Capacity/operationResults/{id}");
    let (status, error) = match &found.outcome {
        Outcome::Running => ("Pending", None),
        Outcome::Succeeded => ("Succeeded", None),
        Outcome::Failed(error) => ("Failed", Some(ArmFault::from(error.clone()).detail())),
    };
    let reply = Reply::ok(&OperationBody { id: path.clone(), name: id.to_string(), status, error });
    Ok(match found.outcome {
        Outcome::Running => long_running::pointing(call, reply, Some(id), &path),
        _ => reply,
    })
}
