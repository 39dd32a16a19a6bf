//! A customer on the wire: read, let go, delete.

use actix_web::http::{Method, StatusCode};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::profiles::{
    BillingProfileBody, BillingProfileRequest, CompanyProfileBody, CompanyProfileRequest,
};
use super::{EXAMPLE_CUSTOMER, EXAMPLE_NEWCOMER, named};
use crate::api::call::Call;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::fault::{Fault, INVALID_INPUT, NOT_FOUND, UNKNOWN_ENUM};
use crate::api::partner_center::resource::{Attributes, SelfLink};
use crate::api::reply::Reply;
use crate::domain::customers::{self, Customer};
use crate::store::Rendering;

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    let path = "/v1/customers/{customer_id}";
    vec![
        Operation::new(Surface::PartnerCenter, Method::GET, path, "getCustomer", get)
            .summary("Customers", "Get a customer by id")
            .describe("The customer with its company and billing profile.")
            .source(Fidelity::Documented, "partner-center-customers.md#3-get-by-id")
            .throttled()
            .gives::<CustomerBody>(200, "The customer.")
            .faults(&[NOT_FOUND, code(20002, 403)])
            .example("customer_id", EXAMPLE_CUSTOMER),
        Operation::new(Surface::PartnerCenter, Method::PATCH, path, "removeRelationship", patch)
            .summary("Customers", "Remove the reseller relationship with a customer")
            .describe(
                "Send `relationshipToPartner: none`; nothing else of the body counts. All \
                 reservations must be cancelled, no order may wait and all subscriptions must be \
                 suspended or deleted. The customer is gone for the partner afterwards.",
            )
            .auth(Auth::UserOnly)
            .source(
                Fidelity::Documented,
                "partner-center-customers.md#4-patch-v1customersid-remove-reseller-relationship",
            )
            .takes::<CustomerRequest>()
            .gives::<RemovedRelationship>(200, "The relationship is removed.")
            .faults(&[NOT_FOUND, code(20002, 403), INVALID_INPUT, UNKNOWN_ENUM])
            .example("customer_id", EXAMPLE_NEWCOMER)
            .example_body(json!({
                "relationshipToPartner": "none",
                "attributes": { "objectType": "Customer" },
            })),
        Operation::new(Surface::PartnerCenter, Method::DELETE, path, "deleteCustomer", delete)
            .summary("Customers", "Delete a customer of a sandbox")
            .describe(
                "Possible in an integration sandbox only. Orders of reservations and software must \
                 be cancelled first. Everything the customer has goes with it and its domains are \
                 free again.",
            )
            .source(Fidelity::Documented, "partner-center-customers.md#5-delete-v1customersid")
            .gives_nothing(204, "The customer is deleted.")
            .faults(&[NOT_FOUND, code(20002, 403), INVALID_INPUT, code(900_127, 400)])
            .example("customer_id", EXAMPLE_NEWCOMER),
    ]
}

fn get(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let customer = view.state.customer(call.path("customer_id")?)?;
    let body = customer.rendering(Rendering::Whole, |customer| {
        Bytes::from(serde_json::to_vec(&CustomerBody::from(customer)).unwrap_or_default())
    });
    Ok(Reply::json_bytes(StatusCode::OK, body.clone()))
}

fn patch(call: &Call<'_>) -> Result<Reply, Fault> {
    let id = named(call)?;
    let body: CustomerRequest = call.body()?;
    if body.relationship_to_partner != Some(CustomerPartnerRelationship::None) {
        let reason = "must be none, which removes the relationship; nothing else can be changed";
        return Err(Fault::invalid("relationshipToPartner", reason));
    }
    call.write(|tx| customers::remove_relationship(tx, id))?;
    Ok(Reply::ok(&RemovedRelationship {
        id: id.to_string(),
        relationship_to_partner: "none",
        attributes: Attributes::of("Customer"),
    }))
}

fn delete(call: &Call<'_>) -> Result<Reply, Fault> {
    let id = call.path("customer_id")?;
    call.write(|tx| customers::delete(tx, id))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// How a customer relates to the partner, in the order of the numbers that stand for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerPartnerRelationship {
    /// Not set.
    Unknown,
    /// The partner resells to it.
    Reseller,
    /// The partner advises it.
    Advisor,
    /// The partner syndicates.
    Syndication,
    /// Microsoft supports it.
    MicrosoftSupport,
    /// No relationship.
    None,
}

/// A customer as clients send it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // members that clients send and the service ignores
pub struct CustomerRequest {
    /// Ignored: ids are given by the service.
    pub id: Option<String>,
    /// Ignored: ids are given by the service.
    pub commerce_id: Option<String>,
    /// Company profile.
    pub company_profile: Option<CompanyProfileRequest>,
    /// Billing profile.
    pub billing_profile: Option<BillingProfileRequest>,
    /// Relationship; `none` removes it, when a customer is created it is ignored.
    pub relationship_to_partner: Option<CustomerPartnerRelationship>,
    /// Tenant id of the indirect reseller that the customer is made for.
    pub associated_partner_id: Option<String>,
    /// Whether granular rights replace delegated administration.
    #[serde(rename = "enableGDAPByDefault")]
    pub enable_gdap_by_default: Option<bool>,
    /// Ignored.
    pub allow_delegated_access: Option<bool>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub user_credentials: Option<Value>,
    /// Ignored.
    pub custom_domains: Option<Vec<String>>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub links: Option<Value>,
    /// Ignored.
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<Value>,
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
    /// Company profile.
    pub company_profile: CompanyProfileBody,
    /// Billing profile.
    pub billing_profile: BillingProfileBody,
    /// How the customer relates to the partner.
    #[schema(example = "reseller")]
    pub relationship_to_partner: &'static str,
    /// Whether the partner may administer the tenant.
    pub allow_delegated_access: bool,
    /// Administrator of the new tenant; told once, when the customer is created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_credentials: Option<UserCredentials>,
    /// Further domains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_domains: Option<Vec<String>>,
    /// Tenant id of the indirect reseller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associated_partner_id: Option<String>,
    /// Links.
    pub links: SelfLink,
    /// Attributes.
    pub attributes: Attributes,
}

/// Name and password of an administrator.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserCredentials {
    /// Name, without the domain.
    #[schema(example = "admin")]
    pub user_name: &'static str,
    /// Password.
    pub password: String,
}

/// What is left of a customer whose relationship was removed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemovedRelationship {
    /// Tenant id.
    pub id: String,
    /// Always `none`.
    #[schema(example = "none")]
    pub relationship_to_partner: &'static str,
    /// Attributes.
    pub attributes: Attributes,
}

impl From<&Customer> for CustomerBody {
    fn from(customer: &Customer) -> Self {
        Self {
            id: customer.id.to_string(),
            commerce_id: customer.commerce_id.to_string(),
            company_profile: CompanyProfileBody::from(customer),
            billing_profile: BillingProfileBody::from(customer),
            relationship_to_partner: "reseller",
            allow_delegated_access: customer.allow_delegated_access,
            user_credentials: None,
            custom_domains: (!customer.custom_domains.is_empty())
                .then(|| customer.custom_domains.clone()),
            associated_partner_id: customer.associated_partner.map(|id| id.to_string()),
            links: SelfLink::to(format!("/customers/{}", customer.id)),
            attributes: Attributes::of("Customer"),
        }
    }
}
