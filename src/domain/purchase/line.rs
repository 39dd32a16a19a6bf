//! A line as it is asked for and as it is once judged.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::billing_cycle::BillingCycle;
use crate::domain::catalogue::{ProductKind, ReservedResourceType};
use crate::domain::ids::SubscriptionId;
use crate::domain::reservations::{AppliedScope, BillingPlan};
use crate::domain::term::Term;

/// A line of a cart or an order as the partner asks for it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LineRequest {
    /// Number of the line.
    pub number: i64,
    /// What to buy.
    pub catalog_item_id: String,
    /// Name to give it.
    pub friendly_name: Option<String>,
    /// How many.
    pub quantity: i64,
    /// Currency the partner expects.
    pub currency: Option<String>,
    /// How to bill it; unknown leaves it to the item.
    pub billing_cycle: BillingCycle,
    /// ISO 8601 term.
    pub term: Option<String>,
    /// Roles with MPN ids, for example `transaction_reseller`.
    pub participants: Vec<(String, String)>,
    /// MPN id of the reseller of record.
    pub partner_id_on_record: Option<String>,
    /// MPN ids of further resellers of record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_partner_ids_on_record: Vec<String>,
    /// What provisioning needs to know; keys lower camel case.
    pub provisioning_context: BTreeMap<String, String>,
    /// The subscription an add-on belongs to.
    pub parent_subscription: Option<String>,
    /// Term that it renews to.
    pub renews_to: Option<String>,
    /// Promotion to apply.
    pub promotion_id: Option<String>,
    /// Earlier end of the first term.
    pub custom_term_end: Option<DateTime<Utc>>,
    /// Whether the attestation of the item is accepted.
    pub attestation_accepted: Option<bool>,
}

impl LineRequest {
    /// A value of the provisioning context, by its key in any casing; blank counts as absent.
    pub fn context(&self, key: &str) -> Option<&str> {
        self.provisioning_context
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }
}

/// What a reservation line reserves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReservationTerms {
    /// Kind of resource.
    pub resource_type: ReservedResourceType,
    /// ARM name of the size.
    pub arm_sku_name: String,
    /// ARM name of the region; none for services without one.
    pub region: Option<String>,
    /// Where the discount applies.
    pub scope: AppliedScope,
    /// The subscription that is billed.
    pub subscription: SubscriptionId,
    /// How it is paid.
    pub plan: BillingPlan,
    /// Price of one unit for the whole term.
    pub unit_price: Decimal,
    /// The same in US dollars.
    pub usd_unit_price: Decimal,
    /// Whether other sizes of its group use it; none where sizes are not flexible.
    pub instance_flexibility: Option<bool>,
    /// Whether it renews at its end.
    pub renew: bool,
    /// When to review it.
    pub review: Option<DateTime<Utc>>,
}

/// A line that can be bought.
#[derive(Debug, Clone, PartialEq)]
pub struct PricedLine {
    /// What buying it brings about.
    pub kind: ProductKind,
    /// `P:S:A` in the catalogue's casing, or an offer id.
    pub catalog_item_id: String,
    /// Product.
    pub product_id: String,
    /// SKU.
    pub sku_id: String,
    /// Availability.
    pub availability_id: String,
    /// Title of the SKU.
    pub title: String,
    /// Name given by the partner, else the title.
    pub friendly_name: String,
    /// How many.
    pub quantity: u32,
    /// Least and most of `quantity`.
    pub quantity_range: (u32, u32),
    /// How it is billed.
    pub billing_cycle: BillingCycle,
    /// Term; none for what has none.
    pub term: Option<Term>,
    /// Price of one unit: for the whole term, or per bill where billed more often.
    pub unit_price: Decimal,
    /// Decimals of the currency.
    pub decimals: u32,
    /// Currency code.
    pub currency: String,
    /// Currency symbol.
    pub currency_symbol: String,
    /// What is reserved, for reservations.
    pub reservation: Option<ReservationTerms>,
    /// MPN id of the reseller of record.
    pub partner_id_on_record: Option<String>,
    /// The subscription an add-on belongs to.
    pub parent: Option<SubscriptionId>,
    /// The base SKUs, as `product:sku`, one of which it adds to; empty unless it is an add-on.
    pub base_skus: Vec<String>,
    /// Whether it adds to the line before it that does not join one itself.
    pub joins_base: bool,
    /// Earlier end of the first term.
    pub custom_term_end: Option<DateTime<Utc>>,
    /// Whether add-ons exist for it.
    pub has_addons: bool,
    /// Whether it is a trial.
    pub is_trial: bool,
    /// Whether it can renew.
    pub is_renewable: bool,
    /// Whether Microsoft publishes it.
    pub is_microsoft_product: bool,
    /// Who publishes it.
    pub publisher: String,
}
