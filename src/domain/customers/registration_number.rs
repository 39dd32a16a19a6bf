//! The organisation registration number (INN in some countries) of a new customer: which countries
//! ask for one, its format, and the phone number that goes with it
//! (partner-center-customers.md §1; codes in partner-center-conventions.md §12.3).

use thiserror::Error;

use super::country_rules::CountryRules;
use super::excerpt::Excerpt;

/// Why a registration number, or the phone number beside it, is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegistrationFault {
    /// A number was sent for a country that has none: 600002.
    #[error(
        "Organization registration id value is not supported for country `{country}`; \
         leave companyProfile.organizationRegistrationNumber out"
    )]
    NotSupported {
        /// The country as sent, shortened.
        country: Excerpt,
    },
    /// The country asks for a number and none was sent: 600049.
    #[error(
        "Organization registration id information is missing; country {country} requires \
         companyProfile.organizationRegistrationNumber of the format {format}, for example {sample}"
    )]
    Missing {
        /// Code of the country.
        country: &'static str,
        /// The format in words.
        format: &'static str,
        /// A valid number.
        sample: &'static str,
    },
    /// The number does not have the country's format: 600050.
    #[error(
        "Organization registration id information is invalid and should be of the format {format}; \
         `{value}` is not, for example {sample} is"
    )]
    BadFormat {
        /// The number as sent, shortened.
        value: Excerpt,
        /// The format in words: placeholder {0} of the documented text.
        format: &'static str,
        /// A valid number.
        sample: &'static str,
    },
    /// The country requires a phone number in the address and none was sent: 600051.
    #[error(
        "Customer phone number is missing; country {country} requires \
         billingProfile.defaultAddress.phoneNumber, for example {sample}"
    )]
    PhoneMissing {
        /// Code of the country.
        country: &'static str,
        /// A valid phone number.
        sample: &'static str,
    },
}

/// Checks the registration number and the phone number of a new customer against its country.
///
/// Blank counts as absent, as clients send empty strings for what they leave unset. The number is
/// judged before the phone [choice]: the contract gives no order.
pub fn check(
    country: &str,
    number: Option<&str>,
    phone: Option<&str>,
) -> Result<(), RegistrationFault> {
    let number = number.map(str::trim).filter(|number| !number.is_empty());
    let rules = CountryRules::of(country.trim());
    let Some((rules, registration)) =
        rules.and_then(|rules| Some((rules, rules.organization_registration()?)))
    else {
        return match number {
            Some(_) => Err(RegistrationFault::NotSupported { country: Excerpt::of(country) }),
            None => Ok(()),
        };
    };
    let (format, sample) = (registration.format(), registration.pattern().sample());
    let Some(number) = number else {
        return Err(RegistrationFault::Missing { country: rules.iso2_code(), format, sample });
    };
    if !registration.pattern().matches(number) {
        return Err(RegistrationFault::BadFormat { value: Excerpt::of(number), format, sample });
    }
    if phone.is_none_or(|phone| phone.trim().is_empty()) {
        let sample = rules.phone_number().sample();
        return Err(RegistrationFault::PhoneMissing { country: rules.iso2_code(), sample });
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a broken expectation is how a test fails")]
mod tests;
