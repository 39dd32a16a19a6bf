//! Agreements that the partner confirmed on behalf of a customer
//! (contract: partner-center-profiles-misc.md §3).

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::ids::CustomerId;
use super::state::State;

/// Kinds of agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgreementKind {
    /// Needed for modern items: reservations, the Azure plan, new commerce.
    MicrosoftCustomerAgreement,
    /// The older agreement for legacy offers.
    MicrosoftCloudAgreement,
}

impl AgreementKind {
    /// Name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::MicrosoftCustomerAgreement => "MicrosoftCustomerAgreement",
            Self::MicrosoftCloudAgreement => "MicrosoftCloudAgreement",
        }
    }
}

/// A confirmed agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
