//! Changing a subscription: one change set, all or nothing. A member that is absent, or that says
//! what holds already, changes nothing, because clients send the whole resource back
//! (contract: partner-center-subscriptions.md §2).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Pending, Subscription, SubscriptionKind, SubscriptionStatus};
use crate::domain::audit;
use crate::domain::billing;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::error::{Error, Result};
use crate::domain::ids::{CustomerId, SubscriptionId};
use crate::domain::partner::PartnerKind;
use crate::domain::settings::Transition;
use crate::domain::state::State;
use crate::domain::term::Term;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;

/// Seats of a sandbox subscription (contract: partner-center-conventions.md §11).
const SANDBOX_SEATS: u32 = 25;
/// Days in which licences can be cancelled or reduced [new].
const CANCELLATION_DAYS: i64 = 7;
/// Longest name, in characters [choice].
const LONGEST_NAME: usize = 256;

/// The status that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusWish {
    /// To be one of those a partner may set.
    Be(SubscriptionStatus),
    /// To be one that only the service sets.
    Unsettable(&'static str),
}

/// What is to change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SubscriptionChange {
    /// Name given by the partner.
    pub friendly_name: Option<String>,
    /// Seats; nothing and 0 change none.
    pub quantity: Option<i64>,
    /// Status.
    pub status: Option<StatusWish>,
    /// Whether it renews by itself.
    pub auto_renew: Option<bool>,
    /// MPN id of the reseller of record.
    pub partner_id: Option<String>,
    /// Billing cycle: refused, for it changes through the order.
    pub billing_cycle: Option<BillingCycle>,
    /// What becomes of it when the term ends.
    pub next_term: Option<NextTermChange>,
}

/// What is to become of a subscription when its term ends.
#[derive(Debug, Clone, PartialEq)]
pub enum NextTermChange {
    /// It renews as it is.
    Clear,
    /// It renews as something else.
    Set(NextTerm),
}

/// What a subscription renews as.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NextTerm {
    /// Product of the catalogue.
    pub product_id: String,
    /// SKU of the catalogue.
    pub sku_id: String,
    /// Availability of the catalogue.
    pub availability_id: String,
    /// How it will be billed.
    pub billing_cycle: BillingCycle,
    /// For how long.
    pub term: Term,
    /// Seats.
    pub quantity: u32,
    /// When the next term ends, instead of after its whole length.
    pub custom_term_end: Option<DateTime<Utc>>,
}

/// How far a change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Done.
    Done,
    /// The quantity is still being provisioned.
    Provisioning,
}

/// Changes the subscription. `check` judges the version that the caller saw.
pub fn change(
    tx: &mut Transaction,
    customer: CustomerId,
    id: SubscriptionId,
    wanted: SubscriptionChange,
    check: impl FnOnce(&Subscription) -> Result<()>,
) -> Result<Changed> {
    tx.customer(customer)?;
    let row = Arc::clone(tx.subscription(customer, id)?);
    let mut subscription = Subscription::clone(&row);
    check(&subscription)?;
    if subscription.status == SubscriptionStatus::Deleted {
        return Err(Error::SubscriptionDeleted(id));
    }
    if !subscription.activated {
        return Err(Error::NotActivated);
    }
    if subscription.pending == Pending::Quantity {
        return Err(match subscription.kind {
            SubscriptionKind::License => Error::OperationPending,
            _ => Error::SubscriptionNotReady,
        });
    }
    if wanted.billing_cycle.is_some_and(|cycle| cycle != subscription.billing_cycle) {
        return Err(Error::BillingCycleThroughOrder);
    }
    let before = &*row;
    set_quantity(tx, &mut subscription, wanted.quantity)?;
    set_status(tx, &mut subscription, wanted.status)?;
    let is_renamed = set_name(&mut subscription, wanted.friendly_name)?;
    let is_transferred = set_partner(tx, &mut subscription, wanted.partner_id)?;
    let is_renewed = set_renewal(&mut subscription, wanted.auto_renew)?;
    // Clients that send the whole resource back repeat instructions that the change just removed.
    let next_term = wanted.next_term.filter(|next| {
        !matches!(next, NextTermChange::Set(next) if before.next_term.as_ref() == Some(next))
    });
    let is_scheduled = set_next_term(tx, &mut subscription, next_term)?;
    let others = is_renamed || is_transferred || is_renewed || is_scheduled;
    let suspended = SubscriptionStatus::Suspended;
    if others && before.status == suspended && subscription.status == suspended {
        return Err(Error::SubscriptionSuspended);
    }
    if subscription.status != before.status {
        if subscription.status == SubscriptionStatus::Deleted {
            billing::credit_subscription(tx, before);
        }
        carry_to_children(tx, &subscription);
    }
    let delay = tx.settings.delay(Transition::SubscriptionProvisioning);
    let is_slow = subscription.quantity != before.quantity && !delay.is_none();
    if is_slow {
        subscription.pending = Pending::Quantity;
        tx.schedule(
            Transition::SubscriptionProvisioning,
            Timer::CompleteProvisioning(customer, id),
        );
    }
    subscription.version += 1;
    let after = tx.subscriptions.put((customer, id), subscription);
    audit::subscription_updated(tx, row, after);
    Ok(if is_slow { Changed::Provisioning } else { Changed::Done })
}

