//! A postal address as customers' billing profiles carry it, and what makes it acceptable
//! (partner-center-customers.md, Address; country rules in partner-center-profiles-misc.md §2).
//!
//! How plausible an acceptable address is, and what would correct it, is in
//! `address_verification`; the facts about countries are in `country_rules`.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::country_rules::CountryRules;
use super::excerpt::Excerpt;

/// Longest `addressLine1` and `addressLine2`, in characters.
pub const ADDRESS_LINE_LIMIT: usize = 200;
/// Longest `firstName`, `lastName` and, as the contract gives none, `middleName` [choice].
pub const NAME_LIMIT: usize = 50;
/// Longest `region`, `city` and free-text `state`; the contract gives none [choice].
pub const FREE_TEXT_LIMIT: usize = 100;
/// Longest `postalCode` where the country has no pattern; the contract gives none [choice].
pub const POSTAL_CODE_LIMIT: usize = 20;
/// Longest `phoneNumber`; the contract gives none [choice].
pub const PHONE_NUMBER_LIMIT: usize = 50;

/// A postal address with the person to reach there. An absent text and a blank one mean the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Address {
    /// ISO 3166 alpha-2 code, any casing; required.
    pub country: String,
    /// Free text.
    pub region: Option<String>,
    /// Required where the country's rules say so.
    pub city: Option<String>,
    /// Code or full name of a listed state in US, CA, CN and MX; free text elsewhere.
    pub state: Option<String>,
    /// 1 to 200 characters; required.
    pub address_line1: String,
    /// 0 to 200 characters.
    pub address_line2: Option<String>,
    /// By the country's pattern; required where its rules say so.
    pub postal_code: Option<String>,
    /// 1 to 50 characters when given.
    pub first_name: Option<String>,
    /// 1 to 50 characters when given.
    pub last_name: Option<String>,
    /// Optional.
    pub middle_name: Option<String>,
    /// Optional here; `registration_number` says where it is required.
    pub phone_number: Option<String>,
}

/// A field of an address, named as clients name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressField {
    /// `country`
    Country,
    /// `region`
    Region,
    /// `city`
    City,
    /// `state`
    State,
    /// `addressLine1`
    AddressLine1,
    /// `addressLine2`
    AddressLine2,
    /// `postalCode`
    PostalCode,
    /// `firstName`
    FirstName,
    /// `lastName`
    LastName,
    /// `middleName`
    MiddleName,
    /// `phoneNumber`
    PhoneNumber,
}

impl AddressField {
    /// The name clients know, for example `postalCode`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Region => "region",
            Self::City => "city",
            Self::State => "state",
            Self::AddressLine1 => "addressLine1",
            Self::AddressLine2 => "addressLine2",
            Self::PostalCode => "postalCode",
            Self::FirstName => "firstName",
            Self::LastName => "lastName",
            Self::MiddleName => "middleName",
            Self::PhoneNumber => "phoneNumber",
        }
    }

    /// Most characters the field may have; 2 for `country`.
    pub fn limit(self) -> usize {
        match self {
            Self::Country => 2,
            Self::AddressLine1 | Self::AddressLine2 => ADDRESS_LINE_LIMIT,
            Self::Region | Self::City | Self::State => FREE_TEXT_LIMIT,
            Self::PostalCode => POSTAL_CODE_LIMIT,
            Self::FirstName | Self::LastName | Self::MiddleName => NAME_LIMIT,
            Self::PhoneNumber => PHONE_NUMBER_LIMIT,
        }
    }
}

