//! What became of a request that was accepted (contract: azure-support.md §3.2, §8).

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use serde::Serialize;
use utoipa::ToSchema;

use super::communications::CommunicationBody;
use super::place::{Place, actions};
use super::ticket_body::TicketBody;
use super::{TAG, after, in_both_trees, tickets};
use crate::api::azure::error::{ArmFault, ErrorDetail, NOT_FOUND, SUPPORT_PLAN};
use crate::api::azure::long_running;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::ids::OperationId;
use crate::domain::support::{
    SupportOutcome, SupportWork, find_case, find_message, find_operation,
};

const CONTRACT: &str = "azure-support.md#8-get-operationsstatusg-operationresultsg";
/// The operation that the first ticket of a default world begins.
const OPERATION: &str = "a24b80d0-9c10-4a91-aba5-44430fd6aa17";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let status = in_both_trees!(
        GET,
        "/operationsStatus/{operation_id}",
        "getSupportOperationStatus",
        status
    )
    .map(|operation| {
        operation
            .summary(TAG, "Get how far an accepted request is")
            .describe("Remembered for a day after its end. Who may open tickets may ask.")
            .gives::<StatusBody>(200, "How far it is.")
            .with_header("Retry-After", "Seconds to wait, while it runs.")
    });
    let result = in_both_trees!(
        GET,
        "/operationResults/{operation_id}",
        "getSupportOperationResult",
        result
    )
    .map(|operation| {
        operation
            .summary(TAG, "Get what an accepted request made")
            .describe("One that failed is answered with its error.")
            .gives::<ResultBody>(200, "The ticket or the communication.")
            .gives_nothing(202, "It is not there yet.")
            .with_header("Location", "Where to ask again.")
            .with_header("Retry-After", "Seconds to wait.")
            .faults(&[SUPPORT_PLAN])
    });
    let declared = |operation: Operation| {
        after(operation, tickets::OPENED)
            .source(Fidelity::Recorded, CONTRACT)
            .faults(&[NOT_FOUND])
            .example("operation_id", OPERATION)
    };
    status.into_iter().chain(result).map(declared).collect()
}

/// How far a request is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportOperationStatus)]
struct StatusBody {
    /// Resource id.
    id: String,
    /// Id of the operation.
    name: String,
    /// `InProgress`, `Succeeded` or `Failed`.
    #[schema(example = "Succeeded")]
    status: &'static str,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorDetail>,
}

/// What a request made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = SupportOperationResult)]
enum ResultBody {
    /// A ticket.
    Ticket(Box<TicketBody>),
    /// A communication.
    Communication(CommunicationBody),
}

/// The answer to a request that was accepted.
pub(super) fn begun(call: &Call<'_>, place: &Place, id: OperationId) -> Reply {
    let root = &place.root;
    let (status, result) =
        (format!("{root}/operationsStatus/{id}"), format!("{root}/operationResults/{id}"));
    long_running::begun(call, &status, &result)
}

fn status(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::WRITE_TICKETS)?;
    let found = find_operation(&view.state, place.tree, call.path_text("operation_id"))?;
    let (status, error) = match &found.outcome {
        SupportOutcome::Running => ("InProgress", None),
        SupportOutcome::Succeeded => ("Succeeded", None),
        SupportOutcome::Failed(error) => ("Failed", Some(ArmFault::from(error.clone()).detail())),
    };
    let id = format!("{}/operationsStatus/{}", place.root, found.id);
    let reply = Reply::ok(&StatusBody { id, name: found.id.to_string(), status, error });
    Ok(match found.outcome {
        SupportOutcome::Running => reply.with(RETRY_AFTER, long_running::RETRY_SECONDS),
        _ => reply,
    })
}

fn result(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let state = &view.state;
    let place = Place::of(call, state, actions::WRITE_TICKETS)?;
    let found = find_operation(state, place.tree, call.path_text("operation_id"))?;
    match &found.outcome {
        SupportOutcome::Running => {
            let here = format!("{}/operationResults/{}", place.root, found.id);
            return Ok(Reply::empty(StatusCode::ACCEPTED)
                .with(LOCATION, &long_running::link(call, &here))
                .with(RETRY_AFTER, long_running::RETRY_SECONDS));
        }
        SupportOutcome::Failed(error) => return Err(error.clone().into()),
        SupportOutcome::Succeeded => {}
    }
    let case = find_case(state, found.case())?;
    let made = match &found.work {
        SupportWork::Ticket(..) => {
            let body = TicketBody::of(case, &place.root, &state.settings.support);
            ResultBody::Ticket(Box::new(body))
        }
        SupportWork::Message(_, new) => {
            let name = new.name.as_deref().unwrap_or_default();
            let message = find_message(state, case.id, name, view.now)?;
            ResultBody::Communication(CommunicationBody::of(message, case, &place.root))
        }
    };
    Ok(Reply::ok(&made))
}
