//! A customer of the partner: a tenant with a company and a billing profile
//! (contract: partner-center-customers.md).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::address::Address;
use crate::domain::ids::{CustomerId, PartnerId};

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Customer {
    /// Tenant id.
    pub id: CustomerId,
    /// Id in the commerce system.
    pub commerce_id: Uuid,
    /// Company name.
    pub company_name: String,
    /// `name.onmicrosoft.com`, lower-case.
    pub domain: String,
    /// Further verified domains.
    pub custom_domains: Vec<String>,
    /// Registration number of the organisation, in the countries that have one.
    pub registration_number: Option<String>,
    /// Who is billed, where.
    pub billing: BillingProfile,
    /// The indirect reseller the customer belongs to.
    pub associated_partner: Option<PartnerId>,
    /// Whether the partner may administer the tenant.
    pub allow_delegated_access: bool,
    /// Whether the customer signed the Microsoft Customer Agreement directly.
    pub agreement_signed_directly: bool,
    /// When it was created, in world time.
    pub created: DateTime<Utc>,
}

impl Customer {
    /// The country it buys in: that of its billing address, upper-case.
    pub fn country(&self) -> &str {
        &self.billing.address.country
    }
}

/// Whom the partner bills for a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BillingProfile {
    /// Id, different from the customer's.
    pub id: Uuid,
    /// First name of the contact.
    pub first_name: Option<String>,
    /// Last name of the contact.
    pub last_name: Option<String>,
    /// E-mail address of the contact.
    pub email: String,
    /// Culture in canonical form, for example `en-US`.
    pub culture: String,
    /// Language as it was sent.
    pub language: String,
    /// Company name on the bill.
    pub company_name: String,
    /// Address.
    pub address: Address,
    /// Counts the writes, from 1.
    pub version: u32,
}

impl BillingProfile {
    /// The version as the service writes it: a signed 64-bit number that changes with every write.
    pub fn etag(&self) -> String {
        let name = self.version.to_be_bytes();
        let hash = Uuid::new_v5(&self.id, &name);
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&hash.as_bytes()[..8]);
        i64::from_be_bytes(bytes).to_string()
    }
}
