//! What Partner Center expects of an address, a phone number and the tax and registration numbers
//! in each country: the data behind `GET /v1/countryvalidationrules/{iso2}` and behind every
//! address check (partner-center-profiles-misc.md §2).
//!
//! The facts are in `fixtures/countries.json`, embedded and parsed on first use, so that start-up
//! does not pay for them. How an address is judged by them is in `address`; how a registration
//! number is judged, in `registration_number`.

use std::sync::OnceLock;

use regex_lite::Regex;

mod countries_file;

/// Longest text in characters that is tried against a country's pattern; anything longer matches
/// nothing, so that matching is bounded whatever is sent.
pub const PATTERN_INPUT_LIMIT: usize = 64;

/// Countries whose states are checked against a list; elsewhere any text is a state
/// (partner-center-profiles-misc.md §2, address validation).
pub const STATE_CHECKED_COUNTRIES: [&str; 4] = ["US", "CA", "CN", "MX"];

const COUNTRIES_JSON: &str = include_str!("../../../fixtures/countries.json");

/// A pattern of a country together with a value that satisfies it.
#[derive(Debug)]
pub struct SampledPattern {
    source: String,
    sample: String,
    compiled: OnceLock<Option<Regex>>,
}

impl SampledPattern {
    fn new(source: String, sample: String) -> Self {
        Self { source, sample, compiled: OnceLock::new() }
    }

    /// The pattern as published to clients.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// A value that the pattern accepts.
    pub fn sample(&self) -> &str {
        &self.sample
    }

    /// Whether `text` satisfies the pattern. Longer input than [`PATTERN_INPUT_LIMIT`] does not.
    pub fn matches(&self, text: &str) -> bool {
        if text.chars().nth(PATTERN_INPUT_LIMIT).is_some() {
            return false;
        }
        // A pattern that does not compile would be a fault of the embedded data, which the tests
        // refuse; at run time it accepts nothing instead of panicking.
        let compiled = self.compiled.get_or_init(|| Regex::new(&self.source).ok());
        compiled.as_ref().is_some_and(|pattern| pattern.is_match(text))
    }
}

/// A state, province or federal entity of a country.
#[derive(Debug)]
pub struct State {
    code: String,
    names: Vec<String>,
}

impl State {
    /// The code under which the state is stored, for example `WA`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The full name, for example `Washington`.
    pub fn name(&self) -> &str {
        self.names.first().map_or(self.code.as_str(), String::as_str)
    }

    fn is_called(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.code.to_lowercase() == text || self.names.iter().any(|n| n.to_lowercase() == text)
    }
}

/// Tax id of organisations in a country.
#[derive(Debug)]
pub struct TaxId {
    format: String,
    sample: String,
    required: bool,
}

/// The organisation registration number of the eleven countries that ask for one.
#[derive(Debug)]
pub struct OrganizationRegistration {
    pattern: SampledPattern,
    format: String,
}

impl OrganizationRegistration {
    /// The pattern and a number that satisfies it.
    pub fn pattern(&self) -> &SampledPattern {
        &self.pattern
    }

    /// The format in words, as it stands in the text of error 600050.
    pub fn format(&self) -> &str {
        &self.format
    }
}

/// The validation rules of one country.
#[derive(Debug)]
pub struct CountryRules {
    iso2_code: String,
    name: String,
    languages: Vec<String>,
    cultures: Vec<String>,
    calling_codes: Vec<String>,
    state_required: bool,
    states: Vec<State>,
    city_required: bool,
    postal_code_required: bool,
    postal_code: Option<SampledPattern>,
    phone_number: SampledPattern,
    tax_id: Option<TaxId>,
    vat_id: Option<SampledPattern>,
    registration: Option<OrganizationRegistration>,
}

