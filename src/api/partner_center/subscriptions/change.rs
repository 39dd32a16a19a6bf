//! PATCH of a subscription: the request, and what its members ask for.

use actix_web::http::header::LOCATION;
use actix_web::http::{Method, StatusCode};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use utoipa::ToSchema;

use super::subscription::{SubscriptionBody, etag};
use super::{LICENCES, SUBSCRIPTION_DELETED, TAG, named, on_subscription};
use crate::api::call::Call;
use crate::api::json::Tree;
use crate::api::operation::{Fidelity, Operation};
use crate::api::partner_center::codes::code;
use crate::api::partner_center::etag as version;
use crate::api::partner_center::fault::{Fault, UNKNOWN_ENUM};
use crate::api::partner_center::lines::BillingCycleWord;
use crate::api::reply::Reply;
use crate::api::wire::Timestamp;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::error::Error;
use crate::domain::subscriptions::{
    self, Changed, NextTerm, NextTermChange, StatusWish, SubscriptionChange, SubscriptionStatus,
};
use crate::domain::term::Term;

const NEXT_TERM: &str = "scheduledNextTermInstructions";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        on_subscription(
            Method::PATCH,
            "/v1/customers/{customer_id}/subscriptions/{subscription_id}",
            "updateSubscription",
            LICENCES,
            patch,
        )
        .summary(TAG, "Change a subscription")
        .describe(
            "Send the resource as it was read, with what shall be different: `friendlyName`, \
             `quantity`, `status` (`suspended`, `active`, `deleted`), `autoRenewEnabled`, \
             `partnerId`, `scheduledNextTermInstructions`. Absent members, zeros, empty texts and \
             the first word of an enum change nothing; `autoRenewEnabled: false` always means what \
             it says. The billing cycle changes through the order.",
        )
        .source(Fidelity::Documented, "partner-center-subscriptions.md#2-patch")
        .throttled()
        .header("If-Match", json!({"type": "string"}), "Version that was read; `*` for any.")
        .takes::<SubscriptionRequest>()
        .gives::<SubscriptionBody>(200, "The subscription as it is now.")
        .gives::<SubscriptionBody>(202, "The quantity is still being provisioned.")
        .with_header("Location", "The subscription.")
        .faults(&FAULTS)
        .example_body(json!({"friendlyName": "Office seats"})),
    ]
}

// Codes of the contract's table that no state here leads to: 800097 (2054 is said instead), 800066
// (counts subscriptions, which a change does not make), 900279 and 900311 (no published limit of
// changes; the passed window says 900117 and 800090).
const FAULTS: [super::Code; 20] = [
    SUBSCRIPTION_DELETED,
    UNKNOWN_ENUM,
    code(2001, 400),
    code(2002, 400),
    code(2006, 400),
    code(2054, 400),
    code(2055, 400),
    code(27009, 409),
    code(800_067, 403),
    code(800_081, 400),
    code(800_082, 400),
    code(800_090, 400),
    code(800_091, 400),
    code(800_093, 400),
    code(800_095, 400),
    code(800_096, 400),
    code(800_098, 400),
    code(900_115, 403),
    code(900_117, 400),
    code(900_278, 409),
];

fn patch(call: &Call<'_>) -> Result<Reply, Fault> {
    let (customer, id) = named(call)?;
    let body = call.body_tree()?;
    let clears_next_term = is_null(&body, NEXT_TERM);
    let request: SubscriptionRequest = call.read_body(&body)?;
    if let Some(sent) = request.id.as_deref().filter(|sent| !sent.is_empty())
        && !sent.eq_ignore_ascii_case(&id.to_string())
    {
        let reason = format!("must be {id}, as in the path, or be left out");
        return Err(Fault::invalid("id", &reason));
    }
    let in_body = request.attributes.as_ref().and_then(|it| it.etag.clone());
    let wanted = request.change(clears_next_term)?;
    let changed = call.write(|tx| {
        subscriptions::change(tx, customer, id, wanted, |subscription| {
            version::check(call, in_body.as_deref(), &etag(subscription))
        })
    })?;
    let view = call.view();
    let subscription = view.state.subscription(customer, id)?;
    let body = SubscriptionBody::new(&view.state, subscription, view.now)?;
    Ok(match changed {
        Changed::Done => Reply::ok(&body),
        Changed::Provisioning => Reply::json(StatusCode::ACCEPTED, &body)
            .with(LOCATION, &format!("/customers/{customer}/subscriptions/{id}")),
    })
}

