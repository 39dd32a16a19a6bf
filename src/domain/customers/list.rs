//! Which customers a list shows (contract: partner-center-conventions.md §8).

use super::customer::Customer;
use crate::domain::ids::PartnerId;

/// A condition on customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerFilter {
    /// The company name begins with this, in any casing.
    CompanyName(String),
    /// The domain, or one of the further domains, begins with this, in any casing.
    Domain(String),
    /// The customer was made for the indirect reseller of this tenant.
    IndirectReseller(PartnerId),
    /// The customer is an indirect one of the provider of this tenant [choice: the customers of a
    /// world that belong to a reseller are all its own partner's].
    IndirectProvider(PartnerId),
    /// Both hold.
    Both(Box<Self>, Box<Self>),
    /// At least one holds.
    Either(Box<Self>, Box<Self>),
}

impl CustomerFilter {
    /// Whether the filter lets a customer of `partner` through.
    pub fn admits(&self, partner: PartnerId, customer: &Customer) -> bool {
        match self {
            Self::CompanyName(prefix) => starts_with(&customer.company_name, prefix),
            Self::Domain(prefix) => std::iter::once(&customer.domain)
                .chain(&customer.custom_domains)
                .any(|domain| starts_with(domain, prefix)),
            Self::IndirectReseller(id) => customer.associated_partner == Some(*id),
            Self::IndirectProvider(id) => *id == partner && customer.associated_partner.is_some(),
            Self::Both(a, b) => a.admits(partner, customer) && b.admits(partner, customer),
            Self::Either(a, b) => a.admits(partner, customer) || b.admits(partner, customer),
        }
    }

    /// Whether the condition names an indirect reseller, which only users may ask for.
    pub fn names_reseller(&self) -> bool {
        match self {
            Self::IndirectReseller(_) => true,
            Self::Both(a, b) | Self::Either(a, b) => a.names_reseller() || b.names_reseller(),
            Self::CompanyName(_) | Self::Domain(_) | Self::IndirectProvider(_) => false,
        }
    }
}

/// Whether `text` begins with `prefix`, in any casing.
pub fn starts_with(text: &str, prefix: &str) -> bool {
    let mut text = text.chars().flat_map(char::to_lowercase);
    prefix.chars().flat_map(char::to_lowercase).all(|c| text.next() == Some(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_compared_in_any_casing() {
        for (text, prefix, holds) in [
            ("Larkspur Foods", "lark", true),
            ("Larkspur Foods", "LARKSPUR FOODS", true),
            ("Larkspur Foods", "", true),
            ("Larkspur", "Larkspur Foods", false),
            ("Éclair", "éc", true),
            ("Larkspur", "spur", false),
        ] {
            assert_eq!(starts_with(text, prefix), holds, "{text} {prefix}");
        }
    }
}
