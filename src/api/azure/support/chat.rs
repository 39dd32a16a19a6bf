//! Transcripts of chats about a ticket: the mock chats with nobody, so that there are none
//! (contract: azure-support.md §4).

use serde::Serialize;
use utoipa::ToSchema;

use super::place::{Place, actions};
use super::{TAG, TICKET, after, in_both_trees, tickets};
use crate::api::azure::error::ArmFault;
use crate::api::azure::list::ListOf;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::support::{SupportFault, find_ticket};

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let list = in_both_trees!(
        GET,
        "/supportTickets/{support_ticket_name}/chatTranscripts",
        "listChatTranscripts",
        list
    )
    .map(|operation| operation.summary(TAG, "List the chats about a ticket"));
    let get = in_both_trees!(
        GET,
        "/supportTickets/{support_ticket_name}/chatTranscripts/{chat_transcript_name}",
        "getChatTranscript",
        get
    )
    .map(|operation| {
        operation
            .summary(TAG, "Get a chat about a ticket")
            .example("chat_transcript_name", "69586795-45e9-45b5-bd9e-c9bb237d3e44")
    });
    let declared = |operation: Operation| {
        let is_list = operation.id.starts_with("list");
        let operation = after(operation, tickets::OPENED)
            .source(
                Fidelity::Documented,
                "azure-support.md#4-communications-supportticketstcommunications",
            )
            .describe("Nobody chats here: the list is empty.")
            .example("support_ticket_name", TICKET);
        if is_list {
            operation.gives::<ListOf<ChatBody>>(200, "None.")
        } else {
            operation.gives::<ChatBody>(200, "Never.")
        }
    };
    list.into_iter().chain(get).map(declared).collect()
}

/// A chat.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatTranscriptDetails)]
struct ChatBody {
    /// Resource id.
    id: String,
    /// Name.
    name: String,
    /// Always `Microsoft.Support/chatTranscripts`.
    #[serde(rename = "type")]
    kind: &'static str,
}

/// Refuses a call about a ticket that is not there.
fn check(call: &Call<'_>) -> Result<(), ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::READ_CHATS)?;
    find_ticket(&view.state, place.tree, call.path_text("support_ticket_name"), view.now)?;
    Ok(())
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    check(call)?;
    Ok(Reply::ok(&ListOf::<ChatBody> { value: Vec::new(), next_link: None }))
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    check(call)?;
    let name = call.path_text("chat_transcript_name");
    Err(SupportFault::not_found("chat transcript", name).into())
}
