//! The subscription itself and how one comes to be.

use chrono::{DateTime, Datelike, Months, TimeDelta, TimeZone, Utc};
use serde::{Deserialize, Serialize};

use super::change::NextTerm;
use super::support_contact::SupportContact;
use crate::domain::authorization::{Scope, grant_admin_agents};
use crate::domain::azure_subscriptions::azure_subscriptions;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::error::Result;
use crate::domain::ids::{AzureSubscriptionId, CustomerId, Draw, OrderId, SubscriptionId};
use crate::domain::purchase::PricedLine;
use crate::domain::term::Term;
use crate::domain::transaction::Transaction;

/// What subscriptions to an Azure plan call their offer
/// (contract: partner-center-subscriptions.md, subscription shape).
const AZURE_PLAN_OFFER: &str = "Microsoft Azure plan";

/// What kind of thing is subscribed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SubscriptionKind {
    /// Microsoft Azure (MS-AZR-0145P).
    LegacyAzure,
    /// The Azure plan.
    AzurePlan,
    /// Licences of an online service.
    License,
    /// Software as a service from the marketplace.
    Saas,
    /// A software subscription.
    Software,
}

impl SubscriptionKind {
    /// Whether reservations can be bought for it.
    pub fn is_azure(self) -> bool {
        matches!(self, Self::LegacyAzure | Self::AzurePlan)
    }
}

/// Status of a subscription. `none` is what clients send for unset and never stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SubscriptionStatus {
    /// In use.
    Active,
    /// Stopped by the partner.
    Suspended,
    /// Ended.
    Deleted,
}

impl SubscriptionStatus {
    /// Word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
        }
    }
}

/// Whether reservations may be bought for an Azure subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Registration {
    /// Never asked for.
    NotRegistered,
    /// Asked for, not done yet.
    Registering,
    /// Done.
    Registered,
}

impl Registration {
    /// Word on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotRegistered => "NotRegistered",
            Self::Registering => "Registering",
            Self::Registered => "Registered",
        }
    }
}

/// A change of quantity that is being provisioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Pending {
    /// Nothing is.
    Nothing,
    /// The quantity is.
    Quantity,
}

/// An Azure subscription below an Azure plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AzureEntitlement {
    /// Id of the Azure subscription.
    pub id: AzureSubscriptionId,
    /// Its name.
    pub friendly_name: String,
    /// Whether it is in use.
    pub active: bool,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subscription {
    /// Id.
    pub id: SubscriptionId,
    /// The customer who has it.
    pub customer: CustomerId,
    /// Kind.
    pub kind: SubscriptionKind,
    /// The Azure subscription behind a Microsoft Azure subscription.
    pub azure_subscription: Option<AzureSubscriptionId>,
    /// The Azure subscriptions below an Azure plan.
    pub azure_entitlements: Vec<AzureEntitlement>,
    /// What was bought: `P:S:A` or an offer id.
    pub offer_id: String,
    /// Product of the catalogue.
    pub product_id: String,
    /// SKU of the catalogue.
    pub sku_id: String,
    /// Availability of the catalogue.
    pub availability_id: String,
    /// Title of what was bought.
    pub offer_name: String,
    /// Name given by the partner.
    pub friendly_name: String,
    /// Seats or units.
    pub quantity: u32,
    /// Least and most of `quantity`.
    pub quantity_range: (u32, u32),
    /// The subscription this one adds to.
    pub parent: Option<SubscriptionId>,
    /// Whether add-ons exist for it.
    pub has_addons: bool,
    /// Whether it is a trial.
    pub is_trial: bool,
    /// Whether it renews by itself.
    pub auto_renew: bool,
    /// Whether it can renew by itself.
    pub is_renewable: bool,
    /// When it was ordered.
    pub created: DateTime<Utc>,
    /// When it took effect.
    pub effective_start: DateTime<Utc>,
    /// When the commitment ends; the far future for what runs on.
    pub commitment_end: DateTime<Utc>,
    /// Until when licences can be cancelled with refund.
    pub cancellable_until: Option<DateTime<Utc>>,
    /// Status.
    pub status: SubscriptionStatus,
    /// Why it is suspended.
    pub suspension_reasons: Vec<String>,
    /// How it is billed.
    pub billing_cycle: BillingCycle,
    /// Term of the commitment; none for what runs on.
    pub term: Option<Term>,
    /// Whether Microsoft publishes it.
    pub is_microsoft_product: bool,
    /// Who publishes it.
    pub publisher: String,
    /// MPN id of the reseller of record.
    pub partner_id_on_record: Option<String>,
    /// The order that made it.
    pub order: OrderId,
    /// Registration for reservations.
    pub registration: Registration,
    /// What is being provisioned.
    pub pending: Pending,
    /// Whether a marketplace purchase was activated.
    pub activated: bool,
    /// Price of one unit per bill, in the currency of the order.
    pub unit_price: rust_decimal::Decimal,
    /// What becomes of it when the term ends, where the partner has decided.
    pub next_term: Option<NextTerm>,
    /// Whom the customer turns to for support; the partner itself when nobody is named.
    pub support_contact: Option<SupportContact>,
    /// Counts the writes, from 1.
    pub version: u64,
}

