//! The tenants that a caller can sign in to.

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CONTRACT, operation};
use crate::api::azure::caller::Caller;
use crate::api::azure::error::ArmFault;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::customers::Customer;
use crate::domain::ids::{CustomerId, TenantId};
use crate::domain::partner::Partner;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(Method::GET, "/tenants", "listTenants", list)
            .summary("Subscriptions and tenants", "List the tenants of the caller")
            .describe(
                "The tenant that the token is for. A partner's rights in the tenants of customers are \
                 no membership, so those are not listed. Without a token, when none is needed: the \
                 partner's and all customers'.",
            )
            .source(Fidelity::Documented, CONTRACT)
            .gives::<TenantList>(200, "The tenants."),
    ]
}

/// Tenants.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TenantListResult)]
struct TenantList {
    /// The tenants.
    value: Vec<TenantBody>,
}

/// A tenant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TenantIdDescription)]
struct TenantBody {
    /// `/tenants/` and the id.
    id: String,
    /// Id.
    tenant_id: String,
    /// Name of the company.
    display_name: String,
    /// Its domain.
    default_domain: String,
    /// ISO 3166 country.
    country_code: String,
    /// Always `Home`.
    tenant_category: &'static str,
    /// All domains.
    domains: Vec<String>,
}

impl TenantBody {
    fn new(id: TenantId, name: &str, domains: Vec<String>, country: &str) -> Self {
        Self {
            id: format!("/tenants/{id}"),
            tenant_id: id.to_string(),
            display_name: name.to_owned(),
            default_domain: domains.first().cloned().unwrap_or_default(),
            country_code: country.to_owned(),
            tenant_category: "Home",
            domains,
        }
    }

    fn of_partner(partner: &Partner) -> Self {
        let domains = vec![partner.domain.clone()];
        Self::new(partner.id.into(), &partner.name, domains, &partner.country)
    }

    fn of_customer(customer: &Customer) -> Self {
        let own = std::iter::once(&customer.domain);
        let domains = own.chain(&customer.custom_domains).cloned().collect();
        Self::new(customer.id.into(), &customer.company_name, domains, customer.country())
    }
}

fn list(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let view = call.view();
    let state = &view.state;
    let (is_partner, customers) = match caller.directory {
        Some(home) => {
            let customer = state.customers.get(&CustomerId(home.0));
            (home == state.partner.id.into(), customer.into_iter().collect())
        }
        None => (true, state.customers.iter().map(|(_, row)| row).collect::<Vec<_>>()),
    };
    let partner = is_partner.then(|| TenantBody::of_partner(&state.partner));
    let customers = customers.into_iter().map(|row| TenantBody::of_customer(row));
    Ok(Reply::ok(&TenantList { value: partner.into_iter().chain(customers).collect() }))
}
