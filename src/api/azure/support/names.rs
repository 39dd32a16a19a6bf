//! Whether a name can be given (contract: azure-support.md §3.1).

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::place::{Place, actions};
use super::{TAG, TICKET, after, in_both_trees};
use crate::api::azure::error::ArmFault;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::support::{
    NameKind, check_name, find_ticket, is_message_name_taken, is_ticket_name_taken,
};

const CONTRACT: &str = "azure-support.md#31-post-checknameavailability-tickets--post-supportticketstchecknameavailability-communications";
const TICKETS: &str = "Microsoft.Support/supportTickets";
const COMMUNICATIONS: &str = "Microsoft.Support/communications";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let tickets =
        in_both_trees!(POST, "/checkNameAvailability", "checkSupportTicketName", check_ticket).map(
            |operation| {
                operation
                    .summary(TAG, "Check the name of a ticket")
                    .example_body(json!({ "name": TICKET, "type": TICKETS }))
            },
        );
    let messages = in_both_trees!(
        POST,
        "/supportTickets/{support_ticket_name}/checkNameAvailability",
        "checkCommunicationName",
        check_message
    )
    .map(|operation| {
        after(operation, ["createSupportTicket", "createSupportTicketNoSubscription"])
            .summary(TAG, "Check the name of a communication")
            .example("support_ticket_name", TICKET)
            .example_body(json!({ "name": "order-number", "type": COMMUNICATIONS }))
    });
    tickets
        .into_iter()
        .chain(messages)
        .map(|operation| {
            operation
                .source(Fidelity::Documented, CONTRACT)
                .takes::<CheckRequest>()
                .gives::<CheckAnswer>(200, "Whether it can be given.")
        })
        .collect()
}

/// A name to be checked.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = CheckNameAvailabilityInput)]
struct CheckRequest {
    /// The name.
    name: Option<String>,
    /// What is named: `Microsoft.Support/supportTickets` or `Microsoft.Support/communications`.
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// Whether a name can be given.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CheckNameAvailabilityOutput)]
struct CheckAnswer {
    /// Whether it can be given.
    name_available: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Name is already in use")]
    reason: Option<&'static str>,
    /// Why not, and what would do.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Reads a request about something of this type; gives the name.
fn read(call: &Call<'_>, expected: &str) -> Result<String, ArmFault> {
    let request: CheckRequest = call.body()?;
    let kind = request.kind.unwrap_or_default();
    if !kind.eq_ignore_ascii_case(expected) {
        return Err(ArmFault::invalid("type", format!("must be {expected} here")));
    }
    request.name.ok_or_else(|| ArmFault::invalid("name", "is required"))
}

fn answer(kind: NameKind, name: &str, is_taken: bool) -> Reply {
    let (reason, message) = match check_name(kind, name) {
        Err(fault) => (Some("Invalid"), Some(fault.to_string())),
        Ok(()) if is_taken => (
            Some("Name is already in use"),
            Some(format!("the name `{name}` is in use; choose another")),
        ),
        Ok(()) => (None, None),
    };
    Reply::ok(&CheckAnswer { name_available: reason.is_none(), reason, message })
}

fn check_ticket(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::CHECK_NAME)?;
    let name = read(call, TICKETS)?;
    let is_taken = is_ticket_name_taken(&view.state, place.tree, &name);
    Ok(answer(NameKind::Ticket, &name, is_taken))
}

fn check_message(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::CHECK_MESSAGE_NAME)?;
    let ticket = call.path_text("support_ticket_name");
    let case = find_ticket(&view.state, place.tree, ticket, view.now)?;
    let name = read(call, COMMUNICATIONS)?;
    let is_taken = is_message_name_taken(&view.state, case, &name);
    Ok(answer(NameKind::Message, &name, is_taken))
}