impl Subscription {
    /// Whether it can still be cancelled with refund at `now`.
    pub fn is_cancellable(&self, now: DateTime<Utc>) -> bool {
        self.cancellable_until.is_some_and(|until| now <= until)
    }

    /// When the billing cycle that runs at `now` ends; none for what is not billed by cycles.
    pub fn billing_cycle_end(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let months = self.billing_cycle.months()?;
        let start = self.effective_start;
        let passed = (now.year() - start.year()) * 12 + now.month0().cast_signed()
            - start.month0().cast_signed();
        let passed = u32::try_from(passed).unwrap_or(0);
        // The cycle that `passed` falls into, or the next one when its last day has come.
        let end = (passed / months..=passed / months + 1)
            .filter_map(|cycles| start.checked_add_months(Months::new(cycles * months)))
            .chain(start.checked_add_months(Months::new((passed / months + 2) * months)))
            .find(|end| *end > now && *end > start)?;
        Some(end.min(self.commitment_end))
    }
}

/// The end of what has no end (contract: partner-center-conventions.md §4).
pub fn no_end() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(9999, 12, 10, 0, 0, 0).single().unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Makes the subscription that an order line stands for.
pub fn create(
    tx: &mut Transaction,
    customer: CustomerId,
    order: &OrderId,
    kind: SubscriptionKind,
    line: &PricedLine,
) -> Result<SubscriptionId> {
    let now = tx.now();
    let id = SubscriptionId(tx.guid(Draw::Subscription));
    let azure_subscription = (kind == SubscriptionKind::LegacyAzure)
        .then(|| AzureSubscriptionId(tx.guid(Draw::AzureSubscription)));
    let azure_entitlements = if kind == SubscriptionKind::AzurePlan {
        // An Azure plan comes with its first Azure subscription.
        vec![AzureEntitlement {
            id: AzureSubscriptionId(tx.guid(Draw::AzureSubscription)),
            friendly_name: line.friendly_name.clone(),
            active: true,
        }]
    } else {
        Vec::new()
    };
    let runs_on = kind.is_azure() || line.term.is_none();
    let commitment_end =
        if runs_on { no_end() } else { line.term.map_or_else(no_end, |term| term.end_from(now)) };
    // Licences can be cancelled for seven days (contract: partner-center-subscriptions.md §2 [new]).
    let cancellable_until = matches!(kind, SubscriptionKind::License | SubscriptionKind::Saas)
        .then(|| now + TimeDelta::days(7));
    let subscription = Subscription {
        id,
        customer,
        kind,
        azure_subscription,
        azure_entitlements,
        offer_id: line.catalog_item_id.clone(),
        product_id: line.product_id.clone(),
        sku_id: line.sku_id.clone(),
        availability_id: line.availability_id.clone(),
        offer_name: match kind {
            SubscriptionKind::AzurePlan => AZURE_PLAN_OFFER.to_owned(),
            _ => line.title.clone(),
        },
        friendly_name: line.friendly_name.clone(),
        quantity: line.quantity,
        quantity_range: line.quantity_range,
        parent: line.parent,
        has_addons: line.has_addons,
        is_trial: line.is_trial,
        auto_renew: line.is_renewable && !runs_on,
        is_renewable: line.is_renewable && !runs_on,
        created: now,
        effective_start: now,
        commitment_end,
        cancellable_until,
        status: SubscriptionStatus::Active,
        suspension_reasons: Vec::new(),
        billing_cycle: line.billing_cycle,
        term: if kind.is_azure() { None } else { line.term },
        is_microsoft_product: line.is_microsoft_product,
        publisher: line.publisher.clone(),
        partner_id_on_record: line.partner_id_on_record.clone(),
        order: order.clone(),
        registration: Registration::NotRegistered,
        pending: Pending::Nothing,
        activated: kind != SubscriptionKind::Saas,
        unit_price: line.unit_price,
        next_term: None,
        support_contact: None,
        version: 1,
    };
    for azure in azure_subscriptions(&subscription) {
        tx.azure_subscriptions.put(azure.id, (customer, id));
        grant_admin_agents(tx, customer.into(), Scope::Subscription(azure.id));
    }
    tx.subscriptions.put((customer, id), subscription);
    Ok(id)
}