fn set_quantity(
    tx: &Transaction,
    subscription: &mut Subscription,
    wanted: Option<i64>,
) -> Result<()> {
    let current = i64::from(subscription.quantity);
    let Some(wanted) = wanted.filter(|quantity| *quantity != 0 && *quantity != current) else {
        return Ok(());
    };
    if subscription.status == SubscriptionStatus::Suspended {
        return Err(Error::QuantityWhileSuspended);
    }
    if subscription.is_trial {
        return Err(Error::OfferNotUpdatable(subscription.offer_id.clone()));
    }
    let (min, max) = subscription.quantity_range;
    if !matches!(subscription.kind, SubscriptionKind::License | SubscriptionKind::Saas) {
        return Err(Error::QuantityFixed);
    }
    let quantity = u32::try_from(wanted)
        .ok()
        .filter(|quantity| (min..=max).contains(quantity))
        .ok_or(Error::QuantityOutOfRange { min, max })?;
    let is_reduced = wanted < current;
    if is_reduced && subscription.kind == SubscriptionKind::License {
        // New commerce takes seats back only as long as it takes the purchase back.
        if !subscription.is_cancellable(tx.now()) {
            return Err(Error::QuantityDecrease);
        }
    }
    if tx.settings.is_sandbox() && quantity > SANDBOX_SEATS {
        return Err(Error::SeatLimit(SANDBOX_SEATS));
    }
    subscription.quantity = quantity;
    Ok(())
}

fn set_status(
    tx: &Transaction,
    subscription: &mut Subscription,
    wanted: Option<StatusWish>,
) -> Result<()> {
    use SubscriptionKind::{AzurePlan, LegacyAzure, License, Saas, Software};
    use SubscriptionStatus::{Active, Deleted, Suspended};
    let from = subscription.status;
    let to = match wanted {
        None => return Ok(()),
        Some(StatusWish::Be(to)) if to == from => return Ok(()),
        Some(StatusWish::Be(to)) => to,
        Some(StatusWish::Unsettable(to)) => {
            return Err(Error::StatusNotChangeable { from: from.name(), to });
        }
    };
    let has_active = subscription.azure_entitlements.iter().any(|it| it.active);
    match (to, subscription.kind) {
        (Active, _) => {
            let parent = subscription.parent.map(|id| tx.subscription(subscription.customer, id));
            if let Some(parent) = parent
                && parent?.status != Active
            {
                return Err(Error::ParentNotActive);
            }
            subscription.suspension_reasons.clear();
        }
        (Suspended | Deleted, AzurePlan) if has_active => return Err(Error::AzurePlanInUse),
        (Suspended, LegacyAzure | AzurePlan | License) => {
            subscription.suspension_reasons = vec!["PartnerInitiated".to_owned()];
        }
        (Deleted, AzurePlan) => {}
        (Deleted, License | Saas) => {
            if !subscription.is_cancellable(tx.now()) {
                return Err(Error::CancellationWindowPassed(CANCELLATION_DAYS));
            }
        }
        (Suspended, Saas | Software) | (Deleted, LegacyAzure | Software) => {
            return Err(Error::StatusNotChangeable { from: from.name(), to: to.name() });
        }
    }
    if to == Deleted {
        subscription.auto_renew = false;
        subscription.next_term = None;
        subscription.suspension_reasons.clear();
    }
    subscription.status = to;
    Ok(())
}

