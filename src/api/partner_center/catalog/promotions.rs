//! Promotions of new commerce. The catalogue has none, so lists are empty and nobody is eligible;
//! what is asked about is still checked (contract: partner-center-catalog.md, Promotions).

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{CUSTOMER, SEGMENT_REFUSED, TAG, by_country, country, excerpt, segment_named};
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation, Surface};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::fault::{Fault, NOT_FOUND};
use crate::api::partner_center::resource::Collection;
use crate::api::reply::Reply;
use crate::domain::catalogue::{Market, Segment};
use crate::domain::error::Error;
use crate::domain::state::State;

/// A catalog item of the United States, for examples.
pub(super) const ITEM: &str = "CFQ7TTC0LH18:0001:CFQ7TTMD60KE";
/// Most items of one question.
const MOST_ITEMS: usize = 200;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let contract = "partner-center-catalog.md#promotions-nce-net-2023";
    let segments: Vec<&str> = Segment::ALL.iter().map(|segment| segment.as_str()).collect();
    vec![
        by_country(Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/productpromotions",
            "listProductPromotions",
            list,
        ))
        .summary(TAG, "List product promotions")
        .describe("No promotion is on offer, so the list is empty.")
        .source(Fidelity::Inferred, contract)
        .required_query(
            "segment",
            json!({"type": "string", "enum": segments}),
            "Kind of customer, in any casing.",
        )
        .gives::<Collection<ProductPromotion>>(200, "The promotions.")
        .faults(&[SEGMENT_REFUSED])
        .example_query("segment", "commercial"),
        by_country(Operation::new(
            Surface::PartnerCenter,
            Method::GET,
            "/v1/productpromotions/{promotion_id}",
            "getProductPromotion",
            read,
        ))
        .summary(TAG, "Get a product promotion")
        .describe("No promotion is on offer, so none is found.")
        .source(Fidelity::Inferred, contract)
        .gives::<ProductPromotion>(200, "The promotion.")
        .faults(&[NOT_FOUND])
        .example("promotion_id", "39NFJQT1PFPK:0002:39NFJQT1Q5KK"),
        Operation::new(
            Surface::PartnerCenter,
            Method::POST,
            "/v1/customers/{customer_id}/promotionEligibilities",
            "checkPromotionEligibilities",
            eligibilities,
        )
        .summary(TAG, "Check which promotions a customer may use")
        .source(Fidelity::Inferred, contract)
        .takes::<PromotionEligibilitiesRequest>()
        .gives::<Collection<PromotionEligibilities>>(200, "One answer per item.")
        .faults(&[NOT_FOUND, code(20002, 403)])
        .example("customer_id", CUSTOMER)
        .example_body(json!({"items": [{
            "id": 0,
            "catalogItemId": ITEM,
            "quantity": 5,
            "billingCycle": "monthly",
            "termDuration": "P1Y",
        }]})),
    ]
}

fn list(call: &Call<'_>) -> Result<Reply, Fault> {
    let state = &call.view().state;
    country(call, state)?;
    let Some(segment) = call.query().get("segment") else {
        return Err(Fault::invalid("segment", "is required; add &segment=commercial for example"));
    };
    segment_named(segment)?;
    Ok(Reply::ok(&Collection::<ProductPromotion>::of(Vec::new())))
}

fn read(call: &Call<'_>) -> Result<Reply, Fault> {
    country(call, &call.view().state)?;
    let id = excerpt(call.path_text("promotion_id"));
    Err(Error::NotFound { what: "promotion", id }.into())
}

fn eligibilities(call: &Call<'_>) -> Result<Reply, Fault> {
    let state = &call.view().state;
    let customer = state.customer(call.path("customer_id")?)?;
    let market = state.catalogue.market(customer.country()).map_err(super::refuse)?;
    let request: PromotionEligibilitiesRequest = call.body()?;
    let items = request.items.unwrap_or_default();
    if items.is_empty() || items.len() > MOST_ITEMS {
        let reason = format!("must hold 1 to {MOST_ITEMS} items, each with a catalogItemId");
        return Err(Fault::invalid("items", &reason));
    }
    let answers = items.into_iter().enumerate();
    let answers =
        answers.map(|(index, item)| PromotionEligibilities::of(state, market, index, item));
    Ok(Reply::ok(&Collection::of(answers.collect::<Result<Vec<_>, Fault>>()?)))
}

/// A promotion.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProductPromotion {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// Purchases to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PromotionEligibilitiesRequest {
    /// Purchases.
    pub items: Option<Vec<PromotionEligibilitiesItem>>,
}

/// A purchase to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PromotionEligibilitiesItem {
    /// Number chosen by the caller.
    pub id: Option<i64>,
    /// What would be bought.
    pub catalog_item_id: Option<String>,
    /// How many.
    pub quantity: Option<i64>,
    /// How it would be billed.
    pub billing_cycle: Option<String>,
    /// For how long.
    pub term_duration: Option<String>,
    /// The promotion to check; any without it.
    pub promotion_id: Option<String>,
}

/// What a purchase is eligible for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PromotionEligibilities {
    /// Number chosen by the caller.
    pub id: i64,
    /// What would be bought.
    pub catalog_item_id: String,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
    /// How it would be billed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_cycle: Option<String>,
    /// For how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term_duration: Option<String>,
    /// Promotions with the verdict on each.
    pub eligibilities: Vec<PromotionEligibility>,
}

/// The verdict on a promotion.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PromotionEligibility {
    /// The promotion asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotion_id: Option<String>,
    /// Whether it can be used.
    pub is_eligible: bool,
    /// Why not.
    pub errors: Vec<PromotionEligibilityError>,
}

/// Why a promotion cannot be used.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PromotionEligibilityError {
    /// Kind of reason.
    #[serde(rename = "type")]
    #[schema(example = "NoPromotionsAvailable")]
    pub kind: &'static str,
    /// In words.
    pub description: &'static str,
}

impl PromotionEligibilities {
    fn of(
        state: &State,
        market: Market<'_>,
        index: usize,
        item: PromotionEligibilitiesItem,
    ) -> Result<Self, Fault> {
        let Some(catalog_item_id) = item.catalog_item_id.filter(|id| !id.is_empty()) else {
            let field = format!("items[{index}].catalogItemId");
            return Err(Fault::invalid(&field, "is required; take it from an availability"));
        };
        let (kind, description) = if state.catalogue.resolve(&catalog_item_id, market).is_err() {
            ("InvalidCatalogItemId", "The catalog item id is not valid in the customer's country.")
        } else if item.promotion_id.is_some() {
            ("InvalidPromotion", "No promotion has this id.")
        } else {
            ("NoPromotionsAvailable", "No promotion is on offer for the catalog item.")
        };
        let errors = vec![PromotionEligibilityError { kind, description }];
        let number = i64::try_from(index).unwrap_or_default();
        Ok(Self {
            id: item.id.unwrap_or(number),
            catalog_item_id,
            quantity: item.quantity,
            billing_cycle: item.billing_cycle,
            term_duration: item.term_duration,
            eligibilities: vec![PromotionEligibility {
                promotion_id: item.promotion_id,
                is_eligible: false,
                errors,
            }],
        })
    }
}