/// Ends the provisioning of a changed quantity.
pub fn complete_provisioning(
    tx: &mut Transaction,
    customer: CustomerId,
    id: SubscriptionId,
) -> Result<()> {
    let mut subscription = Subscription::clone(tx.subscription(customer, id)?);
    subscription.pending = Pending::Nothing;
    tx.subscriptions.put((customer, id), subscription);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    /// A licence subscription that began at `start`.
    fn sample(start: &str) -> Subscription {
        let start: DateTime<Utc> = start.parse().unwrap();
        Subscription {
            id: SubscriptionId::FIRST,
            customer: CustomerId::FIRST,
            kind: SubscriptionKind::License,
            azure_subscription: None,
            azure_entitlements: Vec::new(),
            offer_id: "P:0001:A".to_owned(),
            product_id: "P".to_owned(),
            sku_id: "0001".to_owned(),
            availability_id: "A".to_owned(),
            offer_name: "Seats".to_owned(),
            friendly_name: "Seats".to_owned(),
            quantity: 5,
            quantity_range: (1, 300),
            parent: None,
            has_addons: false,
            is_trial: false,
            auto_renew: true,
            is_renewable: true,
            created: start,
            effective_start: start,
            commitment_end: Term::P1Y.end_from(start),
            cancellable_until: Some(start + TimeDelta::days(7)),
            status: SubscriptionStatus::Active,
            suspension_reasons: Vec::new(),
            billing_cycle: BillingCycle::Monthly,
            term: Some(Term::P1Y),
            is_microsoft_product: true,
            publisher: "Microsoft".to_owned(),
            partner_id_on_record: None,
            order: OrderId(Arc::from("order")),
            registration: Registration::NotRegistered,
            pending: Pending::Nothing,
            activated: true,
            unit_price: rust_decimal::Decimal::ONE,
            next_term: None,
            support_contact: None,
            version: 1,
        }
    }

    #[test]
    fn a_billing_cycle_ends_on_the_day_of_the_start() {
        use BillingCycle::{Annual, Monthly, OneTime, Triennial};
        for (start, cycle, now, end) in [
            ("2026-01-31T10:00:00Z", Monthly, "2026-01-31T10:00:00Z", Some("2026-02-28T10:00:00Z")),
            ("2026-01-31T10:00:00Z", Monthly, "2026-02-28T09:59:59Z", Some("2026-02-28T10:00:00Z")),
            ("2026-01-31T10:00:00Z", Monthly, "2026-02-28T10:00:00Z", Some("2026-03-31T10:00:00Z")),
            ("2026-01-15T10:00:00Z", Monthly, "2026-12-20T00:00:00Z", Some("2027-01-15T10:00:00Z")),
            ("2026-01-15T10:00:00Z", Annual, "2026-06-01T00:00:00Z", Some("2027-01-15T10:00:00Z")),
            // The commitment ends before the cycle does.
            (
                "2026-01-15T10:00:00Z",
                Triennial,
                "2026-06-01T00:00:00Z",
                Some("2027-01-15T10:00:00Z"),
            ),
            // Past its end, and before its start: the clock of a world goes both ways.
            ("2026-01-15T10:00:00Z", Monthly, "2030-06-01T00:00:00Z", Some("2027-01-15T10:00:00Z")),
            ("2026-01-15T10:00:00Z", Monthly, "2020-06-01T00:00:00Z", Some("2026-02-15T10:00:00Z")),
            ("2026-01-15T10:00:00Z", OneTime, "2026-06-01T00:00:00Z", None),
        ] {
            let subscription = Subscription { billing_cycle: cycle, ..sample(start) };
            let found = subscription.billing_cycle_end(now.parse().unwrap());
            assert_eq!(found, end.map(|end| end.parse().unwrap()), "{start} {cycle} {now}");
        }
        let far = sample("2026-01-15T10:00:00Z");
        for extreme in [DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC] {
            far.billing_cycle_end(extreme);
        }
    }
}
