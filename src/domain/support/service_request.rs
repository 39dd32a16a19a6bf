//! Cases as Partner Center has them (contract: partner-center-service-requests.md).

use std::sync::Arc;

use super::catalogue::{self, Topic};
use super::{
    Case, CaseChange, CaseId, CaseOwner, CaseStatus, ContactDetails, ContactMethod, Direction,
    MessageKind, NewCase, NewMessage, Origin, Severity, SupportFault, Tree, add_message, find_case,
    find_request, open, update,
};
use crate::domain::authorization::Access;
use crate::domain::error::Result;
use crate::domain::ids::CustomerId;
use crate::domain::state::State;
use crate::domain::support::contact::{alpha3, is_language};
use crate::domain::transaction::Transaction;
use crate::store::Row;

/// Time zone of those who open service requests: Partner Center does not ask for it [choice].
const TIME_ZONE: &str = "UTC";

/// Somebody at the partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speaker {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub address: String,
}

impl Speaker {
    /// First and last name: the last word of the name is the last name, and both where it is the
    /// only one.
    pub fn names(&self) -> (String, String) {
        names(&self.name)
    }
}

/// First and last name in a name.
pub fn names(name: &str) -> (String, String) {
    let name = name.trim();
    let (first, last) = name.rsplit_once(' ').unwrap_or((name, name));
    (first.trim().to_owned(), last.to_owned())
}

/// A service request to be opened, always of the partner's own: no operation opens one for a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewServiceRequest {
    /// Title.
    pub title: String,
    /// What the matter is.
    pub description: String,
    /// How much it hurts.
    pub severity: Severity,
    /// Id of the topic.
    pub topic: String,
    /// Language of the agent who is to answer, for example `en-US`.
    pub agent_locale: String,
    /// Who opens it.
    pub by: Speaker,
}

/// Opens a service request.
pub fn open_request(tx: &mut Transaction, new: NewServiceRequest) -> Result<Case> {
    let topic = topic_named(&new.topic)?;
    if !is_language(&new.agent_locale) {
        let reason = "must be a language tag, for example en-US";
        return Err(SupportFault::invalid("agentLocale", reason).into());
    }
    let (first_name, last_name) = new.by.names();
    let contact = ContactDetails {
        first_name,
        last_name,
        method: ContactMethod::Email,
        email: new.by.address,
        additional_emails: Vec::new(),
        phone: None,
        time_zone: TIME_ZONE.to_owned(),
        country: alpha3(&tx.partner.country).unwrap_or("USA").to_owned(),
        language: new.agent_locale,
    };
    let tree = Tree::of_partner(tx.partner.id);
    let texts = (new.title, new.description);
    let mut case = NewCase::new(tree, Origin::PartnerCenter, topic.classification, texts, contact);
    case.severity = new.severity;
    open(tx, case)
}

fn topic_named(id: &str) -> Result<&'static Topic, SupportFault> {
    catalogue::topic(id.trim()).map_err(|_| {
        let reason = "is no topic; GET /servicerequests/supporttopics lists them";
        SupportFault::invalid("supportTopicId", reason)
    })
}

/// The service request of that number, among those of the customer when one is given. Those of a
/// customer that is no longer the partner's are not found.
pub fn request<'s>(
    state: &'s State,
    customer: Option<CustomerId>,
    number: &str,
) -> Result<&'s Arc<Row<Case>>> {
    let case = find_request(state, number)?;
    if customer.is_some_and(|wanted| case.owner != CaseOwner::Customer(wanted))
        || !is_visible(state, case)
    {
        return Err(SupportFault::not_found("service request", number).into());
    }
    Ok(case)
}

/// The service requests of a customer, else all that the partner sees: its own and those of all its
/// customers [choice]. The newest comes first [choice].
pub fn requests(state: &State, customer: Option<CustomerId>) -> Vec<&Arc<Row<Case>>> {
    if let Some(customer) = customer {
        return state.cases_of(CaseOwner::Customer(customer)).rev().collect();
    }
    let all = state.support.cases.iter().rev().map(|(_, case)| case);
    all.filter(|case| is_visible(state, case)).collect()
}

fn is_visible(state: &State, case: &Case) -> bool {
    case.owner.customer().is_none_or(|customer| state.customers.contains(&customer))
}

/// Changes a service request and adds a note to it. What is closed in the same step is talked about
/// before, what is opened after.
pub fn change_request(
    tx: &mut Transaction,
    id: CaseId,
    change: CaseChange,
    note: Option<(Speaker, String)>,
) -> Result<()> {
    let closes = change.status == Some(CaseStatus::Closed);
    if !closes {
        update(tx, id, change)?;
        return note.map_or(Ok(()), |(by, text)| add_note(tx, id, by, text));
    }
    if let Some((by, text)) = note {
        add_note(tx, id, by, text)?;
    }
    update(tx, id, change).map(drop)
}

fn add_note(tx: &mut Transaction, id: CaseId, by: Speaker, text: String) -> Result<()> {
    if text.trim().is_empty() {
        let reason = "is required and must not be empty";
        return Err(SupportFault::invalid("newNote.text", reason).into());
    }
    let subject = find_case(tx, id)?.title.clone();
    let message = NewMessage {
        name: None,
        direction: Direction::Inbound,
        kind: MessageKind::Web,
        sender: by.address,
        sender_name: Some(by.name),
        access: Access::Unrestricted,
        subject,
        body: text,
    };
    add_message(tx, id, message).map(drop)
}
