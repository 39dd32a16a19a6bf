//! Whom a customer turns to for support with a subscription: the partner, unless one of its
//! resellers is named (contract: partner-center-subscriptions.md §5).

use serde::{Deserialize, Serialize};

use super::Subscription;
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CustomerId, PartnerId, SubscriptionId};
use crate::domain::partner::Partner;
use crate::domain::state::State;
use crate::domain::transaction::Transaction;

/// A partner who gives support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SupportContact {
    /// Tenant of the partner.
    pub tenant: PartnerId,
    /// Microsoft Partner Network id of the partner.
    pub mpn_id: String,
    /// Name shown to the customer.
    pub name: String,
}

/// A support contact as it is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SupportContactChange {
    /// Tenant; that of the MPN id when absent.
    pub tenant: Option<PartnerId>,
    /// Microsoft Partner Network id.
    pub mpn_id: Option<String>,
    /// Name; the company's when absent.
    pub name: Option<String>,
}

/// The support contact of the subscription.
pub fn support_contact(
    state: &State,
    customer: CustomerId,
    id: SubscriptionId,
) -> Result<SupportContact> {
    state.customer(customer)?;
    let subscription = state.subscription(customer, id)?;
    Ok(subscription.support_contact.clone().unwrap_or_else(|| of_partner(&state.partner)))
}

fn of_partner(partner: &Partner) -> SupportContact {
    SupportContact {
        tenant: partner.id,
        mpn_id: partner.mpn_id.clone(),
        name: partner.name.clone(),
    }
}

/// Names the support contact: the partner itself or a reseller that it has a relationship with.
pub fn set_support_contact(
    tx: &mut Transaction,
    customer: CustomerId,
    id: SubscriptionId,
    change: SupportContactChange,
) -> Result<SupportContact> {
    tx.customer(customer)?;
    let mut subscription = Subscription::clone(tx.subscription(customer, id)?);
    let Some(mpn_id) = change.mpn_id.as_deref().map(str::trim).filter(|id| !id.is_empty()) else {
        let reason = "is required: your own MPN id or that of one of your indirect resellers";
        return Err(Error::invalid("supportMpnId", reason));
    };
    let mut contact = partner_with_mpn(&tx.partner, mpn_id)?;
    if let Some(tenant) = change.tenant
        && tenant != contact.tenant
    {
        let reason = format!("is not the tenant of MPN id {}; leave it out", contact.mpn_id);
        return Err(Error::invalid("supportTenantId", reason));
    }
    if let Some(name) = change.name.filter(|name| !name.trim().is_empty()) {
        if name.chars().count() > LONGEST_NAME {
            let reason = format!("must have at most {LONGEST_NAME} characters");
            return Err(Error::invalid("name", reason));
        }
        contact.name = name;
    }
    subscription.support_contact = Some(contact.clone());
    tx.subscriptions.put((customer, id), subscription);
    Ok(contact)
}

/// Longest name of a contact, in characters [choice].
const LONGEST_NAME: usize = 256;

fn partner_with_mpn(partner: &Partner, mpn_id: &str) -> Result<SupportContact> {
    if partner.mpn_id == mpn_id {
        return Ok(of_partner(partner));
    }
    let shown: String = mpn_id.chars().take(40).collect();
    let Some(reseller) = partner.reseller_by_mpn(mpn_id) else {
        return Err(Error::MpnIdNotFound(shown));
    };
    if !reseller.active {
        return Err(Error::NotAnIndirectReseller(shown));
    }
    Ok(SupportContact {
        tenant: reseller.id,
        mpn_id: reseller.mpn_id.clone(),
        name: reseller.name.clone(),
    })
}
