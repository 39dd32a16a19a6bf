//! Agreements that the partner confirmed on behalf of a customer
//! (contract: partner-center-profiles-misc.md §3).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::audit;
use super::customers::domain_name::check_email;
use super::error::{Error, Result};
use super::ids::CustomerId;
use super::state::State;
use super::transaction::Transaction;

/// Kinds of agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AgreementKind {
    /// Needed for modern items: reservations, the Azure plan, new commerce.
    MicrosoftCustomerAgreement,
    /// The older agreement for legacy offers.
    MicrosoftCloudAgreement,
}

impl AgreementKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::MicrosoftCustomerAgreement, Self::MicrosoftCloudAgreement];

    /// Reads the name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name.trim()))
    }

    /// The template of this kind that is in force [choice: one of each, with ids of our own].
    pub fn template(self) -> Template {
        match self {
            Self::MicrosoftCustomerAgreement => Template {
                id: uuid::uuid!("7c1f30b2-52a8-4d0e-9b6e-1d7a94e0c35f"),
                kind: self,
                version_rank: 1,
            },
            Self::MicrosoftCloudAgreement => Template {
                id: uuid::uuid!("e2a6b9d4-0c73-4f51-8a2d-63f0b7c8d914"),
                kind: self,
                version_rank: 0,
            },
        }
    }

    /// Name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::MicrosoftCustomerAgreement => "MicrosoftCustomerAgreement",
            Self::MicrosoftCloudAgreement => "MicrosoftCloudAgreement",
        }
    }
}

/// The text that a customer agrees to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// Id.
    pub id: Uuid,
    /// Kind of agreement.
    pub kind: AgreementKind,
    /// The greater, the newer.
    pub version_rank: u32,
}

impl Template {
    /// The template of that id.
    pub fn find(id: Uuid) -> Option<Self> {
        AgreementKind::ALL.into_iter().map(AgreementKind::template).find(|t| t.id == id)
    }
}

/// A confirmed agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Agreement {
    /// The user who confirmed it.
    pub user_id: Option<Uuid>,
    /// Kind.
    pub kind: AgreementKind,
    /// Template that was agreed to.
    pub template_id: Uuid,
    /// When the customer agreed.
    pub agreed: DateTime<Utc>,
    /// Who agreed on the customer's side.
    pub contact: Contact,
}

/// A person at the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contact {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// Phone number.
    pub phone_number: Option<String>,
}

/// Whether the customer may buy modern items: an agreement is confirmed or signed directly
/// (contract: partner-center-carts-orders.md §1, code 13605).
pub fn customer_agreement_stands(state: &State, customer: CustomerId) -> bool {
    state.customers.get(&customer).is_some_and(|row| row.agreement_signed_directly)
        || state
            .agreements_of(customer)
            .any(|agreement| agreement.kind == AgreementKind::MicrosoftCustomerAgreement)
}

/// Longest name of a contact, in characters; the contract gives none [choice].
const NAME_LIMIT: usize = 100;
/// Longest phone number, in characters; the contract gives none [choice].
const PHONE_LIMIT: usize = 50;
/// Most agreements that one customer may have [choice].
const MOST_AGREEMENTS: u32 = 1000;

/// Records that the partner confirmed an agreement.
///
/// Refused when one of the same kind with the same contact stands: first name, last name, e-mail and
/// phone number all agree, in any casing [choice of casing]. A template of the other kind is refused
/// too; a template that is not known here passes [choice], as integrations carry ids of their own.
pub fn confirm(tx: &mut Transaction, customer: CustomerId, new: Agreement) -> Result<()> {
    tx.customer(customer)?;
    check_contact(&new.contact)?;
    if Template::find(new.template_id).is_some_and(|template| template.kind != new.kind) {
        let reason = format!("is not a template of type {}", new.kind.name());
        return Err(Error::invalid("templateId", reason));
    }
    let stands = tx
        .agreements_of(customer)
        .any(|known| known.kind == new.kind && known.contact.is_same_as(&new.contact));
    if stands {
        return Err(Error::AgreementExists);
    }
    let last = tx.agreements.range((customer, 0)..=(customer, u32::MAX)).next_back();
    let number = last.map_or(0, |((_, number), _)| number.saturating_add(1));
    if number >= MOST_AGREEMENTS {
        let reason = format!("the customer has {MOST_AGREEMENTS} agreements, which is the most");
        return Err(Error::invalid("type", reason));
    }
    let row = tx.agreements.put((customer, number), new);
    audit::agreement_created(tx, customer, row);
    Ok(())
}

impl Contact {
    fn is_same_as(&self, other: &Self) -> bool {
        let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
        let phone = |contact: &Self| contact.phone_number.clone().unwrap_or_default();
        same(&self.first_name, &other.first_name)
            && same(&self.last_name, &other.last_name)
            && same(&self.email, &other.email)
            && same(&phone(self), &phone(other))
    }
}

fn check_contact(contact: &Contact) -> Result<()> {
    let texts = [
        ("firstName", contact.first_name.as_str(), NAME_LIMIT, true),
        ("lastName", &contact.last_name, NAME_LIMIT, true),
        ("phoneNumber", contact.phone_number.as_deref().unwrap_or(""), PHONE_LIMIT, false),
    ];
    for (name, text, limit, required) in texts {
        let field = format!("primaryContact.{name}");
        if required && text.trim().is_empty() {
            return Err(Error::invalid(field, "is required and must not be empty"));
        }
        if text.chars().nth(limit).is_some() || text.chars().any(char::is_control) {
            let reason = format!("must have at most {limit} characters and none for control");
            return Err(Error::invalid(field, reason));
        }
    }
    let field = "primaryContact.email";
    if contact.email.trim().is_empty() {
        return Err(Error::invalid(field, "is required and must not be empty"));
    }
    check_email(&contact.email).map_err(|fault| Error::invalid(field, fault.to_string()))
}
