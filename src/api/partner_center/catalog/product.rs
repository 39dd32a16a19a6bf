//! Products on the wire: list and read, by country and by customer.

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

use super::rendered::{self, List};
use super::{
    Asked, CONTRACT, PRODUCT, PRODUCT_UNKNOWN, TAG, by_country, by_customer, by_scope, by_segment,
    by_view, view_asked,
};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::fault::Fault;
use crate::api::partner_center::resource::{Collection, Link};
use crate::api::reply::Reply;
use crate::domain::catalogue::{Product, ProductKind};

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let get =
        |path, id, handler| Operation::new(Surface::PartnerCenter, Method::GET, path, id, handler);
    let lists = |operation: Operation| {
        by_view(by_segment(by_scope(operation)))
            .source(Fidelity::Documented, CONTRACT)
            .gives::<Collection<ProductBody<'_>>>(200, "All products of the view, in one answer.")
    };
    let reads = |operation: Operation| {
        by_scope(operation)
            .source(Fidelity::Documented, CONTRACT)
            .gives::<ProductBody<'_>>(200, "The product.")
            .faults(&[PRODUCT_UNKNOWN])
            .example("product_id", PRODUCT)
    };
    vec![
        lists(by_country(get("/v1/products", "listProducts", list)))
            .summary(TAG, "List products by country")
            .describe("The products of a view that are sold in a country. A country without reservations has none of them."),
        reads(by_country(get("/v1/products/{product_id}", "getProduct", read)))
            .summary(TAG, "Get a product by country"),
        lists(by_customer(get("/v1/customers/{customer_id}/products", "listCustomerProducts", list)))
            .summary(TAG, "List products for a customer")
            .describe("As by country, in the country of the customer's billing address."),
        reads(by_customer(get(
            "/v1/customers/{customer_id}/products/{product_id}",
            "getCustomerProduct",
            read,
        )))
        .summary(TAG, "Get a product for a customer"),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let state = &call.view().state;
    let asked = Asked::read(call, state)?;
    let view = view_asked(call)?;
    Ok(rendered::answer(&state.catalogue, List::Products(view), &asked, || {
        let items = state
            .catalogue
            .products(view, asked.market, asked.segment, asked.scope)
            .map(|product| ProductBody::new(product, &asked))
            .collect();
        let query = asked.link_query();
        Collection::of(items).at(format!("/products{query}&targetView={}", view.as_str()))
    }))
}

fn read(call: &Call<'_>) -> Result<Reply, Fault> {
    let state = &call.view().state;
    let asked = Asked::read(call, state)?;
    let product = asked.product(state, call.path_text("product_id"))?;
    Ok(Reply::ok(&ProductBody::new(product, &asked)))
}

/// A product: a family of reservations, an Azure offer, a title of software, an online service.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Product)]
pub(super) struct ProductBody<'a> {
    /// Id.
    #[schema(example = "DZH318Z0KQ41")]
    pub id: &'a str,
    /// Title, in the language asked for.
    pub title: &'a str,
    /// Description, in the language asked for.
    pub description: &'a str,
    /// Kind of product.
    pub product_type: ProductType,
    /// Whether Microsoft publishes it.
    pub is_microsoft_product: bool,
    /// Who publishes it.
    pub publisher_name: &'a str,
    /// Links.
    pub links: ProductLinks,
}

/// Kind of product.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductType {
    /// Id.
    #[schema(example = "Azure")]
    pub id: &'static str,
    /// Name.
    pub display_name: &'static str,
    /// Finer kind, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_type: Option<ProductSubType>,
}

/// Finer kind of product.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductSubType {
    /// Id.
    #[schema(example = "VirtualMachines")]
    pub id: &'static str,
    /// Name.
    pub display_name: &'static str,
}

impl From<ProductKind> for ProductType {
    fn from(kind: ProductKind) -> Self {
        let id = kind.product_type();
        let sub_type = kind.product_sub_type().map(|id| ProductSubType { id, display_name: id });
        Self { id, display_name: id, sub_type }
    }
}

/// Links of a product.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProductLinks {
    /// Its SKUs.
    pub skus: Link,
    /// The product itself.
    #[serde(rename = "self")]
    pub self_link: Link,
}

impl<'a> ProductBody<'a> {
    /// A product as it shows to whoever asked.
    pub(super) fn new(product: &'a Product, asked: &Asked<'_>) -> Self {
        let (id, query) = (product.id(), asked.link_query());
        Self {
            id,
            title: product.title(asked.locale),
            description: product.description(asked.locale),
            product_type: product.kind().into(),
            is_microsoft_product: product.is_microsoft_product(),
            publisher_name: product.publisher(),
            links: ProductLinks {
                skus: Link::get(format!("/products/{id}/skus{query}")),
                self_link: Link::get(format!("/products/{id}{query}")),
            },
        }
    }
}
