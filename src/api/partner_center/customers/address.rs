//! A postal address on the wire (contract: partner-center-customers.md, Address).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::customers::address::Address;

/// A postal address with the person to reach there.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Address)]
pub struct AddressBody {
    /// Two-letter country code; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "US")]
    pub country: Option<String>,
    /// Region, free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// City; required where the country's rules say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Boise")]
    pub city: Option<String>,
    /// State; checked against a list in US, CA, CN and MX.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ID")]
    pub state: Option<String>,
    /// First line, 1 to 200 characters; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "12 Orchard Rd")]
    pub address_line1: Option<String>,
    /// Second line, at most 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_line2: Option<String>,
    /// Postal code in the format of the country.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "83702")]
    pub postal_code: Option<String>,
    /// First name of the contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name of the contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Middle name of the contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Phone number; required where registration numbers are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

impl From<AddressBody> for Address {
    fn from(body: AddressBody) -> Self {
        Self {
            country: body.country.unwrap_or_default(),
            region: body.region,
            city: body.city,
            state: body.state,
            address_line1: body.address_line1.unwrap_or_default(),
            address_line2: body.address_line2,
            postal_code: body.postal_code,
            first_name: body.first_name,
            last_name: body.last_name,
            middle_name: body.middle_name,
            phone_number: body.phone_number,
        }
    }
}

impl From<&Address> for AddressBody {
    fn from(address: &Address) -> Self {
        Self {
            country: Some(address.country.clone()),
            region: address.region.clone(),
            city: address.city.clone(),
            state: address.state.clone(),
            address_line1: Some(address.address_line1.clone()),
            address_line2: address.address_line2.clone(),
            postal_code: address.postal_code.clone(),
            first_name: address.first_name.clone(),
            last_name: address.last_name.clone(),
            middle_name: address.middle_name.clone(),
            phone_number: address.phone_number.clone(),
        }
    }
}
