//! A new customer: tenant, domain, billing profile and administrator
//! (contract: partner-center-customers.md §1).

use std::sync::Arc;

use super::customer::Customer;
use super::domain_name::InitialDomain;
use super::domains;
use super::profile::{GivenProfile, check_registration, present, required};
use crate::domain::audit;
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CustomerId, Draw, PartnerId};
use crate::domain::transaction::Transaction;

/// Most customers of a sandbox (contract: partner-center-conventions.md §11).
pub const SANDBOX_CUSTOMERS: usize = 75;
/// Name of the administrator of a new tenant.
const ADMINISTRATOR: &str = "admin";

/// What a partner asks for.
#[derive(Debug, Clone, Default)]
pub struct NewCustomer {
    /// `name.onmicrosoft.com`, in any casing; required.
    pub domain: String,
    /// Registration number of the organisation, in the countries that ask for one.
    pub registration_number: Option<String>,
    /// Billing profile.
    pub billing: GivenProfile,
    /// The indirect reseller the customer is made for.
    pub associated_partner: Option<PartnerId>,
    /// Whether granular rights replace delegated administration.
    pub granular_access: bool,
}

/// What came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// The customer.
    pub id: CustomerId,
    /// Name of its administrator.
    pub user_name: &'static str,
    /// The administrator's password: told once, kept nowhere.
    pub password: String,
}

/// Creates a customer.
///
/// Checked in this order [choice]: domain, billing profile, address, registration number, reseller,
/// limit of the sandbox, domain taken.
pub fn create(tx: &mut Transaction, new: NewCustomer) -> Result<Created> {
    let at = "companyProfile.domain";
    required(at, &new.domain, "granitepeak.onmicrosoft.com")?;
    let domain =
        InitialDomain::parse(&new.domain).map_err(|fault| Error::invalid(at, fault.to_string()))?;
    let billing_id = tx.guid(Draw::BillingProfile);
    let billing = new.billing.check("billingProfile.", billing_id, 1)?;
    let registration_number = present(new.registration_number);
    check_registration(&billing, registration_number.as_deref())?;
    if let Some(reseller) = new.associated_partner
        && !tx.partner.reseller(reseller).is_some_and(|reseller| reseller.active)
    {
        return Err(Error::NotAnIndirectReseller(format!("associatedPartnerId {reseller}")));
    }
    if tx.settings.is_sandbox() && tx.customers.len() >= SANDBOX_CUSTOMERS {
        return Err(Error::SandboxLimit { limit: SANDBOX_CUSTOMERS, what: "customers" });
    }
    if domains::is_taken(tx, domain.as_domain_name()) {
        return Err(Error::DomainTaken(domain.as_str().to_owned()));
    }

    let id = CustomerId(tx.guid(Draw::Customer));
    let customer = Customer {
        id,
        commerce_id: tx.guid(Draw::Commerce),
        company_name: billing.company_name.clone(),
        domain: domain.as_str().to_owned(),
        custom_domains: Vec::new(),
        registration_number,
        billing,
        associated_partner: new.associated_partner,
        allow_delegated_access: !new.granular_access,
        agreement_signed_directly: false,
        created: tx.now(),
    };
    tx.domains.put(Arc::from(domain.as_str()), id);
    let row = tx.customers.put(id, customer);
    audit::customer_added(tx, row);
    Ok(Created { id, user_name: ADMINISTRATOR, password: password(tx) })
}

/// A password with a capital, small letters, a digit and a sign, as directories demand them.
fn password(tx: &mut Transaction) -> String {
    // No letters and digits that look alike: people type these.
    let mut draw = |alphabet: &[u8], length| tx.ids.text(Draw::Password, alphabet, length);
    let capital = draw(b"ABCDEFGHJKLMNPQRSTUVWXYZ", 1);
    let digit = draw(b"23456789", 1);
    let sign = draw(b"!#%+?", 1);
    let letters = draw(b"abcdefghijkmnopqrstuvwxyz", 9);
    format!("{capital}{}{digit}{sign}{}", &letters[..4], &letters[4..])
}

#[cfg(test)]
mod tests;
