//! The validation of an address, in the shapes of two eras.

use actix_web::http::{Method, StatusCode};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::{Code, code};
use crate::api::partner_center::customers::AddressBody;
use crate::api::partner_center::fault::{Fault, INVALID_INPUT};
use crate::api::reply::Reply;
use crate::domain::customers::address::{Address, AddressFault};
use crate::domain::customers::address_verification::{
    AddressVerification, VerificationStatus, verify,
};
use crate::domain::customers::profile::invalid_address;
use crate::domain::settings::AddressAnswer;

const ADDRESS_INVALID: Code = code(2007, 400);

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::POST,
            "/v1/validations/address",
            "validateAddress",
            validate,
        )
        .summary("Validations", "Validate an address")
        .describe(
            "Answers a status with suggestions. A world whose setting `address-answer` is `plain` \
             answers as the service did in 2021: nothing for a good address, error 2007 for any \
             other. Which defect has which status is decided by rules of the mock; the real \
             service asks a map.",
        )
        .source(
            Fidelity::Documented,
            "partner-center-profiles-misc.md#post-v1validationsaddress-both",
        )
        .takes::<AddressBody>()
        .gives::<AddressValidation>(200, "What was found, or nothing in a `plain` world.")
        .faults(&[INVALID_INPUT, ADDRESS_INVALID])
        .example_body(json!({
            "addressLine1": "12 Orchard Rd",
            "city": "Boise",
            "state": "ID",
            "postalCode": "83702",
            "country": "US",
        })),
    ]
}

fn validate(call: &Call<'_>) -> Result<Reply, Fault> {
    let body: AddressBody = call.body()?;
    let address = Address::from(body.clone());
    let answer = call.view().state.settings.address_answer;
    if let Err(fault) = address.validate()
        && (answer == AddressAnswer::Plain || is_malformed(&fault))
    {
        return Err(invalid_address("", &fault).into());
    }
    let verification = verify(&address);
    match answer {
        AddressAnswer::Verdict => Ok(Reply::ok(&AddressValidation::of(body, &verification))),
        AddressAnswer::Plain if is_good(verification.status) => Ok(Reply::empty(StatusCode::OK)),
        AddressAnswer::Plain => Err(refused(&verification)),
    }
}

/// Whether the address cannot be looked up at all, rather than looked up in vain [choice].
fn is_malformed(fault: &AddressFault) -> bool {
    match fault {
        AddressFault::Missing { .. }
        | AddressFault::TooLong { .. }
        | AddressFault::ControlCharacter { .. }
        | AddressFault::CountryMalformed { .. }
        | AddressFault::CountryUnknown { .. } => true,
        AddressFault::StateUnknown { .. }
        | AddressFault::PostalCodeFormat { .. }
        | AddressFault::PhoneNumberFormat { .. } => false,
    }
}

fn is_good(status: VerificationStatus) -> bool {
    use VerificationStatus as Status;
    matches!(status, Status::VerifiedShippable | Status::Verified | Status::NotValidated)
}

/// The error of 2021: its description is JSON once more.
fn refused(verification: &AddressVerification) -> Fault {
    let mut description = json!({ "code": "60071", "reason": verification.message });
    if let Some(corrected) = verification.suggested_addresses.first() {
        description["corrected_address"] = json!({
            "address_line1": corrected.address_line1,
            "city": corrected.city,
            "region": corrected.state,
            "postal_code": corrected.postal_code,
            "country": corrected.country,
        });
    }
    let mut fault = Fault::new(ADDRESS_INVALID);
    fault.description = description.to_string();
    fault.detail.push(verification.message.clone());
    fault
}

/// What the validation of an address found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddressValidation {
    /// The address as it was sent.
    pub original_address: AddressBody,
    /// Addresses that may have been meant.
    pub suggested_addresses: Vec<AddressBody>,
    /// `VerifiedShippable`, `Verified`, `InteractionRequired`, `StreetPartial`, `PremisesPartial`,
    /// `Multiple`, `None` or `NotValidated`.
    #[schema(example = "VerifiedShippable")]
    pub status: &'static str,
    /// What was found, in words.
    pub validation_message: String,
}

impl AddressValidation {
    fn of(original_address: AddressBody, verification: &AddressVerification) -> Self {
        Self {
            original_address,
            suggested_addresses: verification
                .suggested_addresses
                .iter()
                .map(AddressBody::from)
                .collect(),
            status: status_name(verification.status),
            validation_message: verification.message.clone(),
        }
    }
}

fn status_name(status: VerificationStatus) -> &'static str {
    match status {
        VerificationStatus::VerifiedShippable => "VerifiedShippable",
        VerificationStatus::Verified => "Verified",
        VerificationStatus::InteractionRequired => "InteractionRequired",
        VerificationStatus::StreetPartial => "StreetPartial",
        VerificationStatus::PremisesPartial => "PremisesPartial",
        VerificationStatus::Multiple => "Multiple",
        VerificationStatus::None => "None",
        VerificationStatus::NotValidated => "NotValidated",
    }
}
