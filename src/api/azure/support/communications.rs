//! What is said about a ticket (contract: azure-support.md §4).

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::place::{Place, actions, moment};
use super::tickets::{link_after, page_size, skip_token};
use super::{TAG, TICKET, after, filter, in_both_trees, progress, tickets};
use crate::api::azure::caller::Caller;
use crate::api::azure::error::{ArmFault, CONFLICT};
use crate::api::azure::list::ListOf;
use crate::api::azure::odata::Value;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::authorization::Access;
use crate::domain::support::{
    Case, Direction, Message, MessageKind, NewMessage, find_message, find_ticket, is_retained,
    messages_of, request_message,
};

const CONTRACT: &str = "azure-support.md#4-communications-supportticketstcommunications";
const SAID: [&str; 2] = ["createCommunication", "createCommunicationNoSubscription"];
/// Communications of a page, and at most.
const PAGE: usize = 10;
/// Name of the communication of the examples.
const COMMUNICATION: &str = "order-number";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let one = |operation: Operation| operation.example("communication_name", COMMUNICATION);
    let create = in_both_trees!(
        PUT,
        "/supportTickets/{support_ticket_name}/communications/{communication_name}",
        "createCommunication",
        create
    )
    .map(|operation| {
        after(one(operation), tickets::OPENED)
            .summary(TAG, "Say something about a ticket")
            .describe("The answer has no body: `Azure-AsyncOperation` tells when the communication is there. A closed ticket must be opened first. Applications name a sender, users need not.")
            .source(Fidelity::Recorded, CONTRACT)
            .takes::<CommunicationCreate>()
            .gives_nothing(202, "The communication is on its way.")
            .with_header("Azure-AsyncOperation", "Where to ask how far it is.")
            .with_header("Location", "Where the communication will be answered.")
            .with_header("Retry-After", "Seconds to wait.")
            .faults(&[CONFLICT])
            .example_body(json!({ "properties": {
                "subject": "Order number",
                "body": "The reservation order is 3e8d5a71-0c9b-4f26-b7d4-58e1a2f6c903.",
                "sender": "mei@fabricore.example",
            } }))
    });
    let list = in_both_trees!(
        GET,
        "/supportTickets/{support_ticket_name}/communications",
        "listCommunications",
        list
    )
    .map(|operation| {
        after(after(operation, tickets::OPENED), SAID)
            .summary(TAG, "List what was said about a ticket")
            .describe("The newest first; that of the last 18 months.")
            .source(Fidelity::Documented, CONTRACT)
            .query("$top", json!({ "type": "integer" }), "Communications of a page: 10 when left out and at most.")
            .query("$filter", json!({ "type": "string" }), "`communicationType eq 'web'` (or `'phone'`) and `createdDate ge 2026-01-01T00:00:00Z` (or `gt`), joined by `and`.")
            .query("$skipToken", json!({ "type": "string" }), "From the link to the next page.")
            .gives::<ListOf<CommunicationBody>>(200, "The communications.")
    });
    let get = in_both_trees!(
        GET,
        "/supportTickets/{support_ticket_name}/communications/{communication_name}",
        "getCommunication",
        get
    )
    .map(|operation| {
        after(after(one(operation), tickets::OPENED), SAID)
            .summary(TAG, "Get something that was said about a ticket")
            .source(Fidelity::Documented, CONTRACT)
            .gives::<CommunicationBody>(200, "The communication.")
    });
    let ticket = |operation: Operation| operation.example("support_ticket_name", TICKET);
    [create, list, get].into_iter().flatten().map(ticket).collect()
}

/// Something to be said.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = CommunicationCreate)]
struct CommunicationCreate {
    /// About it.
    properties: Option<CreateProperties>,
}

/// Something to be said.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = CommunicationCreateProperties)]
struct CreateProperties {
    /// Subject. Required.
    subject: Option<String>,
    /// Text. Required.
    body: Option<String>,
    /// E-mail address of who says it; that of the user when left out.
    sender: Option<String>,
}

/// Something that was said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CommunicationDetails)]
pub(super) struct CommunicationBody {
    /// Resource id.
    id: String,
    /// Name.
    name: String,
    /// Always `Microsoft.Support/communications`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// About it.
    properties: CommunicationProperties,
}