impl fmt::Display for AddressField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why an address is refused: 2007 of the address service, or the create call's own code.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressFault {
    /// A required field is absent or blank.
    #[error("{field} is missing; give one, for example {example}")]
    Missing {
        /// The field.
        field: AddressField,
        /// A valid value.
        example: String,
    },
    /// Longer than the field allows.
    #[error("{field} `{value}` has {length} characters; at most {limit} are allowed")]
    TooLong {
        /// The field.
        field: AddressField,
        /// Most characters it may have.
        limit: usize,
        /// Characters it has.
        length: usize,
        /// The value as sent, shortened.
        value: Excerpt,
    },
    /// A line break, tab, NUL or other control character.
    #[error("{field} `{value}` has a control character at position {position}; remove it")]
    ControlCharacter {
        /// The field.
        field: AddressField,
        /// Place of the first one, counted in characters from 1.
        position: usize,
        /// The value as sent, shortened and made printable.
        value: Excerpt,
    },
    /// Not two letters.
    #[error("country `{value}` is not a two-letter ISO 3166 code; for example US")]
    CountryMalformed {
        /// The value as sent, shortened.
        value: Excerpt,
    },
    /// Two letters that denote no country Partner Center sells to.
    #[error("country `{value}` is not a country that Partner Center sells to; for example US")]
    CountryUnknown {
        /// The value as sent.
        value: Excerpt,
    },
    /// Not in the country's list of states.
    #[error("state `{value}` is not a state of {country}; for example {example}")]
    StateUnknown {
        /// The value as sent, shortened.
        value: Excerpt,
        /// Code of the country.
        country: &'static str,
        /// A valid state code.
        example: String,
    },
    /// Not of the country's format.
    #[error("postalCode `{value}` does not match the format of {country}; for example {example}")]
    PostalCodeFormat {
        /// The value as sent, shortened.
        value: Excerpt,
        /// Code of the country.
        country: &'static str,
        /// The country's pattern.
        pattern: &'static str,
        /// A valid postal code.
        example: &'static str,
    },
    /// Holds something that no phone number has, or no digit.
    #[error("phoneNumber `{value}` is not a phone number; for example {example}")]
    PhoneNumberFormat {
        /// The value as sent, shortened.
        value: Excerpt,
        /// A valid phone number of the country.
        example: &'static str,
    },
}

impl AddressFault {
    /// The field at fault.
    pub fn field(&self) -> AddressField {
        match self {
            Self::Missing { field, .. }
            | Self::TooLong { field, .. }
            | Self::ControlCharacter { field, .. } => *field,
            Self::CountryMalformed { .. } | Self::CountryUnknown { .. } => AddressField::Country,
            Self::StateUnknown { .. } => AddressField::State,
            Self::PostalCodeFormat { .. } => AddressField::PostalCode,
            Self::PhoneNumberFormat { .. } => AddressField::PhoneNumber,
        }
    }
}

impl Address {
    /// Checks every field in the order of the contract's table and returns the first fault.
    ///
    /// A phone number is checked for its characters only, not for the country's pattern [choice]:
    /// the contract lists no fault for it, and a refusal here would stop what really passes.
    pub fn validate(&self) -> Result<(), AddressFault> {
        let rules = self.known_country()?;
        check_text(AddressField::Region, self.region.as_deref())?;
        self.check_city(rules)?;
        self.check_state(rules)?;
        self.check_lines()?;
        self.check_postal_code(rules)?;
        check_text(AddressField::FirstName, self.first_name.as_deref())?;
        check_text(AddressField::LastName, self.last_name.as_deref())?;
        check_text(AddressField::MiddleName, self.middle_name.as_deref())?;
        self.check_phone_number(rules)
    }

