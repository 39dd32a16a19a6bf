//! What became of a long-running operation (contract: azure-reservations.md §2, §7.3).

use actix_web::http::Method;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::exchange_result::{self, ExchangeResult};
use super::{TAG, operation};
use crate::api::azure::caller::Caller;
use crate::api::azure::error::{ArmFault, ErrorDetail, OPERATION_NOT_FOUND};
use crate::api::azure::long_running;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::ids::{OperationId, TenantId};
use crate::domain::reservations::{self, Outcome, ReservationFault};
use crate::domain::state::State;

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
        .example_after("calculateExchange")
        .example("operation_id", "4db5e11e-80df-42c2-8035-82fd2143c694"),
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
    /// `Pending`, `Succeeded` or `Failed`; an exchange is `PendingRefunds`, then `PendingPurchases`.
    #[schema(example = "Succeeded")]
    status: &'static str,
    /// The amounts of an exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<ExchangeResult>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorDetail>,
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let text = call.path_text("operation_id");
    let unknown = || ReservationFault::OperationNotFound(text.chars().take(60).collect());
    let id: OperationId = text.parse().map_err(|_| unknown())?;
    let view = call.view();
    let directory = Caller::of(call)?.directory;
    let (status, properties, error) = match exchange_answer(&view.state, directory, id, view.now) {
        Some(answer) => answer,
        None => match &reservations::operation(&view.state, directory, id)?.outcome {
            Outcome::Running => (RUNNING[0], None, None),
            Outcome::Succeeded => ("Succeeded", None, None),
            Outcome::Failed(error) => {
                ("Failed", None, Some(ArmFault::from(error.clone()).detail()))
            }
        },
    };
    let path = format!("/providers/Microsoft.Capacity/operationResults/{id}");
    let name = id.to_string();
    let reply = Reply::ok(&OperationBody { id: path.clone(), name, status, properties, error });
    Ok(if RUNNING.contains(&status) {
        long_running::pointing(call, reply, Some(id), &path)
    } else {
        reply
    })
}

/// The words of operations that are not over.
const RUNNING: [&str; 3] = ["Pending", "PendingRefunds", "PendingPurchases"];

/// What the operation shows, if it is that of an exchange or its calculation.
fn exchange_answer(
    state: &State,
    directory: Option<TenantId>,
    id: OperationId,
    now: DateTime<Utc>,
) -> Option<exchange_result::Answer> {
    if let Ok(found) = reservations::find_calculation(state, directory, id) {
        return Some(exchange_result::calculation(found, now));
    }
    let found = reservations::find_exchange(state, directory, id).ok()?;
    exchange_result::execution(found, now)
}