/// Something that was said.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CommunicationDetailsProperties)]
struct CommunicationProperties {
    /// `Web` or `Phone`.
    #[schema(example = "Web")]
    communication_type: &'static str,
    /// `Inbound` from the opener, `Outbound` from support.
    #[schema(example = "Inbound")]
    communication_direction: &'static str,
    /// Who said it.
    sender: String,
    /// Subject.
    subject: String,
    /// Text.
    body: String,
    /// When.
    created_date: String,
}

fn kind_word(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Web => "Web",
        MessageKind::Phone => "Phone",
    }
}

impl CommunicationBody {
    /// A message of a case whose ticket stands below `root`.
    pub fn of(message: &Message, case: &Case, root: &str) -> Self {
        Self {
            id: format!("{root}/supportTickets/{}/communications/{}", case.name, message.name),
            name: message.name.to_string(),
            kind: "Microsoft.Support/communications",
            properties: CommunicationProperties {
                communication_type: kind_word(message.kind),
                communication_direction: match message.direction {
                    Direction::Inbound => "Inbound",
                    Direction::Outbound => "Outbound",
                },
                sender: message.sender.clone(),
                subject: message.subject.clone(),
                body: message.body.clone(),
                created_date: moment(message.created),
            },
        }
    }
}

impl CommunicationCreate {
    /// What is to be said by the caller.
    fn read(self, name: &str, user: Option<&str>, access: Access) -> Result<NewMessage, ArmFault> {
        let required = |field: &str, value: Option<String>| {
            value.ok_or_else(|| ArmFault::invalid(&format!("properties.{field}"), "is required"))
        };
        let Some(sent) = self.properties else {
            return Err(ArmFault::invalid("properties", "is required"));
        };
        let sender = sent.sender.filter(|sender| !sender.trim().is_empty());
        let Some(sender) = sender.or_else(|| user.map(str::to_owned)) else {
            let reason = "is required, because the token names no user; send an e-mail address";
            return Err(ArmFault::invalid("properties.sender", reason));
        };
        Ok(NewMessage {
            name: Some(name.to_owned()),
            direction: Direction::Inbound,
            kind: MessageKind::Web,
            sender,
            sender_name: None,
            access,
            subject: required("subject", sent.subject)?,
            body: required("body", sent.body)?,
        })
    }
}

fn ticket<'c>(call: &'c Call<'_>) -> &'c str {
    call.path_text("support_ticket_name")
}

fn create(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::WRITE_MESSAGES)?;
    let id = find_ticket(&view.state, place.tree, ticket(call), view.now)?.id;
    let claims = call.caller.claims();
    let user = claims.filter(|claims| claims.delegated).and_then(|claims| claims.user.as_deref());
    let access = Caller::of(call)?.access;
    let name = call.path_text("communication_name");
    let new = call.body::<CommunicationCreate>()?.read(name, user, access)?;
    let operation = call.write(|tx| request_message(tx, id, new))?;
    Ok(progress::begun(call, &place, operation.id))
}

fn get(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::READ_MESSAGES)?;
    let case = find_ticket(&view.state, place.tree, ticket(call), view.now)?;
    let name = call.path_text("communication_name");
    let message = find_message(&view.state, case.id, name, view.now)?;
    Ok(Reply::ok(&CommunicationBody::of(message, case, &place.root)))
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let view = call.view();
    let place = Place::of(call, &view.state, actions::READ_MESSAGES)?;
    let case = find_ticket(&view.state, place.tree, ticket(call), view.now)?;
    let filter = filter::read(call, &["communicationType"])?;
    let size = page_size(call, PAGE, PAGE)?;
    let before = skip_token(call)?;
    let passes = |message: &Message| {
        filter.as_ref().is_none_or(|filter| {
            filter.matches(|property| {
                Some(match property {
                    "communicationType" => Value::from(kind_word(message.kind)),
                    _ => Value::Moment(message.created),
                })
            })
        })
    };
    // Numbers from the oldest on, which stay when more is said.
    let all: Vec<_> = (0_u64..).zip(messages_of(&view.state, case.id)).collect();
    let mut found = all
        .into_iter()
        .rev()
        .filter(|(number, _)| before.is_none_or(|before| *number < before))
        .filter(|(_, message)| is_retained(message.created, view.now) && passes(message));
    let page: Vec<_> = found.by_ref().take(size).collect();
    let last = page.last().map(|(number, _)| *number);
    let next_link = last.filter(|_| found.next().is_some()).map(|id| link_after(call, id));
    let body = |message: &Message| CommunicationBody::of(message, case, &place.root);
    let value = page.into_iter().map(|(_, message)| body(message)).collect();
    Ok(Reply::ok(&ListOf { value, next_link }))
}