/// Add-ons do not outlive what they add to: they are suspended and deleted with it, and stay
/// suspended when it runs again [choice].
fn carry_to_children(tx: &mut Transaction, parent: &Subscription) {
    if parent.status == SubscriptionStatus::Active {
        return;
    }
    let children: Vec<Subscription> = tx
        .subscriptions_of(parent.customer)
        .filter(|row| row.parent == Some(parent.id))
        .filter(|row| row.status != SubscriptionStatus::Deleted && row.status != parent.status)
        .map(|row| Subscription::clone(row))
        .collect();
    for mut child in children {
        if parent.status == SubscriptionStatus::Deleted {
            billing::credit_subscription(tx, &child);
        }
        child.status = parent.status;
        child.suspension_reasons.clone_from(&parent.suspension_reasons);
        child.auto_renew &= parent.status != SubscriptionStatus::Deleted;
        child.version += 1;
        tx.subscriptions.put((child.customer, child.id), child);
    }
}

fn set_name(subscription: &mut Subscription, wanted: Option<String>) -> Result<bool> {
    let Some(name) = wanted.filter(|name| !name.trim().is_empty()) else { return Ok(false) };
    if name == subscription.friendly_name {
        return Ok(false);
    }
    if name.chars().count() > LONGEST_NAME {
        let reason = format!("must have at most {LONGEST_NAME} characters");
        return Err(Error::invalid("friendlyName", reason));
    }
    subscription.friendly_name = name;
    Ok(true)
}

fn set_partner(
    tx: &State,
    subscription: &mut Subscription,
    wanted: Option<String>,
) -> Result<bool> {
    let Some(mpn_id) = wanted.filter(|id| !id.trim().is_empty()) else { return Ok(false) };
    if subscription.partner_id_on_record.as_deref() == Some(&mpn_id) {
        return Ok(false);
    }
    let refuse = |reason: &str| Err(Error::PartnerOnRecord(reason.to_owned()));
    if tx.partner.kind == PartnerKind::Direct {
        return refuse("a direct partner has no resellers");
    }
    match tx.partner.reseller_by_mpn(&mpn_id) {
        None => return refuse("partnerId must be the MPN id of one of your indirect resellers"),
        Some(reseller) if !reseller.active => {
            return refuse("the relationship with the reseller is not active");
        }
        Some(_) => subscription.partner_id_on_record = Some(mpn_id),
    }
    Ok(true)
}

fn set_renewal(subscription: &mut Subscription, wanted: Option<bool>) -> Result<bool> {
    let Some(auto_renew) = wanted.filter(|wanted| *wanted != subscription.auto_renew) else {
        return Ok(false);
    };
    if subscription.status == SubscriptionStatus::Deleted {
        return Ok(false);
    }
    if auto_renew && !subscription.is_renewable {
        return Err(Error::NotAutoRenewable);
    }
    subscription.auto_renew = auto_renew;
    if !auto_renew {
        subscription.next_term = None;
    }
    Ok(true)
}

fn set_next_term(
    tx: &State,
    subscription: &mut Subscription,
    wanted: Option<NextTermChange>,
) -> Result<bool> {
    const FIELD: &str = "scheduledNextTermInstructions";
    let next = match wanted {
        None => return Ok(false),
        Some(NextTermChange::Clear) => return Ok(subscription.next_term.take().is_some()),
        Some(NextTermChange::Set(next)) => next,
    };
    if subscription.kind != SubscriptionKind::License || !subscription.auto_renew {
        return Err(Error::NotAutoRenewable);
    }
    let item = format!("{}:{}:{}", next.product_id, next.sku_id, next.availability_id);
    let country = tx.customer(subscription.customer)?.country().to_owned();
    let offered = tx
        .catalogue
        .market(&country)
        .and_then(|market| tx.catalogue.resolve(&item, market))
        .map_err(|error| Error::invalid(format!("{FIELD}.product"), error.to_string()))?;
    if offered.term() != Some(next.term) {
        let term = offered.term().map_or("no term", Term::iso);
        let reason = format!("the availability is for {term}; choose the availability of the term");
        return Err(Error::invalid(format!("{FIELD}.product.termDuration"), reason));
    }
    if !offered.supported_billing_cycles().contains(&next.billing_cycle) {
        let field = format!("{FIELD}.product.billingCycle");
        return Err(Error::invalid(field, "is none of the item's supportedBillingCycles"));
    }
    let (min, max) = (offered.sku().minimum_quantity(), offered.sku().maximum_quantity());
    if !(min..=max).contains(&next.quantity) {
        return Err(Error::QuantityOutOfRange { min, max });
    }
    subscription.next_term = Some(next);
    Ok(true)
}
