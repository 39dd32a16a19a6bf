//! A cart as clients send it.

use serde::Deserialize;
use serde::de::IgnoredAny;
use utoipa::ToSchema;

use crate::api::partner_center::lines::{
    BillingCycleWord, ContextRequest, ParticipantRequest, RenewsTo, context, participants, quantity,
};
use crate::api::wire::Timestamp;
use crate::domain::carts::NewCart;
use crate::domain::error::{Error, Result};
use crate::domain::purchase::LineRequest;

/// A cart to create, or to replace another. Members that the service sets itself are ignored.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CartRequest)]
#[allow(dead_code)] // members that the service sets itself are known and not used
pub struct CartRequest {
    /// Lines; at least one.
    #[schema(required = true)]
    line_items: Option<Vec<CartLineRequest>>,
    /// The partner attests to the partner of record.
    partner_on_record_attestation_accepted: Option<bool>,
    #[schema(ignore)]
    id: Option<IgnoredAny>,
    #[schema(ignore)]
    creation_timestamp: Option<IgnoredAny>,
    #[schema(ignore)]
    last_modified_timestamp: Option<IgnoredAny>,
    #[schema(ignore)]
    expiration_timestamp: Option<IgnoredAny>,
    #[schema(ignore)]
    last_modified_user: Option<IgnoredAny>,
    #[schema(ignore)]
    status: Option<IgnoredAny>,
    #[schema(ignore)]
    links: Option<IgnoredAny>,
    #[schema(ignore)]
    attributes: Option<IgnoredAny>,
}

/// A line of a cart.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CartLineItemRequest)]
#[allow(dead_code)] // members that the service sets itself are known and not used
pub struct CartLineRequest {
    /// The client's own number of the line; counted from 0 when absent.
    #[schema(example = 0)]
    id: Option<i64>,
    /// What to buy: `product:sku:availability`, or an offer id.
    #[serde(alias = "catalogId")]
    #[schema(required = true)]
    catalog_item_id: Option<String>,
    /// Name to give it.
    friendly_name: Option<String>,
    /// How many, at least 1.
    #[schema(required = true, example = 1)]
    quantity: Option<i64>,
    /// Currency that the partner expects.
    #[schema(example = "USD")]
    currency_code: Option<String>,
    /// How to bill it; `one_time` for reservations.
    billing_cycle: Option<BillingCycleWord>,
    /// ISO 8601 term.
    #[schema(example = "P1Y")]
    term_duration: Option<String>,
    /// Roles with MPN ids; for indirect providers.
    participants: Option<Vec<ParticipantRequest>>,
    /// What provisioning needs to know: `subscriptionId`, `scope` (`shared`, `single`), `duration`.
    provisioning_context: Option<ContextRequest>,
    /// Add-ons to buy with it.
    #[schema(no_recursion)]
    addon_items: Option<Vec<CartLineRequest>>,
    /// What it renews to.
    renews_to: Option<RenewsTo>,
    /// Promotion to apply.
    promotion_id: Option<String>,
    /// Earlier end of the first term.
    custom_term_end_date: Option<Timestamp>,
    /// Accept the attestation of the item.
    attestation_accepted: Option<bool>,
    #[schema(ignore)]
    order_group: Option<IgnoredAny>,
    #[schema(ignore)]
    error: Option<IgnoredAny>,
}

impl TryFrom<CartRequest> for NewCart {
    type Error = Error;

    fn try_from(sent: CartRequest) -> Result<Self> {
        let lines = sent.line_items.unwrap_or_default();
        if lines.is_empty() {
            return Err(Error::invalid("lineItems", "is required: at least one line"));
        }
        let mut new = Self {
            lines: Vec::with_capacity(lines.len()),
            partner_attestation: sent.partner_on_record_attestation_accepted,
        };
        for (index, mut line) in (0_i64..).zip(lines) {
            let path = format!("lineItems[{index}]");
            let addons = line.addon_items.take().unwrap_or_default();
            let mut addon_requests = Vec::with_capacity(addons.len());
            for (number, addon) in (0_i64..).zip(addons) {
                addon_requests
                    .push(addon.request(&format!("{path}.addonItems[{number}]"), number)?);
            }
            new.lines.push((line.request(&path, index)?, addon_requests));
        }
        Ok(new)
    }
}

impl CartLineRequest {
    fn request(self, path: &str, index: i64) -> Result<LineRequest> {
        let catalog_item_id =
            self.catalog_item_id.filter(|id| !id.is_empty()).ok_or_else(|| {
                let field = format!("{path}.catalogItemId");
                Error::invalid(field, "is required: the catalogItemId of an availability")
            })?;
        Ok(LineRequest {
            number: self.id.unwrap_or(index),
            catalog_item_id,
            friendly_name: self.friendly_name,
            quantity: quantity(format!("{path}.quantity"), self.quantity)?,
            currency: self.currency_code.filter(|code| !code.is_empty()),
            billing_cycle: self.billing_cycle.unwrap_or_default().into(),
            term: self.term_duration,
            participants: participants(self.participants),
            partner_id_on_record: None,
            additional_partner_ids_on_record: Vec::new(),
            provisioning_context: context(self.provisioning_context),
            parent_subscription: None,
            renews_to: self.renews_to.and_then(|renews_to| renews_to.term_duration),
            promotion_id: self.promotion_id.filter(|id| !id.is_empty()),
            custom_term_end: self.custom_term_end_date.and_then(Timestamp::set),
            attestation_accepted: self.attestation_accepted,
        })
    }
}