/// Whether the object says `null` for the member, which the readers of types cannot tell from
/// nothing.
fn is_null(body: &Tree<'_>, member: &str) -> bool {
    let Tree::Object(members) = body else { return false };
    members
        .iter()
        .any(|(key, value)| matches!(value, Tree::Null) && key.eq_ignore_ascii_case(member))
}

/// A subscription as clients send it: what can change, and everything else that a read gives.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // the members after `attributes` are known so that a strict server takes them
#[schema(as = SubscriptionPatch)]
pub(super) struct SubscriptionRequest {
    /// Id; must be that of the path.
    id: Option<String>,
    /// Name given by the partner.
    friendly_name: Option<String>,
    /// Seats; 0 for no change.
    quantity: Option<i64>,
    /// `active`, `suspended` or `deleted`; `none` for no change.
    status: Option<StatusWord>,
    /// Whether it renews by itself.
    auto_renew_enabled: Option<bool>,
    /// MPN id of the reseller of record.
    partner_id: Option<String>,
    /// Must be as it is: it changes through the order.
    billing_cycle: Option<BillingCycleWord>,
    /// What becomes of it when the term ends; `null` takes an earlier decision back.
    scheduled_next_term_instructions: Option<NextTermRequest>,
    /// Attributes; `etag` is the version that was read.
    attributes: Option<RequestAttributes>,
    #[schema(ignore)]
    entitlement_id: Option<IgnoredAny>,
    #[schema(ignore)]
    offer_id: Option<IgnoredAny>,
    #[schema(ignore)]
    offer_name: Option<IgnoredAny>,
    #[schema(ignore)]
    product_type: Option<IgnoredAny>,
    #[schema(ignore)]
    unit_type: Option<IgnoredAny>,
    #[schema(ignore)]
    parent_subscription_id: Option<IgnoredAny>,
    #[schema(ignore)]
    has_purchasable_addons: Option<IgnoredAny>,
    #[schema(ignore)]
    creation_date: Option<IgnoredAny>,
    #[schema(ignore)]
    effective_start_date: Option<IgnoredAny>,
    #[schema(ignore)]
    commitment_end_date: Option<IgnoredAny>,
    #[schema(ignore)]
    commitment_end_date_time: Option<IgnoredAny>,
    #[schema(ignore)]
    cancellation_allowed_until_date: Option<IgnoredAny>,
    #[schema(ignore)]
    billing_cycle_end_date: Option<IgnoredAny>,
    #[schema(ignore)]
    billing_cycle_end_date_time: Option<IgnoredAny>,
    #[schema(ignore)]
    is_trial: Option<IgnoredAny>,
    #[schema(ignore)]
    billing_type: Option<IgnoredAny>,
    #[schema(ignore)]
    term_duration: Option<IgnoredAny>,
    #[schema(ignore)]
    renewal_term_duration: Option<IgnoredAny>,
    #[schema(ignore)]
    refund_options: Option<IgnoredAny>,
    #[schema(ignore)]
    refundable_quantity: Option<IgnoredAny>,
    #[schema(ignore)]
    next_charge_instructions: Option<IgnoredAny>,
    #[schema(ignore)]
    is_microsoft_product: Option<IgnoredAny>,
    #[schema(ignore)]
    publisher_name: Option<IgnoredAny>,
    #[schema(ignore)]
    actions: Option<IgnoredAny>,
    #[schema(ignore)]
    suspension_reasons: Option<IgnoredAny>,
    #[schema(ignore)]
    attention_needed: Option<IgnoredAny>,
    #[schema(ignore)]
    action_taken: Option<IgnoredAny>,
    #[schema(ignore)]
    consumption_type: Option<IgnoredAny>,
    #[schema(ignore)]
    promotion_id: Option<IgnoredAny>,
    #[schema(ignore)]
    migrated_from_subscription_id: Option<IgnoredAny>,
    #[schema(ignore)]
    contract_type: Option<IgnoredAny>,
    #[schema(ignore)]
    order_id: Option<IgnoredAny>,
    #[schema(ignore)]
    links: Option<IgnoredAny>,
}

