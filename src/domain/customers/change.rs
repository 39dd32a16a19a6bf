//! Changes of a customer's billing profile (contract: partner-center-customers.md §6–8).

use std::sync::Arc;

use uuid::Uuid;

use super::customer::Customer;
use super::profile::{GivenProfile, check_registration};
use crate::domain::audit;
use crate::domain::error::{Error, Result};
use crate::domain::ids::CustomerId;
use crate::domain::transaction::Transaction;

/// A whole billing profile in place of the present one.
#[derive(Debug, Clone, Default)]
pub struct BillingChange {
    /// Id; must be that of the profile when given.
    pub id: Option<Uuid>,
    /// The new profile.
    pub profile: GivenProfile,
}

/// Replaces a billing profile.
///
/// The company name of the company profile stays what it was [choice]. So does the country [choice]:
/// the contract leaves open whether it can change, and everything bought hangs on it.
pub fn update_billing_profile(
    tx: &mut Transaction,
    customer: CustomerId,
    change: BillingChange,
) -> Result<()> {
    let before = Arc::clone(tx.customer(customer)?);
    let mut changed = Customer::clone(&before);
    if let Some(id) = change.id
        && id != changed.billing.id
    {
        let reason = format!("must be {} or left out", changed.billing.id);
        return Err(Error::invalid("id", reason));
    }
    let version = changed.billing.version.wrapping_add(1);
    let given = change.profile.check("", changed.billing.id, version)?;
    if given.address.country != changed.country() {
        let reason = format!("must stay {}; a customer keeps its country", changed.country());
        return Err(Error::invalid("defaultAddress.country", reason));
    }
    check_registration(&given, changed.registration_number.as_deref())?;
    changed.billing = given;
    let after = tx.customers.put(customer, changed);
    audit::billing_profile_updated(tx, before, after);
    Ok(())
}
