//! Validation codes of government customers, and whether a customer's account is validated.

use actix_web::http::Method;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::customers::EXAMPLE_CUSTOMER;
use crate::api::partner_center::fault::{
    Fault, INVALID_INPUT, NOT_FOUND, UNKNOWN_ENUM, unknown_word,
};
use crate::api::reply::Reply;
use crate::api::wire::Timestamp;

const CONTRACT: &str = "partner-center-profiles-misc.md#others";

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/customers/all/validations",
            "listValidationCodes",
            codes,
        )
        .summary("Validations", "List the validation codes of the partner")
        .describe(
            "Codes for government community cloud customers. The partner of a world has been \
             granted none, so that the array is empty.",
        )
        .source(Fidelity::Choice, CONTRACT)
        .gives::<ValidationCodes>(200, "The codes, in a bare array."),
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/customers/{customer_id}/validationStatus",
            "getCustomerValidationStatus",
            status,
        )
        .summary("Validations", "Find out whether the account of a customer is validated")
        .describe("Customers of a world are validated when they are created.")
        .source(Fidelity::Inferred, CONTRACT)
        .required_query(
            "type",
            json!({ "type": "string", "enum": ["account"] }),
            "What is validated.",
        )
        .gives::<ValidationStatus>(200, "The status.")
        .faults(&[NOT_FOUND, code(20002, 403), INVALID_INPUT, UNKNOWN_ENUM])
        .example("customer_id", EXAMPLE_CUSTOMER)
        .example_query("type", "account"),
    ]
}

#[allow(clippy::unnecessary_wraps)] // the form of a handler
fn codes(_call: &Call<'_>) -> Result<Reply, Fault> {
    Ok(Reply::ok(&ValidationCodes(Vec::new())))
}

fn status(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let customer = view.state.customer(call.path("customer_id")?)?;
    match call.query().get("type") {
        Some(kind) if kind.eq_ignore_ascii_case("account") => Ok(Reply::ok(&ValidationStatus {
            kind: "account",
            status: "allowed",
            last_update_date_time: Timestamp(customer.created),
        })),
        Some(other) => Err(unknown_word("type", other, "account")),
        None => Err(Fault::invalid("type", "is required: account")),
    }
}

/// The codes of a partner.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
pub struct ValidationCodes(Vec<ValidationCode>);

/// A code that lets a partner create government customers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValidationCode {
    /// Tenant id of the partner.
    pub partner_id: String,
    /// Name of the organisation.
    pub organization_name: String,
    /// The code.
    pub validation_id: String,
    /// How many customers it allows.
    pub max_creates: i32,
    /// How many are left.
    pub remaining_creates: i32,
    /// Version.
    pub e_tag: String,
}

/// Where the validation of a customer stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValidationStatus {
    /// What is validated.
    #[serde(rename = "type")]
    #[schema(example = "account")]
    pub kind: &'static str,
    /// Outcome [choice of the word].
    #[schema(example = "allowed")]
    pub status: &'static str,
    /// Since when.
    pub last_update_date_time: Timestamp,
}
