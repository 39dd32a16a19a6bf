//! What is said about a case: a communication in Azure, a note in Partner Center.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::lookup::{find_case, messages_of};
use super::name::{NameKind, check_name};
use super::open::check_text;
use super::{Case, CaseId, CaseStatus, SupportFault, agent};
use crate::domain::authorization::Access;
use crate::domain::error::Result;
use crate::domain::ids::Draw;
use crate::domain::state::State;
use crate::domain::transaction::Transaction;

/// Most messages of a case [choice].
pub const MOST_MESSAGES: usize = 500;
/// Longest subject, in characters [choice].
const LONGEST_SUBJECT: usize = 1_000;
/// Longest body, in characters [choice].
pub(super) const LONGEST_BODY: usize = 32_000;
/// Longest name or address of a sender, in characters [choice].
const LONGEST_SENDER: usize = 254;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// The opener.
    Inbound,
    /// Support.
    Outbound,
}

/// How it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MessageKind {
    /// In writing.
    Web,
    /// On the phone.
    Phone,
}

/// Something to be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewMessage {
    /// Name in Azure; one is made when there is none.
    pub name: Option<String>,
    /// Who speaks.
    pub direction: Direction,
    /// How.
    pub kind: MessageKind,
    /// E-mail address or user principal name of the speaker.
    pub sender: String,
    /// Name of the speaker; the address when there is none.
    pub sender_name: Option<String>,
    /// What the speaker may do.
    pub access: Access,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Message {
    /// Name in Azure.
    pub name: Arc<str>,
    /// Who spoke.
    pub direction: Direction,
    /// How.
    pub kind: MessageKind,
    /// E-mail address or user principal name of the speaker.
    pub sender: String,
    /// Name of the speaker.
    pub sender_name: String,
    /// What the speaker may do.
    pub access: Access,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// When.
    pub created: DateTime<Utc>,
}

/// Refuses a message that cannot be added to the case as it stands.
pub fn check_message(state: &State, id: CaseId, new: &NewMessage) -> Result<()> {
    let case = find_case(state, id)?;
    if case.is_closed() {
        return Err(SupportFault::Closed.into());
    }
    check_text("subject", &new.subject, LONGEST_SUBJECT)?;
    check_text("body", &new.body, LONGEST_BODY)?;
    check_text("sender", &new.sender, LONGEST_SENDER)?;
    if messages_of(state, id).count() + case.announced.len() >= MOST_MESSAGES {
        return Err(SupportFault::TooManyMessages(MOST_MESSAGES).into());
    }
    if let Some(name) = &new.name {
        check_name(NameKind::Message, name)?;
        if is_message_name_taken(state, case, name) {
            return Err(SupportFault::NameInUse(name.clone()).into());
        }
    }
    Ok(())
}

/// Whether a message of the case has that name, or will have it.
pub fn is_message_name_taken(state: &State, case: &Case, name: &str) -> bool {
    let lower = name.to_lowercase();
    case.announced.iter().any(|announced| **announced == lower)
        || messages_of(state, case.id).any(|message| message.name.to_lowercase() == lower)
}

/// Adds a message to an open case. One from the opener calls the agent, and answers what was waited
/// for.
pub fn add_message(tx: &mut Transaction, id: CaseId, new: NewMessage) -> Result<Message> {
    check_message(tx, id, &new)?;
    let name = new.name.unwrap_or_else(|| tx.guid(Draw::SupportMessage).to_string());
    let message = Message {
        name: name.into(),
        direction: new.direction,
        kind: new.kind,
        sender_name: new.sender_name.unwrap_or_else(|| new.sender.clone()),
        sender: new.sender,
        access: new.access,
        subject: new.subject,
        body: new.body,
        created: tx.now(),
    };
    let number = tx
        .support
        .messages
        .range((id, 0)..=(id, u32::MAX))
        .next_back()
        .map_or(1, |((_, number), _)| number + 1);
    tx.support.messages.put((id, number), message.clone());
    let mut case = Case::clone(find_case(tx, id)?);
    case.modified = tx.now();
    if new.direction == Direction::Inbound && case.status == CaseStatus::AttentionNeeded {
        case.status = CaseStatus::Open;
    }
    let owner = case.owner;
    tx.support.cases.put(id, case);
    if new.direction == Direction::Inbound {
        agent::call(tx, owner, id);
    }
    Ok(message)
}

/// Says something to the opener of an open case in the name of support: of its engineer, if one works
/// on it.
pub fn post_outbound(
    tx: &mut Transaction,
    id: CaseId,
    subject: impl Into<String>,
    body: impl Into<String>,
) -> Result<Message> {
    let sender = find_case(tx, id)?.engineer.clone().unwrap_or_else(|| agent::ADDRESS.to_owned());
    let new = NewMessage {
        name: None,
        direction: Direction::Outbound,
        kind: MessageKind::Web,
        sender,
        sender_name: Some(agent::NAME.to_owned()),
        access: Access::Unrestricted,
        subject: subject.into(),
        body: body.into(),
    };
    add_message(tx, id, new)
}
