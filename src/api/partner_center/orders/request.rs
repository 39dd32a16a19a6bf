//! An order as clients send it.

use serde::Deserialize;
use serde::de::IgnoredAny;
use utoipa::ToSchema;

use crate::api::partner_center::lines::{
    BillingCycleWord, ContextRequest, ParticipantRequest, RenewsTo, context, participants, quantity,
};
use crate::api::wire::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::orders::{Change, NewOrder};
use crate::domain::purchase::LineRequest;

/// An order to place or to change. Members that the service sets itself are ignored.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // members that the service sets itself are known and not used
pub struct OrderRequest {
    /// Id; when an order is changed.
    id: Option<String>,
    /// How to bill it; unset leaves it to the items.
    billing_cycle: Option<BillingCycleWord>,
    /// Currency of all lines.
    #[schema(example = "USD")]
    currency_code: Option<String>,
    /// Lines.
    line_items: Option<Vec<OrderLineRequest>>,
    /// `cancelled` to cancel.
    status: Option<String>,
    /// The partner attests to the partner of record.
    partner_on_record_attestation_accepted: Option<bool>,
    /// Attributes as they were read.
    attributes: Option<AttributesRequest>,
    #[schema(ignore)]
    alternate_id: Option<IgnoredAny>,
    #[schema(ignore)]
    reference_customer_id: Option<IgnoredAny>,
    #[schema(ignore)]
    currency_symbol: Option<IgnoredAny>,
    #[schema(ignore)]
    total_price: Option<IgnoredAny>,
    #[schema(ignore)]
    creation_date: Option<IgnoredAny>,
    #[schema(ignore)]
    transaction_type: Option<IgnoredAny>,
    #[schema(ignore)]
    client: Option<IgnoredAny>,
    #[schema(ignore)]
    links: Option<IgnoredAny>,
}

/// Attributes of a resource that is sent back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // members that the service sets itself are known and not used
pub struct AttributesRequest {
    /// Version the client saw.
    etag: Option<String>,
    #[schema(ignore)]
    object_type: Option<IgnoredAny>,
}

/// A line of an order.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrderLineItemRequest)]
#[allow(dead_code)] // members that the service sets itself are known and not used
pub struct OrderLineRequest {
    /// Number, from 0, each once.
    #[schema(required = true, example = 0)]
    line_item_number: Option<i64>,
    /// What to buy: `product:sku:availability`, or an offer id.
    #[schema(required = true)]
    offer_id: Option<String>,
    /// Name to give it.
    friendly_name: Option<String>,
    /// How many, at least 1.
    #[schema(required = true, example = 1)]
    quantity: Option<i64>,
    /// ISO 8601 term.
    #[schema(example = "P1Y")]
    term_duration: Option<String>,
    /// MPN id of the reseller of record.
    partner_id_on_record: Option<String>,
    /// MPN ids of further resellers of record.
    additional_partner_ids_on_record: Option<Vec<String>>,
    /// Roles with MPN ids; for indirect providers.
    participants: Option<Vec<ParticipantRequest>>,
    /// What provisioning needs to know: `subscriptionId`, `scope` (`shared`, `single`), `duration`.
    provisioning_context: Option<ContextRequest>,
    /// The subscription an add-on belongs to.
    parent_subscription_id: Option<String>,
    /// What it renews to.
    renews_to: Option<RenewsTo>,
    /// Promotion to apply.
    promotion_id: Option<String>,
    /// Earlier end of the first term.
    custom_term_end_date: Option<Timestamp>,
    /// Accept the attestation of the item.
    attestation_accepted: Option<bool>,
    #[schema(ignore)]
    subscription_id: Option<IgnoredAny>,
    #[schema(ignore)]
    transaction_type: Option<IgnoredAny>,
    #[schema(ignore)]
    pricing: Option<IgnoredAny>,
    #[schema(ignore)]
    links: Option<IgnoredAny>,
    #[schema(ignore)]
    attributes: Option<IgnoredAny>,
}

