//! Which domain names are taken, and the further domains of a customer
//! (contract: partner-center-profiles-misc.md §2, HEAD domains; partner-center-customers.md §13).

use std::sync::Arc;

use super::customer::Customer;
use super::domain_name::{DomainName, INITIAL_SUFFIX};
use crate::domain::error::{Error, Result};
use crate::domain::ids::CustomerId;
use crate::domain::state::State;
use crate::domain::transaction::Transaction;

/// Names that nobody can have as `name.onmicrosoft.com` [choice].
const RESERVED: [&str; 6] = ["admin", "azure", "microsoft", "office", "support", "www"];
/// Most further domains of one customer [choice]; the directory allows 5,000.
const MOST_CUSTOM_DOMAINS: usize = 900;

/// Whether nobody can register the domain any more: a customer or the partner has it, or it is
/// reserved [choice].
pub fn is_taken(state: &State, domain: &DomainName) -> bool {
    let name = domain.as_str();
    state.domains.contains(&Arc::from(name))
        || state.partner.domain.eq_ignore_ascii_case(name)
        || name == &INITIAL_SUFFIX[1..]
        || name.strip_suffix(INITIAL_SUFFIX).is_some_and(|name| RESERVED.contains(&name))
}

/// Adds a verified domain to a customer. `at` is the place of the name in the input.
pub fn add_verified_domain(
    tx: &mut Transaction,
    customer: CustomerId,
    at: &str,
    name: &str,
) -> Result<()> {
    let mut changed = Customer::clone(tx.customer(customer)?);
    let domain = DomainName::parse(name).map_err(|fault| Error::invalid(at, fault.to_string()))?;
    if is_taken(tx, &domain) {
        return Err(Error::DomainTaken(domain.as_str().to_owned()));
    }
    if changed.custom_domains.len() >= MOST_CUSTOM_DOMAINS {
        let reason = format!("the customer has {MOST_CUSTOM_DOMAINS} domains, which is the most");
        return Err(Error::invalid(at, reason));
    }
    changed.custom_domains.push(domain.as_str().to_owned());
    tx.domains.put(Arc::from(domain.as_str()), customer);
    tx.customers.put(customer, changed);
    Ok(())
}
