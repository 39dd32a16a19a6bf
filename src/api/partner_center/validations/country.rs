//! The validation rules of a country.

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::fault::{Fault, NOT_FOUND};
use crate::api::partner_center::resource::Attributes;
use crate::api::reply::Reply;
use crate::domain::customers::country_rules::{CountryRules, State};
use crate::domain::error::Error;

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/countryvalidationrules/{country}",
            "getCountryValidationRules",
            get,
        )
        .summary("Validations", "Get the validation rules of a country")
        .source(
            Fidelity::Documented,
            "partner-center-profiles-misc.md#get-v1countryvalidationrulesiso2-both",
        )
        .gives::<CountryValidationRules>(200, "The rules.")
        .faults(&[NOT_FOUND])
        .example("country", "US"),
    ]
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let code = call.path_text("country");
    let rules = CountryRules::of(code)
        .ok_or_else(|| Error::NotFound { what: "country", id: code.chars().take(60).collect() })?;
    Ok(Reply::ok(&CountryValidationRules::from(rules)))
}

/// What Partner Center expects of addresses and numbers in a country.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountryValidationRules {
    /// Two-letter code.
    #[schema(example = "US")]
    pub iso2_code: &'static str,
    /// Culture that is proposed.
    #[schema(example = "en-US")]
    pub default_culture: &'static str,
    /// Whether an address needs a state.
    pub is_state_required: bool,
    /// Codes of the states; empty where any text is a state.
    pub supported_states_list: Vec<&'static str>,
    /// Languages.
    pub supported_languages_list: &'static [String],
    /// Cultures.
    pub supported_cultures_list: &'static [String],
    /// Whether an address needs a postal code.
    pub is_postal_code_required: bool,
    /// Pattern of postal codes; empty where any text is one.
    pub postal_code_regex: &'static str,
    /// Whether an address needs a city.
    pub is_city_required: bool,
    /// Whether VAT ids are supported.
    pub is_vat_id_supported: bool,
    /// Format of tax ids.
    pub tax_id_format: &'static str,
    /// A tax id.
    pub tax_id_sample: &'static str,
    /// Pattern of VAT ids.
    pub vat_id_regex: &'static str,
    /// Pattern of phone numbers.
    pub phone_number_regex: &'static str,
    /// Whether tax ids are supported.
    pub is_tax_id_supported: bool,
    /// Whether a tax id may be left out.
    pub is_tax_id_optional: bool,
    /// Calling codes, without `+`.
    pub country_calling_codes_list: &'static [String],
    /// Whether a customer needs a registration number.
    pub customer_organization_registration_number_required: bool,
    /// Pattern of registration numbers.
    pub customer_organization_registration_number_regex: &'static str,
    /// A registration number.
    pub customer_organization_registration_number_sample: &'static str,
    /// Whether a customer needs a phone number.
    pub customer_organization_phone_number_required: bool,
    /// Attributes.
    pub attributes: Attributes,
}

impl From<&'static CountryRules> for CountryValidationRules {
    fn from(rules: &'static CountryRules) -> Self {
        Self {
            iso2_code: rules.iso2_code(),
            default_culture: rules.default_culture(),
            is_state_required: rules.is_state_required(),
            supported_states_list: rules.supported_states().iter().map(State::code).collect(),
            supported_languages_list: rules.supported_languages(),
            supported_cultures_list: rules.supported_cultures(),
            is_postal_code_required: rules.is_postal_code_required(),
            postal_code_regex: rules.postal_code_regex(),
            is_city_required: rules.is_city_required(),
            is_vat_id_supported: rules.is_vat_id_supported(),
            tax_id_format: rules.tax_id_format(),
            tax_id_sample: rules.tax_id_sample(),
            vat_id_regex: rules.vat_id_regex(),
            phone_number_regex: rules.phone_number_regex(),
            is_tax_id_supported: rules.is_tax_id_supported(),
            is_tax_id_optional: rules.is_tax_id_optional(),
            country_calling_codes_list: rules.country_calling_codes(),
            customer_organization_registration_number_required: rules
                .is_organization_registration_number_required(),
            customer_organization_registration_number_regex: rules
                .organization_registration_number_regex(),
            customer_organization_registration_number_sample: rules
                .organization_registration_number_sample(),
            customer_organization_phone_number_required: rules
                .is_organization_phone_number_required(),
            attributes: Attributes::of("CountryValidationRules"),
        }
    }
}