impl OrderRequest {
    /// Version the client saw.
    pub fn etag(&self) -> Option<String> {
        self.attributes.as_ref().and_then(|attributes| attributes.etag.clone())
    }

    fn lines(sent: Option<Vec<OrderLineRequest>>, exact: bool) -> Result<Vec<LineRequest>> {
        let lines = sent.unwrap_or_default().into_iter().enumerate();
        lines.map(|(index, line)| line.request(index, exact)).collect()
    }
}

impl TryFrom<OrderRequest> for NewOrder {
    type Error = Error;

    fn try_from(sent: OrderRequest) -> Result<Self> {
        let lines = OrderRequest::lines(sent.line_items, true)?;
        if lines.is_empty() {
            return Err(Error::invalid("lineItems", "is required: at least one line"));
        }
        Ok(Self {
            billing_cycle: sent.billing_cycle.unwrap_or_default().into(),
            currency: sent.currency_code.filter(|code| !code.is_empty()),
            lines,
            partner_attestation: sent.partner_on_record_attestation_accepted,
        })
    }
}

impl TryFrom<OrderRequest> for Change {
    type Error = Error;

    fn try_from(sent: OrderRequest) -> Result<Self> {
        const UNCHANGED: [&str; 8] = ["", "unknown", "none", "completed", "pending", "0", "1", "2"];
        let status = sent.status.unwrap_or_default();
        let cancel =
            ["cancelled", "canceled", "3"].iter().any(|word| word.eq_ignore_ascii_case(&status));
        if !cancel && !UNCHANGED.iter().any(|word| word.eq_ignore_ascii_case(&status)) {
            let shown: String = status.chars().take(40).collect();
            return Err(Error::invalid("status", format!("can become cancelled, not `{shown}`")));
        }
        Ok(Self {
            id: sent.id.filter(|id| !id.is_empty()),
            cancel,
            billing_cycle: sent.billing_cycle.unwrap_or_default().into(),
            lines: OrderRequest::lines(sent.line_items, false)?,
        })
    }
}

impl OrderLineRequest {
    /// The line at `index`. Where lines only point at lines that exist, quantity and offer may be
    /// left out.
    fn request(self, index: usize, exact: bool) -> Result<LineRequest> {
        let path = |name: &str| format!("lineItems[{index}].{name}");
        let number = self.line_item_number.ok_or_else(|| {
            Error::invalid(path("lineItemNumber"), "is required: 0 to the number of lines less 1")
        })?;
        let buys = exact || self.parent_subscription_id.is_some();
        let offer_id = self.offer_id.unwrap_or_default();
        if buys && offer_id.is_empty() {
            let reason = "is required: the catalogItemId of an availability, or an offer id";
            return Err(Error::invalid(path("offerId"), reason));
        }
        let quantity = match self.quantity {
            sent if buys => quantity(path("quantity"), sent)?,
            sent => sent.unwrap_or(0),
        };
        Ok(LineRequest {
            number,
            catalog_item_id: offer_id,
            friendly_name: self.friendly_name,
            quantity,
            currency: None,
            billing_cycle: BillingCycleWord::Unknown.into(),
            term: self.term_duration,
            participants: participants(self.participants),
            partner_id_on_record: self.partner_id_on_record.filter(|id| !id.is_empty()),
            additional_partner_ids_on_record: self
                .additional_partner_ids_on_record
                .unwrap_or_default(),
            provisioning_context: context(self.provisioning_context),
            parent_subscription: self.parent_subscription_id.filter(|id| !id.is_empty()),
            renews_to: self.renews_to.and_then(|renews_to| renews_to.term_duration),
            promotion_id: self.promotion_id.filter(|id| !id.is_empty()),
            custom_term_end: self.custom_term_end_date.and_then(Timestamp::set),
            attestation_accepted: self.attestation_accepted,
        })
    }
}
