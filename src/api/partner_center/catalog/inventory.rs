//! The inventory check: which SKUs a subscription cannot have at the moment. It reads only; nothing
//! demands it before a purchase (contract: partner-center-catalog.md, checkinventory).

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{CUSTOMER, PRODUCT, TAG, by_country, country};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::fault::{Fault, NOT_FOUND};
use crate::api::reply::Reply;
use crate::domain::catalogue::{Restriction, Sku};
use crate::domain::error::Error;
use crate::domain::ids::{CustomerId, parse_guid};
use crate::domain::state::State;

/// Most items that one check takes.
const MOST_ITEMS: usize = 100;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        by_country(Operation::new(
            Surface::PartnerCenter,
            Method::POST,
            "/v1/extensions/product/checkinventory",
            "checkInventory",
            check,
        ))
        .summary(TAG, "Check inventory")
        .describe(
            "Tells for each SKU whether the subscription can have it. An item without `skuId` stands \
             for every SKU of the product; unknown products and SKUs are left out of the answer. The \
             context must hold what `inventoryVariables` of the SKUs name; the region of a SKU is \
             part of the SKU, whatever `armRegionName` says.",
        )
        .source(Fidelity::Documented, "partner-center-catalog.md#checkinventory")
        .takes::<InventoryCheckRequest>()
        .gives::<InventoryItems>(200, "A bare array, one entry per SKU.")
        .faults(&[NOT_FOUND, code(20002, 403), code(800_011, 400)])
        .example_body(json!({
            "targetItems": [{"productId": PRODUCT, "skuId": super::SKU}],
            "inventoryContext": {
                "customerId": CUSTOMER,
                "azureSubscriptionId": "2f6c8a3d-91b0-4d0b-8e2a-61a4f07d5c33",
                "armRegionName": "eastus",
            },
        })),
    ]
}

fn check(call: &Call<'_>) -> Result<Reply, Fault> {
    let state = &call.view().state;
    country(call, state)?;
    let request: InventoryCheckRequest = call.body()?;
    let items = request.target_items.unwrap_or_default();
    if items.is_empty() || items.len() > MOST_ITEMS {
        let reason = format!("must hold 1 to {MOST_ITEMS} items, each with a productId");
        return Err(Fault::invalid("targetItems", &reason));
    }
    let mut skus: Vec<Sku<'_>> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(product_id) = item.product_id.as_deref().filter(|id| !id.is_empty()) else {
            let field = format!("targetItems[{index}].productId");
            return Err(Fault::invalid(&field, "is required; take it from GET /v1/products"));
        };
        let Ok(product) = state.catalogue.product(product_id) else { continue };
        match item.sku_id.as_deref().filter(|id| !id.is_empty()) {
            Some(id) => skus.extend(product.sku(id)),
            None => skus.extend(product.skus()),
        }
    }
    check_context(state, &request.inventory_context.unwrap_or_default(), &skus)?;
    Ok(Reply::ok(&InventoryItems(skus.into_iter().map(InventoryItem::from).collect())))
}

/// Refuses a context that lacks what one of the SKUs needs, or that names what does not exist.
fn check_context(
    state: &State,
    context: &BTreeMap<String, String>,
    skus: &[Sku<'_>],
) -> Result<(), Error> {
    let variable = |name: &str| {
        context.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    };
    for name in skus.iter().flat_map(Sku::inventory_variables) {
        if variable(name).is_none_or(|value| value.trim().is_empty()) {
            let field = format!("inventoryContext.{name}");
            return Err(Error::invalid(field, "is required by the inventoryVariables of the SKU"));
        }
    }
    let Some(customer) = variable("customerId") else { return Ok(()) };
    let customer: CustomerId = customer
        .parse()
        .map_err(|_| Error::invalid("inventoryContext.customerId", "must be a GUID"))?;
    state.customer(customer)?;
    let Some(subscription) = variable("azureSubscriptionId") else { return Ok(()) };
    let wanted = parse_guid(subscription)
        .map_err(|_| Error::invalid("inventoryContext.azureSubscriptionId", "must be a GUID"))?;
    // Clients send the id of the subscription or that of the Azure subscription behind it.
    let known = state.subscriptions_of(customer).any(|row| {
        row.kind.is_azure()
            && (row.id.0 == wanted
                || row.azure_subscription.is_some_and(|id| id.0 == wanted)
                || row.azure_entitlements.iter().any(|it| it.id.0 == wanted))
    });
    if known { Ok(()) } else { Err(Error::NotAzure) }
}

/// What is to be checked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InventoryCheckRequest {
    /// Items, at most 100.
    pub target_items: Option<Vec<TargetItem>>,
    /// What the SKUs' `inventoryVariables` name: `customerId`, `azureSubscriptionId`,
    /// `armRegionName`.
    pub inventory_context: Option<BTreeMap<String, String>>,
}

/// An item to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TargetItem {
    /// The product.
    pub product_id: Option<String>,
    /// The SKU; every SKU of the product without it.
    pub sku_id: Option<String>,
    /// Sent by some clients; means nothing.
    #[allow(dead_code)] // known so that a strict server does not refuse it
    pub is_restricted: Option<bool>,
}

/// What the check found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(as = InventoryItems)]
pub(super) struct InventoryItems(Vec<InventoryItem>);

/// A SKU with its restrictions.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InventoryItem {
    /// The product.
    pub product_id: String,
    /// The SKU.
    pub sku_id: String,
    /// Whether it cannot be had.
    pub is_restricted: bool,
    /// Why not; empty when it can be had.
    pub restrictions: Vec<InventoryRestriction>,
}

/// A reason why a SKU cannot be had.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InventoryRestriction {
    /// Kind of reason.
    #[schema(example = "NotAvailableForSubscription")]
    pub reason_code: String,
    /// In words.
    pub description: String,
    /// What is restricted.
    pub properties: RestrictionProperties,
}

/// What is restricted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RestrictionProperties {
    /// Kind of thing.
    #[serde(rename = "type")]
    #[schema(example = "Location")]
    pub kind: &'static str,
    /// Which of them.
    #[schema(example = "uksouth")]
    pub values: String,
}

impl From<Sku<'_>> for InventoryItem {
    fn from(sku: Sku<'_>) -> Self {
        let restrictions: Vec<_> =
            sku.inventory_restrictions().into_iter().map(InventoryRestriction::from).collect();
        Self {
            product_id: sku.product().id().to_owned(),
            sku_id: sku.id().into_owned(),
            is_restricted: !restrictions.is_empty(),
            restrictions,
        }
    }
}

impl From<Restriction<'_>> for InventoryRestriction {
    fn from(restriction: Restriction<'_>) -> Self {
        Self {
            reason_code: restriction.reason_code.to_owned(),
            description: restriction.description(),
            properties: RestrictionProperties {
                kind: restriction.kind,
                values: restriction.values.to_owned(),
            },
        }
    }
}
