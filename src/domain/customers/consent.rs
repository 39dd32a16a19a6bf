//! Applications of the partner that a customer consented to
//! (contract: partner-center-customers.md §14; everything about it is [choice]).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::error::{Error, Result};
use crate::domain::ids::CustomerId;
use crate::domain::transaction::Transaction;

/// Most grants of one consent.
const MOST_GRANTS: usize = 100;
/// Longest scope and display name, in characters.
const TEXT_LIMIT: usize = 2000;

/// What an application may do at a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationConsent {
    /// The application.
    pub application: Uuid,
    /// Its name.
    pub display_name: Option<String>,
    /// Its rights.
    pub grants: Vec<Grant>,
}

/// Rights at one enterprise application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grant {
    /// The enterprise application.
    pub enterprise_application: Uuid,
    /// Scopes, parted by commas.
    pub scope: String,
}

/// Records a consent. A second one to the same application is refused.
pub fn consent(
    tx: &mut Transaction,
    customer: CustomerId,
    consent: ApplicationConsent,
) -> Result<()> {
    tx.customer(customer)?;
    let count = consent.grants.len();
    if count == 0 || count > MOST_GRANTS {
        let reason = format!("must hold 1 to {MOST_GRANTS} grants");
        return Err(Error::invalid("applicationGrants", reason));
    }
    let too_long = |text: &str| text.chars().nth(TEXT_LIMIT).is_some();
    for (index, grant) in consent.grants.iter().enumerate() {
        if grant.scope.trim().is_empty() || too_long(&grant.scope) {
            let reason = format!("must have 1 to {TEXT_LIMIT} characters");
            return Err(Error::invalid(format!("applicationGrants[{index}].scope"), reason));
        }
    }
    if consent.display_name.as_deref().is_some_and(too_long) {
        let reason = format!("has more than {TEXT_LIMIT} characters; shorten it");
        return Err(Error::invalid("displayName", reason));
    }
    let key = (customer, consent.application);
    if tx.application_consents.contains(&key) {
        return Err(Error::ConsentExists(consent.application));
    }
    tx.application_consents.put(key, consent);
    Ok(())
}

/// Takes a consent back.
pub fn withdraw_consent(
    tx: &mut Transaction,
    customer: CustomerId,
    application: Uuid,
) -> Result<()> {
    tx.customer(customer)?;
    if tx.application_consents.remove(&(customer, application)).is_none() {
        let id = application.to_string();
        return Err(Error::NotFound { what: "consent to application", id });
    }
    Ok(())
}
