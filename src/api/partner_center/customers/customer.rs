//! A customer on the wire: read and list.

use actix_web::http::{Method, StatusCode};
use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::fault::{Fault, NOT_FOUND};
use crate::api::partner_center::resource::{Attributes, SelfLink};
use crate::api::reply::Reply;
use crate::domain::customers::Customer;

/// Slot of the rendering of a customer as a whole.
const WHOLE: usize = 0;

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/customers/{customer_id}",
            "getCustomer",
            get,
        )
        .summary("Customers", "Get a customer by id")
        .describe("The customer with its company and billing profile.")
        .source(Fidelity::Documented, "partner-center-customers.md#3-get-by-id")
        .throttled()
        .gives::<CustomerBody>(200, "The customer.")
        .faults(&[NOT_FOUND, code(20002, 403)]),
    ]
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let customer = view.state.customer(call.path("customer_id")?)?;
    let body = customer.rendering(WHOLE, |customer| {
        Bytes::from(serde_json::to_vec(&CustomerBody::from(customer)).unwrap_or_default())
    });
    Ok(Reply::json_bytes(StatusCode::OK, body))
}

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Customer)]
pub struct CustomerBody {
    /// Tenant id.
    pub id: String,
    /// Id in the commerce system.
    pub commerce_id: String,
    /// How the customer relates to the partner.
    #[schema(example = "reseller")]
    pub relationship_to_partner: &'static str,
    /// Links.
    pub links: SelfLink,
    /// Attributes.
    pub attributes: Attributes,
}

impl From<&Customer> for CustomerBody {
    fn from(customer: &Customer) -> Self {
        Self {
            id: customer.id.to_string(),
            commerce_id: customer.commerce_id.to_string(),
            relationship_to_partner: "reseller",
            links: SelfLink::to(format!("/customers/{}", customer.id)),
            attributes: Attributes::of("Customer"),
        }
    }
}
