//! How the opener of a case can be reached, and the rules for that
//! (contract: azure-support.md §3.2). Lengths and forms are a choice [choice].

mod countries;
mod time_zones;

use serde::{Deserialize, Serialize};

use super::SupportFault;
pub use countries::alpha3;

/// How the opener wants to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ContactMethod {
    /// By e-mail.
    Email,
    /// By phone; a number is needed then.
    Phone,
}

/// How the opener of a case can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactDetails {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// How to reach them.
    pub method: ContactMethod,
    /// E-mail address.
    pub email: String,
    /// Further addresses that get copies.
    pub additional_emails: Vec<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Time zone by its Windows name, for example `Taipei Standard Time`.
    pub time_zone: String,
    /// Country in three letters, upper-case, for example `TWN`.
    pub country: String,
    /// Language tag, for example `en-US`.
    pub language: String,
}

/// What is to change about it; nothing else does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactChange {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// How to reach them.
    pub method: Option<ContactMethod>,
    /// E-mail address.
    pub email: Option<String>,
    /// Further addresses, all of them.
    pub additional_emails: Option<Vec<String>>,
    /// Phone number.
    pub phone: Option<String>,
    /// Time zone.
    pub time_zone: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Language.
    pub language: Option<String>,
}

impl ContactChange {
    /// The details after the change.
    pub fn applied_to(self, old: ContactDetails) -> ContactDetails {
        ContactDetails {
            first_name: self.first_name.unwrap_or(old.first_name),
            last_name: self.last_name.unwrap_or(old.last_name),
            method: self.method.unwrap_or(old.method),
            email: self.email.unwrap_or(old.email),
            additional_emails: self.additional_emails.unwrap_or(old.additional_emails),
            phone: self.phone.or(old.phone),
            time_zone: self.time_zone.unwrap_or(old.time_zone),
            country: self.country.unwrap_or(old.country),
            language: self.language.unwrap_or(old.language),
        }
    }
}

/// Longest name, in characters.
const LONGEST_NAME: usize = 100;
/// Most further addresses.
const MOST_ADDRESSES: usize = 20;

/// Refuses details by which nobody can be reached. Fields are named as in Azure.
pub fn check_contact(contact: &ContactDetails) -> Result<(), SupportFault> {
    let refuse = |field: &str, reason: String| {
        Err(SupportFault::invalid(format!("contactDetails.{field}"), reason))
    };
    for (field, name) in [("firstName", &contact.first_name), ("lastName", &contact.last_name)] {
        if name.trim().is_empty() {
            return refuse(field, "is required and must not be empty".to_owned());
        }
        if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return refuse(
                field,
                format!(
                    "must have at most {LONGEST_NAME} characters, none of them control characters"
                ),
            );
        }
    }
    if !is_email(&contact.email) {
        return refuse("primaryEmailAddress", not_an_address(&contact.email));
    }
    if contact.additional_emails.len() > MOST_ADDRESSES {
        return refuse(
            "additionalEmailAddresses",
            format!("must have at most {MOST_ADDRESSES} addresses"),
        );
    }
    for (index, address) in contact.additional_emails.iter().enumerate() {
        if !is_email(address) {
            let field = format!("additionalEmailAddresses[{index}]");
            return refuse(&field, not_an_address(address));
        }
    }
    match contact.phone.as_deref().filter(|phone| !phone.trim().is_empty()) {
        None if contact.method == ContactMethod::Phone => {
            return refuse(
                "phoneNumber",
                "is required when preferredContactMethod is phone".to_owned(),
            );
        }
        Some(phone) if !is_phone(phone) => {
            return refuse(
                "phoneNumber",
                format!(
                    "`{}` must have 4 to 15 digits, which may begin with + and be set apart by spaces, dots, hyphens and brackets, for example +886 2 5550 0100",
                    shown(phone)
                ),
            );
        }
        _ => {}
    }
    if !time_zones::is_windows_name(&contact.time_zone) {
        return refuse(
            "preferredTimeZone",
            format!(
                "`{}` must be the Windows name of a time zone, for example Taipei Standard Time or UTC",
                shown(&contact.time_zone)
            ),
        );
    }
    if !countries::is_alpha3(&contact.country) {
        return refuse("country", wrong_country(&contact.country));
    }
    if !is_language(&contact.language) {
        return refuse(
            "preferredSupportLanguage",
            format!("`{}` must be a language tag, for example en-US", shown(&contact.language)),
        );
    }
    Ok(())
}

fn not_an_address(text: &str) -> String {
    format!("`{}` must be an e-mail address, for example mei@partner.example", shown(text))
}

fn wrong_country(text: &str) -> String {
    let help = alpha3(text).unwrap_or("TWN");
    format!("`{}` must be a country in three letters (ISO 3166), for example {help}", shown(text))
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

/// Whether the text has the form of an e-mail address.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let in_local = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 254
        && (1..=64).contains(&local.len())
        && local.chars().all(in_local)
        && local.split('.').all(|part| !part.is_empty())
        && domain.contains('.')
        && domain.split('.').all(is_label)
}

/// Whether the text has the form of a phone number.
fn is_phone(text: &str) -> bool {
    let rest = text.trim().strip_prefix('+').unwrap_or_else(|| text.trim());
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    text.len() <= 40
        && (4..=15).contains(&digits)
        && rest.chars().all(|c| c.is_ascii_digit() || " .-()/".contains(c))
}

/// Whether the text has the form of a language tag: a language of two or three letters, then script,
/// region or variants.
pub fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_language = parts.next().is_some_and(|it| {
        (2..=3).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_alphabetic())
    });
    is_language
        && text.len() <= 35
        && parts
            .all(|it| (2..=8).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests;
