//! The shape of `fixtures/countries.json` and how it becomes rules: defaults, then what each
//! country has of its own.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{CountryRules, OrganizationRegistration, SampledPattern, State, TaxId};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CountriesFile {
    defaults: Defaults,
    countries: BTreeMap<String, CountryEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Defaults {
    city_required: bool,
    state_required: bool,
    phone_number: PatternEntry,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CountryEntry {
    name: String,
    languages: Vec<String>,
    /// Only where a culture is not simply language and country.
    cultures: Option<Vec<String>>,
    calling_codes: Vec<String>,
    state_required: Option<bool>,
    #[serde(default)]
    states: BTreeMap<String, StateNames>,
    city_required: Option<bool>,
    postal_code: Option<PatternEntry>,
    phone_number: Option<PatternEntry>,
    tax_id: Option<FormatEntry>,
    vat_id: Option<PatternEntry>,
    registration_number: Option<RegistrationEntry>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum StateNames {
    One(String),
    Several(Vec<String>),
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PatternEntry {
    regex: String,
    sample: String,
    #[serde(default)]
    required: bool,
}

impl From<PatternEntry> for SampledPattern {
    fn from(entry: PatternEntry) -> Self {
        Self::new(entry.regex, entry.sample)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FormatEntry {
    format: String,
    sample: String,
    #[serde(default)]
    required: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RegistrationEntry {
    regex: String,
    sample: String,
    format: String,
}

/// Reads the file; the rules come ordered by country code.
pub(super) fn parse(json: &str) -> Result<Vec<CountryRules>, serde_json::Error> {
    let CountriesFile { defaults, countries } = serde_json::from_str(json)?;
    // BTreeMap order is what the binary search in `CountryRules::of` relies on.
    Ok(countries.into_iter().map(|(code, entry)| rules(code, entry, &defaults)).collect())
}

fn rules(iso2_code: String, entry: CountryEntry, defaults: &Defaults) -> CountryRules {
    let cultures = entry.cultures.unwrap_or_else(|| {
        entry.languages.iter().map(|language| format!("{language}-{iso2_code}")).collect()
    });
    let states = entry.states.into_iter().map(|(code, names)| {
        let names = match names {
            StateNames::One(name) => vec![name],
            StateNames::Several(names) => names,
        };
        State { code, names }
    });
    CountryRules {
        name: entry.name,
        languages: entry.languages,
        cultures,
        calling_codes: entry.calling_codes,
        state_required: entry.state_required.unwrap_or(defaults.state_required),
        states: states.collect(),
        city_required: entry.city_required.unwrap_or(defaults.city_required),
        postal_code_required: entry.postal_code.as_ref().is_some_and(|postal| postal.required),
        postal_code: entry.postal_code.map(SampledPattern::from),
        phone_number: entry.phone_number.unwrap_or_else(|| defaults.phone_number.clone()).into(),
        tax_id: entry.tax_id.map(|tax| TaxId {
            format: tax.format,
            sample: tax.sample,
            required: tax.required,
        }),
        vat_id: entry.vat_id.map(SampledPattern::from),
        registration: entry.registration_number.map(|registration| OrganizationRegistration {
            pattern: SampledPattern::new(registration.regex, registration.sample),
            format: registration.format,
        }),
        iso2_code,
    }
}
