//! Domain names: the `name.onmicrosoft.com` of a new customer, any domain asked about by
//! `HEAD /v1/domains/{domain}`, and e-mail addresses. Syntax only: whether a domain is taken is
//! the store's to say.

use std::fmt;

use thiserror::Error;

use super::excerpt::Excerpt;

/// The suffix of every initial domain.
pub const INITIAL_SUFFIX: &str = ".onmicrosoft.com";
/// Longest name before the suffix, in characters, as Microsoft's sign-up pages document it.
pub const INITIAL_NAME_LIMIT: usize = 27;
/// Longest domain name in bytes (RFC 1035 without the root dot).
const DOMAIN_LIMIT: usize = 253;
const LABEL_LIMIT: usize = 63;
/// Longest e-mail address and longest part before the `@`, in bytes (RFC 5321).
const EMAIL_LIMIT: usize = 254;
const MAILBOX_LIMIT: usize = 64;

/// Why a domain name is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DomainFault {
    /// Does not end in `.onmicrosoft.com`.
    #[error(
        "domain `{value}` does not end in {INITIAL_SUFFIX}; for example larkspur.onmicrosoft.com"
    )]
    NotInitial {
        /// The value as sent, shortened.
        value: Excerpt,
    },
    /// The name before `.onmicrosoft.com` is empty, too long or not alphanumeric.
    #[error(
        "domain `{value}` must have 1 to {INITIAL_NAME_LIMIT} letters and digits before \
         {INITIAL_SUFFIX} and nothing else; for example larkspur.onmicrosoft.com"
    )]
    InitialName {
        /// The value as sent, shortened.
        value: Excerpt,
    },
    /// Not a domain name at all.
    #[error(
        "`{value}` is not a domain name: labels of 1 to 63 letters, digits and inner hyphens, \
         joined by dots, at most 253 characters; for example granitepeak.example"
    )]
    Syntax {
        /// The value as sent, shortened.
        value: Excerpt,
    },
}

/// Why an e-mail address is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("email `{value}` is not an e-mail address; for example ap@granitepeak.example")]
pub struct EmailFault {
    /// The value as sent, shortened.
    pub value: Excerpt,
}

/// A domain name in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(String);

impl DomainName {
    /// Parses a domain of at least two labels, in any casing, one dot at the end allowed.
    /// International names come in their ASCII form (`xn--…`) [choice].
    pub fn parse(text: &str) -> Result<Self, DomainFault> {
        let name = text.trim();
        let name = name.strip_suffix('.').unwrap_or(name);
        let last_is_letters = |label: &str| !label.bytes().all(|b| b.is_ascii_digit());
        let well_formed = name.len() <= DOMAIN_LIMIT
            && name.contains('.')
            && name.split('.').all(is_label)
            && name.rsplit('.').next().is_some_and(last_is_letters);
        if well_formed {
            Ok(Self(name.to_ascii_lowercase()))
        } else {
            Err(DomainFault::Syntax { value: Excerpt::of(text) })
        }
    }

    /// The name in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The domain a customer's tenant is born with: `name.onmicrosoft.com`, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InitialDomain(DomainName);

impl InitialDomain {
    /// Parses `companyProfile.domain` (partner-center-customers.md §1), in any casing.
    pub fn parse(text: &str) -> Result<Self, DomainFault> {
        let trimmed = text.trim();
        let split = trimmed.len().saturating_sub(INITIAL_SUFFIX.len());
        let Some((name, suffix)) = trimmed.split_at_checked(split) else {
            return Err(DomainFault::NotInitial { value: Excerpt::of(text) });
        };
        if !suffix.eq_ignore_ascii_case(INITIAL_SUFFIX) {
            return Err(DomainFault::NotInitial { value: Excerpt::of(text) });
        }
        let well_formed = (1..=INITIAL_NAME_LIMIT).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric());
        if well_formed {
            Ok(Self(DomainName(trimmed.to_ascii_lowercase())))
        } else {
            Err(DomainFault::InitialName { value: Excerpt::of(text) })
        }
    }

    /// The part before `.onmicrosoft.com`.
    pub fn name(&self) -> &str {
        self.as_str().strip_suffix(INITIAL_SUFFIX).unwrap_or_default()
    }

    /// The whole domain in lower case.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The same as a plain domain name, for the look-up of taken domains.
    pub fn as_domain_name(&self) -> &DomainName {
        &self.0
    }
}

impl fmt::Display for InitialDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Checks the syntax of an e-mail address: an unquoted mailbox, `@`, and a domain name. Quoted
/// mailboxes and address literals are refused [choice].
pub fn check_email(text: &str) -> Result<(), EmailFault> {
    let address = text.trim();
    let well_formed = address.len() <= EMAIL_LIMIT
        && address.rsplit_once('@').is_some_and(|(mailbox, domain)| {
            is_mailbox(mailbox) && !domain.ends_with('.') && DomainName::parse(domain).is_ok()
        });
    if well_formed { Ok(()) } else { Err(EmailFault { value: Excerpt::of(text) }) }
}

fn is_mailbox(text: &str) -> bool {
    text.len() <= MAILBOX_LIMIT
        && text.split('.').all(|atom| {
            !atom.is_empty()
                && atom.chars().all(|c| {
                    // Letters beyond ASCII are allowed in mailboxes by RFC 6531.
                    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
                })
        })
}

fn is_label(label: &str) -> bool {
    (1..=LABEL_LIMIT).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a broken expectation is how a test fails")]
mod tests;
