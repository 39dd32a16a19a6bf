//! The list of customers: seek pages, made of entries that are rendered once per customer.

use actix_web::http::header::HeaderName;
use actix_web::http::{Method, StatusCode};
use bytes::Bytes;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::profiles::CompanyProfileBody;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::fault::{APP_ONLY, Fault, INVALID_INPUT, UNKNOWN_ENUM};
use crate::api::partner_center::filter::{Condition, Filter, Operator, refuse};
use crate::api::partner_center::need_user::need_user;
use crate::api::partner_center::pages::Pages;
use crate::api::partner_center::paging::{self, INVALID_TOKEN, PageSize, Seek, TOKEN};
use crate::api::partner_center::resource::{Attributes, Collection, RenderedPage, SelfLink};
use crate::api::reply::Reply;
use crate::domain::customers::{Customer, CustomerFilter};
use crate::domain::ids::{CustomerId, PartnerId};
use crate::store::Rendering;

static TOKEN_HEADER: HeaderName = HeaderName::from_static("ms-continuationtoken");
const SIZES: PageSize = PageSize { default: 500, max: 500 };

/// The operations of this file.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/customers",
            "listCustomers",
            list,
        )
        .summary("Customers", "List customers")
        .describe(
            "Pages follow one another by `links.next` or `continuationToken`; the token goes into \
             the header `MS-ContinuationToken` together with `seekOperation=Next`. A filter is \
             JSON: `Field` is CompanyName, Domain, IndirectReseller or \
             IndirectCloudSolutionProvider, `Operator` is starts_with. IndirectReseller needs the \
             token of a user.",
        )
        .source(Fidelity::Documented, "partner-center-customers.md#2-get-v1customers")
        .query(
            "size",
            json!({ "type": "integer", "minimum": 0, "maximum": 500 }),
            "Customers in a page; 0 means 500.",
        )
        .query(
            "filter",
            json!({ "type": "string" }),
            "Which customers, as JSON: a condition, or two filters joined by and or or.",
        )
        .query(
            "seekOperation",
            json!({ "type": "string", "enum": ["Next", "Previous", "First", "Last"] }),
            "Which page; Next and Previous need a token.",
        )
        .header(TOKEN, json!({ "type": "string" }), "The token of the page to go on from.")
        .gives::<Collection<CustomerEntry>>(200, "A page of customers.")
        .faults(&[INVALID_INPUT, UNKNOWN_ENUM, INVALID_TOKEN, APP_ONLY])
        .example_query("size", "2"),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let filter = match paging::filter_text(call) {
        Some(filter) => Some(customer_filter(&Filter::parse(&filter)?)?),
        None => None,
    };
    if filter.as_ref().is_some_and(CustomerFilter::names_reseller) {
        need_user(call, "a filter by IndirectReseller")?;
    }
    let view = call.view();
    let customers = &view.state.customers;
    let key =
        format!("{}|{}", call.request.query, call.request.header(&TOKEN_HEADER).unwrap_or(""));
    let body =
        call.world.attachment::<Pages<CustomerId, Customer>>().page(customers, key, || {
            let partner = view.state.partner.id;
            let seek: Seek<CustomerId> = Seek::of(call, SIZES)?;
            let rows = customers
                .range(seek.bounds())
                .filter(|(_, row)| filter.as_ref().is_none_or(|filter| filter.admits(partner, row)))
                .map(|(id, row)| (*id, row));
            let page = seek.take(rows)?;
            let page = RenderedPage {
                items: page
                    .items
                    .iter()
                    .map(|row| &**row.rendering(Rendering::Entry, render_entry))
                    .collect(),
                links: page.links("/customers"),
                continuation_token: page.continuation_token(),
            };
            Ok::<_, Fault>(page.body())
        })?;
    Ok(Reply::json_bytes(StatusCode::OK, body))
}

fn customer_filter(filter: &Filter) -> Result<CustomerFilter, Fault> {
    filter.translate(&condition, &|a, b| CustomerFilter::Both(Box::new(a), Box::new(b)), &|a, b| {
        CustomerFilter::Either(Box::new(a), Box::new(b))
    })
}

fn condition(condition: &Condition) -> Result<CustomerFilter, Fault> {
    if condition.operator != Operator::StartsWith {
        return Err(refuse("customers are filtered with the operator starts_with only"));
    }
    let partner = || -> Result<PartnerId, Fault> {
        let id = condition.value.trim();
        id.parse().map_err(|fault| refuse(format!("Value: `{id:.60}` {fault}")))
    };
    if condition.is_about("CompanyName") {
        Ok(CustomerFilter::CompanyName(condition.value.clone()))
    } else if condition.is_about("Domain") {
        Ok(CustomerFilter::Domain(condition.value.clone()))
    } else if condition.is_about("IndirectReseller") {
        Ok(CustomerFilter::IndirectReseller(partner()?))
    } else if condition.is_about("IndirectCloudSolutionProvider") {
        Ok(CustomerFilter::IndirectProvider(partner()?))
    } else {
        Err(refuse(format!(
            "Field `{:.60}` is unknown; use CompanyName, Domain, IndirectReseller or \
             IndirectCloudSolutionProvider",
            condition.field
        )))
    }
}

fn render_entry(customer: &Customer) -> Bytes {
    Bytes::from(serde_json::to_vec(&CustomerEntry::from(customer)).unwrap_or_default())
}

/// A customer in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomerEntry {
    /// Tenant id.
    pub id: String,
    /// Company profile.
    pub company_profile: CompanyProfileBody,
    /// How the customer relates to the partner.
    #[schema(example = "reseller")]
    pub relationship_to_partner: &'static str,
    /// Tenant id of the indirect reseller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associated_partner_id: Option<String>,
    /// Links.
    pub links: SelfLink,
    /// Attributes.
    pub attributes: Attributes,
}

impl From<&Customer> for CustomerEntry {
    fn from(customer: &Customer) -> Self {
        Self {
            id: customer.id.to_string(),
            company_profile: CompanyProfileBody::from(customer),
            relationship_to_partner: "reseller",
            associated_partner_id: customer.associated_partner.map(|id| id.to_string()),
            links: SelfLink::to(format!("/customers/{}", customer.id)),
            attributes: Attributes::of("Customer"),
        }
    }
}
