//! The company behind the tenant of a token.

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::directory::Directory;
use super::error::GraphFault;
use super::query::{list, listed};
use super::{TAG, operation};
use crate::api::call::Call;
use crate::api::operation::Operation;
use crate::api::reply::Reply;
use crate::domain::customers::Customer;
use crate::domain::ids::CustomerId;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        listed(
            operation(Method::GET, "/v1.0/organization", "listOrganization", list_organization),
            "Conditions on id, displayName and countryLetterCode.",
        )
        .summary(TAG, "Get the company of the tenant")
        .describe(
            "A list of one; of none when the tenant is neither the partner's nor a customer's.",
        ),
    ]
}

/// A company.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GraphOrganization)]
struct OrganizationBody {
    /// Id of the tenant.
    id: String,
    /// Name.
    display_name: String,
    /// ISO 3166 country.
    country_letter_code: String,
    /// Always `AAD`.
    tenant_type: &'static str,
    /// Its domains.
    verified_domains: Vec<DomainBody>,
}

/// A domain of a company.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GraphVerifiedDomain)]
struct DomainBody {
    /// Name.
    name: String,
    /// Whether users get it unless another is chosen.
    is_default: bool,
    /// Whether the tenant began with it.
    is_initial: bool,
    /// Always `Managed`.
    #[serde(rename = "type")]
    kind: &'static str,
}

impl OrganizationBody {
    fn new(id: String, name: &str, country: &str, domains: Vec<String>) -> Self {
        let domain = |(index, name)| DomainBody {
            name,
            is_default: index == 0,
            is_initial: index == 0,
            kind: "Managed",
        };
        Self {
            id,
            display_name: name.to_owned(),
            country_letter_code: country.to_owned(),
            tenant_type: "AAD",
            verified_domains: domains.into_iter().enumerate().map(domain).collect(),
        }
    }

    fn of_customer(customer: &Customer) -> Self {
        let own = std::iter::once(&customer.domain);
        let domains = own.chain(&customer.custom_domains).cloned().collect();
        let id = customer.id.to_string();
        Self::new(id, &customer.company_name, customer.country(), domains)
    }
}

fn list_organization(call: &Call<'_>) -> Result<Reply, GraphFault> {
    let directory = Directory::of(call)?;
    let view = call.view();
    let found = if directory.is_partners() {
        let partner = &directory.partner;
        let domains = vec![partner.domain.clone()];
        let id = partner.id.to_string();
        Some(OrganizationBody::new(id, &partner.name, &partner.country, domains))
    } else {
        let customer = view.state.customers.get(&CustomerId(directory.tenant.0));
        customer.map(|customer| OrganizationBody::of_customer(customer))
    };
    let properties = ["id", "displayName", "countryLetterCode"];
    list(call, "organization", &properties, found.into_iter())
}
