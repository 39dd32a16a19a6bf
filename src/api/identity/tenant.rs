//! Which tenant a path means (contract: azure-identity.md §2.3).

use std::sync::Arc;

use super::error::{Code, Fault};
use crate::api::call::Call;
use crate::domain::ids::{CustomerId, parse_guid};
use crate::domain::partner::Partner;
use crate::domain::state::State;
use crate::identity::token::AuthLevel;

/// Words that stand for any tenant; users of this service are all of the partner's.
const WORDS: [&str; 3] = ["common", "organizations", "consumers"];

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id; for a word that of the partner.
    pub id: String,
    /// What stands for it in the URLs of discovery: its id or the word, with the world that was
    /// chosen behind an `@`.
    pub segment: String,
    /// Whether it was named by a word.
    pub any: bool,
}

impl Tenant {
    /// The tenant of a call's path; `unknown` is the error for one that does not exist.
    ///
    /// A GUID that nobody knows is taken for a tenant unless the server is strict \[choice\]; a
    /// domain that nobody holds never is.
    pub fn of(call: &Call<'_>, unknown: Code) -> Result<Self, Fault> {
        let text = call.path_text("tenant");
        let strict = call.service.options.auth == AuthLevel::Strict;
        Self::resolve(text, &call.world.published(), strict)
            .ok_or_else(|| Fault::new(unknown, &[text]))
    }

    fn resolve(text: &str, state: &State, strict: bool) -> Option<Self> {
        let (bare, world) = text.split_once('@').unwrap_or((text, ""));
        // Only what can name a world goes into URLs.
        let named = !world.is_empty()
            && world.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        let suffix = if named { format!("@{world}") } else { String::new() };
        let partner = &state.partner;
        if let Some(word) = WORDS.iter().find(|word| word.eq_ignore_ascii_case(bare)) {
            let segment = format!("{word}{suffix}");
            return Some(Self { id: partner.id.to_string(), segment, any: true });
        }
        let id = if let Ok(id) = parse_guid(bare) {
            let customer = CustomerId(id);
            let known = id == partner.id.0
                || state.customers.contains(&customer)
                || state.foreign_customers.contains(&customer);
            if strict && !known {
                return None;
            }
            id.to_string()
        } else {
            let domain = bare.to_ascii_lowercase();
            if partner_domains(partner).any(|own| own.eq_ignore_ascii_case(&domain)) {
                partner.id.to_string()
            } else {
                state.domains.get(&Arc::from(domain))?.to_string()
            }
        };
        Some(Self { segment: format!("{id}{suffix}"), id, any: false })
    }

    /// The tenant part of issuers in metadata: the id, or a placeholder for a word.
    pub fn issuer_part(&self) -> &str {
        if self.any { "{tenantid}" } else { &self.id }
    }
}

/// The partner's domains: its default one and those of its users.
pub fn partner_domains(partner: &Partner) -> impl Iterator<Item = &str> {
    let of_users =
        partner.users.iter().filter_map(|user| user.user_principal_name.rsplit_once('@'));
    std::iter::once(partner.domain.as_str()).chain(of_users.map(|(_, domain)| domain))
}
