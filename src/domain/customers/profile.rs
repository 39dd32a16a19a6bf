//! What a billing profile must hold, whether it comes with a new customer or as a change
//! (contract: partner-center-customers.md §1 and §6–8).

use uuid::Uuid;

use super::address::{Address, AddressFault, NAME_LIMIT};
use super::culture::{canonical_culture, check_language};
use super::customer::BillingProfile;
use super::domain_name::check_email;
use super::registration_number::{self, RegistrationFault};
use crate::domain::error::{Error, Result};

/// Longest company name, in characters; the contract gives none [choice].
pub const COMPANY_NAME_LIMIT: usize = 256;

/// A billing profile as a client gives it. A blank text counts as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenProfile {
    /// First name of the contact.
    pub first_name: Option<String>,
    /// Last name of the contact.
    pub last_name: Option<String>,
    /// E-mail address; required.
    pub email: String,
    /// Culture in any casing; required.
    pub culture: String,
    /// Language tag; required and kept as sent.
    pub language: String,
    /// Company name; required.
    pub company_name: String,
    /// Address; required.
    pub address: Option<Address>,
}

impl GivenProfile {
    /// Checks everything and gives the profile as it is stored, under this id and version. `at` is
    /// the path of the profile in the input, with its dot, for the text of a refusal.
    pub(super) fn check(self, at: &str, id: Uuid, version: u32) -> Result<BillingProfile> {
        let field = |name: &str| format!("{at}{name}");
        required(&field("email"), &self.email, "ap@granitepeak.example")?;
        required(&field("culture"), &self.culture, "en-US")?;
        required(&field("language"), &self.language, "en")?;
        required(&field("companyName"), &self.company_name, "Granite Peak")?;
        let Some(address) = self.address else {
            return Err(Error::invalid(
                field("defaultAddress"),
                "is required; give country, city, state, addressLine1 and postalCode",
            ));
        };
        check_email(&self.email)
            .map_err(|fault| Error::invalid(field("email"), fault.to_string()))?;
        let culture = canonical_culture(&self.culture)
            .map_err(|fault| Error::invalid(field("culture"), fault.to_string()))?;
        check_language(&self.language)
            .map_err(|fault| Error::invalid(field("language"), fault.to_string()))?;
        check_length(&field("companyName"), Some(&self.company_name), COMPANY_NAME_LIMIT)?;
        check_length(&field("firstName"), self.first_name.as_deref(), NAME_LIMIT)?;
        check_length(&field("lastName"), self.last_name.as_deref(), NAME_LIMIT)?;
        address.validate().map_err(|fault| invalid_address(&field("defaultAddress."), &fault))?;
        Ok(BillingProfile {
            id,
            first_name: present(self.first_name),
            last_name: present(self.last_name),
            email: self.email.trim().to_owned(),
            culture,
            language: self.language.trim().to_owned(),
            company_name: self.company_name.trim().to_owned(),
            address: address.canonical(),
            version,
        })
    }
}

/// Checks the registration number of the organisation against the country of its address.
pub(super) fn check_registration(profile: &BillingProfile, number: Option<&str>) -> Result<()> {
    let phone = profile.address.phone_number.as_deref();
    registration_number::check(&profile.address.country, number, phone).map_err(Error::from)
}

impl From<RegistrationFault> for Error {
    fn from(fault: RegistrationFault) -> Self {
        match fault {
            RegistrationFault::NotSupported { country } => {
                Self::RegistrationNumberNotSupported(country.to_string())
            }
            RegistrationFault::Missing { country, .. } => {
                Self::RegistrationNumberMissing(country.to_owned())
            }
            RegistrationFault::BadFormat { format, .. } => {
                Self::RegistrationNumberInvalid(format.to_owned())
            }
            RegistrationFault::PhoneMissing { country, .. } => {
                Self::PhoneNumberMissing(country.to_owned())
            }
        }
    }
}

/// A refused address with the place of the field at fault.
pub fn invalid_address(at: &str, fault: &AddressFault) -> Error {
    Error::InvalidAddress(format!("{at}{}: {fault}", fault.field()))
}

/// Refuses a blank text.
pub(super) fn required(field: &str, value: &str, example: &str) -> Result<()> {
    if value.trim().is_empty() {
        let reason = format!("is required and must not be empty; for example {example}");
        return Err(Error::invalid(field, reason));
    }
    Ok(())
}

/// The text, unless it is blank.
pub(super) fn present(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn check_length(field: &str, text: Option<&str>, limit: usize) -> Result<()> {
    let Some(text) = text else { return Ok(()) };
    if text.chars().nth(limit).is_some() {
        return Err(Error::invalid(field, format!("has more than {limit} characters; shorten it")));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(field, "has a control character; remove it"));
    }
    Ok(())
}
