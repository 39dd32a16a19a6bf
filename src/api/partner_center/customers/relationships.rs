//! Relationships between partners, and the request by which a company becomes a customer
//! (contract: partner-center-customers.md §9–11).

use actix_web::http::Method;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::EXAMPLE_CUSTOMER;
use crate::api::call::Call;
use crate::api::json;
use crate::api::operation::{Auth, Fidelity, Operation, Parameter, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::fault::{
    Fault, INVALID_INPUT, NOT_FOUND, UNKNOWN_ENUM, unknown_word,
};
use crate::api::partner_center::filter::{Filter, Operator, refuse};
use crate::api::partner_center::resource::{Attributes, Collection};
use crate::api::reply::Reply;
use crate::domain::customers::{resellers_of, starts_with};
use crate::domain::partner::IndirectReseller;

const CONTRACT: &str = "partner-center-customers.md#911-relationships";
/// From the provider to its resellers, and from the reseller to its providers.
const TYPES: [&str; 2] = ["is_indirect_cloud_solution_provider_of", "is_indirect_reseller_of"];

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/customers/{customer_id}/relationships",
            "listCustomerRelationships",
            of_customer,
        )
        .summary("Customers", "List the indirect resellers of a customer")
        .auth(Auth::UserOnly)
        .source(Fidelity::Documented, CONTRACT)
        .gives::<Collection<PartnerRelationship>>(200, "The relationships.")
        .faults(&[NOT_FOUND, code(20002, 403)])
        .example("customer_id", EXAMPLE_CUSTOMER),
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/relationships",
            "listPartnerRelationships",
            of_partner,
        )
        .summary("Customers", "List relationships with other partners")
        .describe(
            "A provider lists its resellers with IsIndirectCloudSolutionProviderOf. The partner of \
             a world is never a reseller itself, so that IsIndirectResellerOf lists nothing. A \
             filter compares Name with starts_with.",
        )
        .auth(Auth::UserOnly)
        .source(Fidelity::Documented, CONTRACT)
        .parameter(Parameter {
            name: "relationship_type",
            place: "query",
            description: "Which relationships.",
            required: true,
            schema: json!({
                "type": "string",
                "enum": ["IsIndirectCloudSolutionProviderOf", "IsIndirectResellerOf"],
            }),
        })
        .query(
            "filter",
            json!({ "type": "string" }),
            "Which of them, as JSON: Name with starts_with.",
        )
        .gives::<Collection<PartnerRelationship>>(200, "The relationships.")
        .faults(&[INVALID_INPUT, UNKNOWN_ENUM])
        .example_query("relationship_type", "IsIndirectCloudSolutionProviderOf"),
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/customers/relationshiprequests",
            "getRelationshipRequest",
            request,
        )
        .summary("Customers", "Get the address by which a company accepts the partner")
        .auth(Auth::UserOnly)
        .source(Fidelity::Documented, CONTRACT)
        .gives::<RelationshipRequest>(200, "The address to send to a company."),
    ]
}

fn of_customer(call: &Call<'_>) -> Result<Reply, Fault> {
    let view = call.view();
    let customer = view.state.customer(call.path("customer_id")?)?;
    let items = resellers_of(&view.state.partner, customer).map(PartnerRelationship::from);
    Ok(Reply::ok(&Collection::of(items.collect())))
}

fn of_partner(call: &Call<'_>) -> Result<Reply, Fault> {
    let words: &'static [&'static str] = &TYPES;
    let Some(given) = call.query().get("relationship_type") else {
        let reason = "is required: IsIndirectCloudSolutionProviderOf or IsIndirectResellerOf";
        return Err(Fault::invalid("relationship_type", reason));
    };
    // No numbers: the sources do not agree on them.
    let kind = words.iter().find(|word| json::same_word(word, given)).ok_or_else(|| {
        let allowed = "IsIndirectCloudSolutionProviderOf, IsIndirectResellerOf";
        unknown_word("relationship_type", given, allowed)
    })?;
    let names = Filter::of(call)?.map(|filter| by_name(&filter)).transpose()?;
    let view = call.view();
    let items = view
        .state
        .partner
        .resellers
        .iter()
        .filter(|reseller| *kind == TYPES[0] && reseller.active)
        .filter(|reseller| names.as_ref().is_none_or(|names| names(&reseller.name)))
        .map(PartnerRelationship::from);
    Ok(Reply::ok(&Collection::of(items.collect())))
}

type NameTest = Box<dyn Fn(&str) -> bool>;

fn by_name(filter: &Filter) -> Result<NameTest, Fault> {
    filter.translate(
        &|condition| -> Result<NameTest, Fault> {
            if !condition.is_about("Name") || condition.operator != Operator::StartsWith {
                return Err(refuse("relationships are filtered by Name with starts_with only"));
            }
            let prefix = condition.value.clone();
            Ok(Box::new(move |name| starts_with(name, &prefix)))
        },
        &|a, b| Box::new(move |name| a(name) && b(name)),
        &|a, b| Box::new(move |name| a(name) || b(name)),
    )
}

#[allow(clippy::unnecessary_wraps)] // the form of a handler
fn request(call: &Call<'_>) -> Result<Reply, Fault> {
    let partner = call.view().state.partner.id;
    Ok(Reply::ok(&RelationshipRequest {
        url: format!(
            "https://admin.microsoft.com/Adminportal/Home?invType=ResellerRelationship\
             &partnerId={partner}&msppId=0&DAP=false#/BillingAccounts/partner-invitation"
        ),
        attributes: Attributes::of("RelationshipRequest"),
    }))
}

/// A relationship with another partner.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartnerRelationship {
    /// Tenant id of the other partner.
    pub id: String,
    /// Its name.
    #[schema(example = "Granite Peak Cloud")]
    pub name: String,
    /// What this partner is to it.
    #[schema(example = "is_indirect_cloud_solution_provider_of")]
    pub relationship_type: &'static str,
    /// Always `Active`.
    #[schema(example = "Active")]
    pub state: &'static str,
    /// Its MPN id.
    #[schema(example = "6120453")]
    pub mpn_id: String,
    /// Its country.
    #[schema(example = "US")]
    pub location: String,
    /// Attributes.
    pub attributes: Attributes,
}

impl From<&IndirectReseller> for PartnerRelationship {
    fn from(reseller: &IndirectReseller) -> Self {
        Self {
            id: reseller.id.to_string(),
            name: reseller.name.clone(),
            relationship_type: TYPES[0],
            state: "Active",
            mpn_id: reseller.mpn_id.clone(),
            location: reseller.country.clone(),
            attributes: Attributes::of("PartnerRelationship"),
        }
    }
}

/// What a partner sends to a company that is to become its customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelationshipRequest {
    /// The address at which the company accepts.
    pub url: String,
    /// Attributes.
    pub attributes: Attributes,
}