/// Attributes as clients send them back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // `objectType` is known so that a strict server takes it
#[schema(as = SubscriptionPatchAttributes)]
pub(super) struct RequestAttributes {
    /// Version that was read.
    etag: Option<String>,
    /// Kind of resource.
    object_type: Option<String>,
}

/// Status of a subscription.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SubscriptionStatus)]
pub(super) enum StatusWord {
    /// Unset.
    None,
    /// In use.
    Active,
    /// Stopped by the partner.
    Suspended,
    /// Ended.
    Deleted,
    /// Run out.
    Expired,
    /// Not ready.
    Pending,
    /// Stopped by the service.
    Disabled,
}

/// What a subscription is to renew as.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NextTermRequest {
    /// What it renews as.
    product: Option<NextTermProductRequest>,
    /// Seats.
    quantity: Option<i64>,
    /// When the next term ends, instead of after its whole length.
    custom_term_end_date: Option<Timestamp>,
}

/// The item that a subscription is to renew as.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NextTermProductRequest {
    /// Product.
    product_id: Option<String>,
    /// SKU.
    sku_id: Option<String>,
    /// Availability.
    availability_id: Option<String>,
    /// How it will be billed.
    billing_cycle: Option<BillingCycleWord>,
    /// For how long.
    term_duration: Option<String>,
    /// Promotion; none is on offer.
    promotion_id: Option<String>,
}

impl SubscriptionRequest {
    fn change(self, clears_next_term: bool) -> Result<SubscriptionChange, Fault> {
        let next_term = match self.scheduled_next_term_instructions {
            Some(next) => Some(NextTermChange::Set(next.read()?)),
            None => clears_next_term.then_some(NextTermChange::Clear),
        };
        Ok(SubscriptionChange {
            friendly_name: self.friendly_name,
            quantity: self.quantity,
            status: self.status.and_then(StatusWord::wish),
            auto_renew: self.auto_renew_enabled,
            partner_id: self.partner_id,
            billing_cycle: cycle(self.billing_cycle),
            next_term,
        })
    }
}

impl StatusWord {
    fn wish(self) -> Option<StatusWish> {
        Some(match self {
            Self::None => return None,
            Self::Active => StatusWish::Be(SubscriptionStatus::Active),
            Self::Suspended => StatusWish::Be(SubscriptionStatus::Suspended),
            Self::Deleted => StatusWish::Be(SubscriptionStatus::Deleted),
            Self::Expired => StatusWish::Unsettable("expired"),
            Self::Pending => StatusWish::Unsettable("pending"),
            Self::Disabled => StatusWish::Unsettable("disabled"),
        })
    }
}

/// The billing cycle that is asked for, unless the word is the one for unset.
fn cycle(word: Option<BillingCycleWord>) -> Option<BillingCycle> {
    word.map(BillingCycle::from).filter(|cycle| *cycle != BillingCycle::Unknown)
}

impl NextTermRequest {
    fn read(self) -> Result<NextTerm, Error> {
        let missing = |field: &str| {
            let reason = "is required; take it from an availability of the catalogue";
            Error::invalid(format!("{NEXT_TERM}.{field}"), reason)
        };
        let product = self.product.ok_or_else(|| missing("product"))?;
        if product.promotion_id.is_some_and(|id| !id.is_empty()) {
            let field = format!("{NEXT_TERM}.product.promotionId");
            return Err(Error::invalid(field, "no promotion is on offer; leave it out"));
        }
        let term = product.term_duration.as_deref().and_then(Term::from_iso);
        let quantity = self.quantity.and_then(|quantity| u32::try_from(quantity).ok());
        let text = |value: Option<String>, field: &str| {
            value.filter(|text| !text.is_empty()).ok_or_else(|| missing(field))
        };
        Ok(NextTerm {
            product_id: text(product.product_id, "product.productId")?,
            sku_id: text(product.sku_id, "product.skuId")?,
            availability_id: text(product.availability_id, "product.availabilityId")?,
            billing_cycle: cycle(product.billing_cycle)
                .ok_or_else(|| missing("product.billingCycle"))?,
            term: term.ok_or_else(|| missing("product.termDuration"))?,
            quantity: quantity.ok_or_else(|| missing("quantity"))?,
            custom_term_end: self.custom_term_end_date.and_then(Timestamp::set),
        })
    }
}