    /// The rules of the address's country, if it is one.
    pub fn country_rules(&self) -> Option<&'static CountryRules> {
        CountryRules::of(self.country.trim())
    }

    /// The same address with the country in capitals and a state of the country's list replaced
    /// by its code; the rest stays as sent.
    #[must_use]
    pub fn canonical(mut self) -> Self {
        if let Some(rules) = self.country_rules() {
            rules.iso2_code().clone_into(&mut self.country);
            let listed = self.state.as_deref().and_then(|state| rules.state(state));
            if let Some(state) = listed {
                self.state = Some(state.code().to_owned());
            }
        }
        self
    }

    fn known_country(&self) -> Result<&'static CountryRules, AddressFault> {
        let field = AddressField::Country;
        let Some(country) = check_characters(field, Some(&self.country))? else {
            return Err(AddressFault::Missing { field, example: "US".to_owned() });
        };
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(AddressFault::CountryMalformed { value: Excerpt::of(country) });
        }
        CountryRules::of(country)
            .ok_or_else(|| AddressFault::CountryUnknown { value: Excerpt::of(country) })
    }

    fn check_city(&self, rules: &CountryRules) -> Result<(), AddressFault> {
        let field = AddressField::City;
        match check_text(field, self.city.as_deref())? {
            None if rules.is_city_required() => {
                Err(AddressFault::Missing { field, example: "Redmond".to_owned() })
            }
            _ => Ok(()),
        }
    }

    fn check_state(&self, rules: &'static CountryRules) -> Result<(), AddressFault> {
        let field = AddressField::State;
        let example = || {
            // WA where there is one: the contract's own sample has it.
            let state = rules.state("WA").or_else(|| rules.supported_states().first());
            state.map_or_else(String::new, |state| state.code().to_owned())
        };
        match check_text(field, self.state.as_deref())? {
            None if rules.is_state_required() => {
                Err(AddressFault::Missing { field, example: example() })
            }
            Some(state) if rules.checks_states() && rules.state(state).is_none() => {
                Err(AddressFault::StateUnknown {
                    value: Excerpt::of(state),
                    country: rules.iso2_code(),
                    example: example(),
                })
            }
            _ => Ok(()),
        }
    }

    fn check_lines(&self) -> Result<(), AddressFault> {
        let field = AddressField::AddressLine1;
        if check_text(field, Some(&self.address_line1))?.is_none() {
            return Err(AddressFault::Missing { field, example: "12 Orchard Rd".to_owned() });
        }
        check_text(AddressField::AddressLine2, self.address_line2.as_deref())?;
        Ok(())
    }

    fn check_postal_code(&self, rules: &'static CountryRules) -> Result<(), AddressFault> {
        let field = AddressField::PostalCode;
        let pattern = rules.postal_code();
        let sample = pattern.map_or("98052", |pattern| pattern.sample());
        let Some(postal_code) = check_text(field, self.postal_code.as_deref())? else {
            return if rules.is_postal_code_required() {
                Err(AddressFault::Missing { field, example: sample.to_owned() })
            } else {
                Ok(())
            };
        };
        match pattern {
            Some(pattern) if !pattern.matches(postal_code) => Err(AddressFault::PostalCodeFormat {
                value: Excerpt::of(postal_code),
                country: rules.iso2_code(),
                pattern: pattern.source(),
                example: sample,
            }),
            _ => Ok(()),
        }
    }

    fn check_phone_number(&self, rules: &'static CountryRules) -> Result<(), AddressFault> {
        let field = AddressField::PhoneNumber;
        let Some(phone) = check_text(field, self.phone_number.as_deref())? else { return Ok(()) };
        let fits = phone.chars().any(|c| c.is_ascii_digit())
            // Letters only as in `ext. 12` or `x12`.
            && phone.chars().all(|c| c.is_ascii_digit() || " +-.()/#,;:extEXT".contains(c));
        if fits {
            Ok(())
        } else {
            Err(AddressFault::PhoneNumberFormat {
                value: Excerpt::of(phone),
                example: rules.phone_number().sample(),
            })
        }
    }
}

/// The trimmed text if it is not blank, after control characters are refused.
fn check_characters(field: AddressField, text: Option<&str>) -> Result<Option<&str>, AddressFault> {
    let Some(text) = text else { return Ok(None) };
    if let Some(place) = text.chars().position(char::is_control) {
        let value = Excerpt::of(text);
        return Err(AddressFault::ControlCharacter { field, position: place + 1, value });
    }
    Ok(Some(text.trim()).filter(|text| !text.is_empty()))
}

/// As [`check_characters`], and no longer than the field's limit.
fn check_text(field: AddressField, text: Option<&str>) -> Result<Option<&str>, AddressFault> {
    let Some(text) = check_characters(field, text)? else { return Ok(None) };
    let (length, limit) = (text.chars().count(), field.limit());
    if length > limit {
        return Err(AddressFault::TooLong { field, limit, length, value: Excerpt::of(text) });
    }
    Ok(Some(text))
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a broken expectation is how a test fails")]
mod tests;