impl CountryRules {
    /// The rules of a country by its ISO 3166 alpha-2 code in any casing; `None` for a code that
    /// is not one, or of a country that Partner Center does not sell to (CU, IR, KP, SY) [choice].
    pub fn of(iso2_code: &str) -> Option<&'static Self> {
        let &[first, second] = iso2_code.as_bytes() else { return None };
        let code = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
        let countries = Self::all();
        let place = countries.binary_search_by(|c| c.iso2_code.as_bytes().cmp(&code)).ok()?;
        countries.get(place)
    }

    /// All countries, ordered by code.
    pub fn all() -> &'static [Self] {
        static COUNTRIES: OnceLock<Vec<CountryRules>> = OnceLock::new();
        // The embedded file is proved readable by the tests of this module.
        COUNTRIES.get_or_init(|| countries_file::parse(COUNTRIES_JSON).unwrap_or_default())
    }

    /// `iso2Code`: two capital letters.
    pub fn iso2_code(&self) -> &str {
        &self.iso2_code
    }

    /// English short name of the country.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `defaultCulture`, for example `en-US`.
    pub fn default_culture(&self) -> &str {
        self.cultures.first().map_or("en-US", String::as_str)
    }

    /// `isStateRequired`.
    pub fn is_state_required(&self) -> bool {
        self.state_required
    }

    /// `supportedStatesList`, ordered by code; empty where states are free text.
    pub fn supported_states(&self) -> &[State] {
        &self.states
    }

    /// `supportedLanguagesList`.
    pub fn supported_languages(&self) -> &[String] {
        &self.languages
    }

    /// `supportedCulturesList`.
    pub fn supported_cultures(&self) -> &[String] {
        &self.cultures
    }

    /// `isPostalCodeRequired`.
    pub fn is_postal_code_required(&self) -> bool {
        self.postal_code_required
    }

    /// The pattern of postal codes; `None` where any text is accepted.
    pub fn postal_code(&self) -> Option<&SampledPattern> {
        self.postal_code.as_ref()
    }

    /// `postalCodeRegex`; empty where any text is accepted.
    pub fn postal_code_regex(&self) -> &str {
        self.postal_code.as_ref().map_or("", SampledPattern::source)
    }

    /// `isCityRequired`.
    pub fn is_city_required(&self) -> bool {
        self.city_required
    }

    /// `isVatIdSupported`.
    pub fn is_vat_id_supported(&self) -> bool {
        self.vat_id.is_some()
    }

    /// The pattern of VAT ids; `None` where they are not supported.
    pub fn vat_id(&self) -> Option<&SampledPattern> {
        self.vat_id.as_ref()
    }

    /// `vatIdRegex`; empty where VAT ids are not supported.
    pub fn vat_id_regex(&self) -> &str {
        self.vat_id.as_ref().map_or("", SampledPattern::source)
    }

    /// `isTaxIdSupported`.
    pub fn is_tax_id_supported(&self) -> bool {
        self.tax_id.is_some()
    }

    /// `isTaxIdOptional`; true as well where tax ids are not supported.
    pub fn is_tax_id_optional(&self) -> bool {
        !self.tax_id.as_ref().is_some_and(|tax| tax.required)
    }

    /// `taxIdFormat`: `#` stands for a digit, `A` for a letter, `*` for either; empty where not
    /// supported.
    pub fn tax_id_format(&self) -> &str {
        self.tax_id.as_ref().map_or("", |tax| &tax.format)
    }

    /// `taxIdSample`; empty where not supported.
    pub fn tax_id_sample(&self) -> &str {
        self.tax_id.as_ref().map_or("", |tax| &tax.sample)
    }

    /// The pattern of phone numbers: national digits without separators or calling code.
    pub fn phone_number(&self) -> &SampledPattern {
        &self.phone_number
    }

    /// `phoneNumberRegex`.
    pub fn phone_number_regex(&self) -> &str {
        self.phone_number.source()
    }

    /// `countryCallingCodesList`, without `+`.
    pub fn country_calling_codes(&self) -> &[String] {
        &self.calling_codes
    }

    /// The organisation registration number that customers of this country must give; `None` in
    /// all but eleven countries.
    pub fn organization_registration(&self) -> Option<&OrganizationRegistration> {
        self.registration.as_ref()
    }

    /// `customerOrganizationRegistrationNumberRequired`.
    pub fn is_organization_registration_number_required(&self) -> bool {
        self.registration.is_some()
    }

    /// `customerOrganizationRegistrationNumberRegex`; empty where none is asked for.
    pub fn organization_registration_number_regex(&self) -> &str {
        self.registration.as_ref().map_or("", |registration| registration.pattern.source())
    }

    /// `customerOrganizationRegistrationNumberSample`; empty where none is asked for.
    pub fn organization_registration_number_sample(&self) -> &str {
        self.registration.as_ref().map_or("", |registration| registration.pattern.sample())
    }

    /// `customerOrganizationPhoneNumberRequired`: in the countries with a registration number.
    pub fn is_organization_phone_number_required(&self) -> bool {
        self.registration.is_some()
    }

    /// Whether a state sent for this country must be in [`Self::supported_states`].
    pub fn checks_states(&self) -> bool {
        STATE_CHECKED_COUNTRIES.contains(&self.iso2_code.as_str())
    }

    /// The state that `text` denotes: its code or full name, in any casing, spaces around ignored.
    pub fn state(&self, text: &str) -> Option<&State> {
        let text = text.trim();
        if text.chars().nth(PATTERN_INPUT_LIMIT).is_some() {
            return None;
        }
        self.states.iter().find(|state| state.is_called(text))
    }

    /// Whether `text` is a phone number of this country. Separators, and the calling code after
    /// `+` or `00`, are left aside first, since clients send all these forms.
    pub fn matches_phone_number(&self, text: &str) -> bool {
        if text.chars().nth(PATTERN_INPUT_LIMIT).is_some() {
            return false;
        }
        let is_separator = |c: char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '/');
        let digits: String = text.chars().filter(|c| !is_separator(*c)).collect();
        if self.phone_number.matches(&digits) {
            return true;
        }
        let Some(international) = digits.strip_prefix('+').or_else(|| digits.strip_prefix("00"))
        else {
            return false;
        };
        self.calling_codes
            .iter()
            .filter_map(|code| international.strip_prefix(code.as_str()))
            .any(|national| self.phone_number.matches(national))
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a broken expectation is how a test fails")]
mod tests;
