//! SKUs on the wire: list and read, by country and by customer.

use std::borrow::Cow;

use actix_web::http::Method;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::rendered::{self, List};
use super::{
    Asked, CONTRACT, PRODUCT, PRODUCT_UNKNOWN, SKU, SKU_UNKNOWN, TAG, by_country, by_customer,
    by_scope, by_segment,
};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::fault::Fault;
use crate::api::partner_center::resource::{Collection, Link};
use crate::api::reply::Reply;
use crate::domain::catalogue::{AttributeValue, Sku};
use crate::domain::error::Error;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let get =
        |path, id, handler| Operation::new(Surface::PartnerCenter, Method::GET, path, id, handler);
    let lists = |operation: Operation| {
        by_segment(by_scope(operation))
            .source(Fidelity::Documented, CONTRACT)
            .gives::<Collection<SkuBody<'_>>>(200, "All SKUs of the product, in one answer.")
            .faults(&[PRODUCT_UNKNOWN])
            .example("product_id", PRODUCT)
    };
    let reads = |operation: Operation| {
        by_scope(operation)
            .source(Fidelity::Documented, CONTRACT)
            .gives::<SkuBody<'_>>(200, "The SKU.")
            .faults(&[PRODUCT_UNKNOWN, SKU_UNKNOWN])
            .example("product_id", PRODUCT)
            .example("sku_id", SKU)
    };
    vec![
        lists(by_country(get("/v1/products/{product_id}/skus", "listSkus", list)))
            .summary(TAG, "List SKUs by country")
            .describe("A SKU of a reservation is one size in one region for one term."),
        reads(by_country(get("/v1/products/{product_id}/skus/{sku_id}", "getSku", read)))
            .summary(TAG, "Get a SKU by country"),
        lists(by_customer(get(
            "/v1/customers/{customer_id}/products/{product_id}/skus",
            "listCustomerSkus",
            list,
        )))
        .summary(TAG, "List SKUs for a customer")
        .describe("As by country, in the country of the customer's billing address."),
        reads(by_customer(get(
            "/v1/customers/{customer_id}/products/{product_id}/skus/{sku_id}",
            "getCustomerSku",
            read,
        )))
        .summary(TAG, "Get a SKU for a customer"),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let state = &call.view().state;
    let asked = Asked::read(call, state)?;
    let product = asked.product(state, call.path_text("product_id"))?;
    let list = List::Skus(product.id().into());
    Ok(rendered::answer(&state.catalogue, list, &asked, || {
        let sold = product.is_offered(asked.market, asked.segment, asked.scope);
        let skus = product.skus().filter(|_| sold);
        let items = skus.map(|sku| SkuBody::new(sku, &asked)).collect();
        let query = asked.link_query();
        Collection::of(items).at(format!("/products/{}/skus{query}", product.id()))
    }))
}

fn read(call: &Call<'_>) -> Result<Reply, Fault> {
    let state = &call.view().state;
    let asked = Asked::read(call, state)?;
    let product = asked.product(state, call.path_text("product_id"))?;
    let id = call.path_text("sku_id");
    let sku = product.sku(id).ok_or_else(|| Error::SkuNotFound(super::excerpt(id)))?;
    Ok(Reply::ok(&SkuBody::new(sku, &asked)))
}

/// A SKU of a product.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Sku)]
pub(super) struct SkuBody<'a> {
    /// Id, unique within the product only.
    #[schema(example = "0001")]
    pub id: Cow<'a, str>,
    /// The product.
    pub product_id: &'a str,
    /// Title, in the language asked for.
    #[schema(example = "Reserved VM Instance, Standard_D2s_v4, US East, 1 Year")]
    pub title: Cow<'a, str>,
    /// Description, in the language asked for.
    pub description: Cow<'a, str>,
    /// Smallest quantity of one purchase.
    pub minimum_quantity: u32,
    /// Largest quantity of one purchase.
    pub maximum_quantity: u32,
    /// Whether it is a free trial.
    pub is_trial: bool,
    /// How it can be billed.
    pub supported_billing_cycles: Vec<&'static str>,
    /// What must be done before a purchase.
    pub purchase_prerequisites: Vec<&'a str>,
    /// What an inventory check must be told.
    pub inventory_variables: &'static [&'static str],
    /// What a purchase must be told.
    pub provisioning_variables: Vec<&'a str>,
    /// What can be done with it after the purchase.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<&'a str>,
    /// What the purchase must attest to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attestation_properties: Option<AttestationProperties<'a>>,
    /// How consumption is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumption_type: Option<&'a str>,
    /// Further facts, flat.
    pub dynamic_attributes: DynamicAttributes<'a>,
    /// Links.
    pub links: SkuLinks,
}

/// What a purchase must attest to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttestationProperties<'a> {
    /// Whether a purchase without attestation is refused.
    pub enforce_attestation: bool,
    /// Kind of attestation.
    pub attestation_type: &'a str,
}

/// Links of a SKU.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SkuLinks {
    /// Its availabilities.
    pub availabilities: Link,
    /// The SKU itself.
    #[serde(rename = "self")]
    pub self_link: Link,
}

/// Further facts as a map of texts and truth values: some clients fail on anything nested.
#[derive(Debug)]
pub(super) struct DynamicAttributes<'a>(Vec<(&'a str, AttributeValue<'a>)>);

impl PartialSchema for DynamicAttributes<'_> {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let flag = ObjectBuilder::new().schema_type(Type::Boolean);
        let value = OneOfBuilder::new().item(text).item(flag);
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(RefOr::T(Schema::OneOf(value.build()))))
            .into()
    }
}

impl ToSchema for DynamicAttributes<'_> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("DynamicAttributes")
    }
}

impl Serialize for DynamicAttributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            match value {
                AttributeValue::Text(text) => map.serialize_entry(key, text)?,
                AttributeValue::Flag(flag) => map.serialize_entry(key, flag)?,
            }
        }
        map.end()
    }
}

impl<'a> SkuBody<'a> {
    /// A SKU as it shows to whoever asked.
    pub(super) fn new(sku: Sku<'a>, asked: &Asked<'a>) -> Self {
        let (product_id, id, query) = (sku.product().id(), sku.id(), asked.link_query());
        let uri = format!("/products/{product_id}/skus/{id}");
        Self {
            product_id,
            title: sku.title(asked.locale),
            description: sku.description(asked.locale),
            minimum_quantity: sku.minimum_quantity(),
            maximum_quantity: sku.maximum_quantity(),
            is_trial: sku.is_trial(),
            supported_billing_cycles: sku
                .supported_billing_cycles()
                .iter()
                .map(|cycle| cycle.as_str())
                .collect(),
            purchase_prerequisites: sku.purchase_prerequisites().collect(),
            inventory_variables: sku.inventory_variables(),
            provisioning_variables: sku.provisioning_variables().to_vec(),
            actions: sku.actions().collect(),
            attestation_properties: sku.enforced_attestation().map(|attestation_type| {
                AttestationProperties { enforce_attestation: true, attestation_type }
            }),
            consumption_type: sku.consumption_type(),
            dynamic_attributes: DynamicAttributes(sku.dynamic_attributes()),
            links: SkuLinks {
                availabilities: Link::get(format!("{uri}/availabilities{query}")),
                self_link: Link::get(format!("{uri}{query}")),
            },
            id,
        }
    }
}
