//! Buying a reservation in Azure's words: what is asked for, what it costs, and the order of Partner
//! Center that it becomes, so that it shows on both sides (contract: azure-reservations.md §4,
//! reservation-business-rules.md §10 [choice]).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::scope::check_scope;
use super::{AppliedScope, BillingPlan, Reservation, ReservationFault, ReservationOrder};
use crate::domain::azure_subscriptions::AzureSubscriptionState;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::catalogue::{Locale, ReservationScope, ReservedResourceType, Segment, Sku};
use crate::domain::error::{Error, Result};
use crate::domain::ids::{
    AzureSubscriptionId, CustomerId, OrderId, ReservationOrderId, SubscriptionId, TenantId,
};
use crate::domain::orders::{self, TransactionKind};
use crate::domain::purchase::{LineRequest, PurchaseFault, judge};
use crate::domain::state::State;
use crate::domain::subscriptions::SubscriptionKind;
use crate::domain::term::Term;
use crate::domain::transaction::Transaction;

/// Most of one purchase [choice].
const MOST: u32 = 10_000;

/// A reservation as it is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewReservation {
    /// Kind of resource.
    pub resource_type: ReservedResourceType,
    /// ARM name of the size.
    pub sku: String,
    /// ARM name of the region; none for services without one.
    pub location: Option<String>,
    /// The subscription that is billed.
    pub billing_subscription: AzureSubscriptionId,
    /// Term.
    pub term: Term,
    /// How it is paid.
    pub plan: BillingPlan,
    /// How many.
    pub quantity: u32,
    /// Name; made up when absent.
    pub display_name: Option<String>,
    /// Where the discount applies.
    pub scope: AppliedScope,
    /// Whether it renews at its end.
    pub renew: bool,
    /// Whether other sizes of its group use it; on for virtual machines when absent.
    pub instance_flexibility: Option<bool>,
    /// When to review it.
    pub review: Option<DateTime<Utc>>,
}

/// What is on offer for a wanted reservation.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// `product:sku:availability`.
    pub catalog_item_id: String,
    /// The subscription of Partner Center that is billed.
    pub subscription: SubscriptionId,
    /// Title of the SKU.
    pub title: String,
    /// Price of one unit for the whole term, in `currency`.
    pub unit_price: Decimal,
    /// The same in US dollars.
    pub usd_unit_price: Decimal,
    /// Currency of the customer's market.
    pub currency: String,
    /// Decimals of that currency.
    pub decimals: u32,
}

/// What the catalogue offers for the reservation, once everything it names is found good
/// (contract: azure-reservations.md §4.1, errors). Its scope is one of `directory`, where its order is
/// to be seen.
pub fn offer(
    state: &State,
    customer: CustomerId,
    directory: TenantId,
    wanted: &NewReservation,
) -> Result<Offer> {
    if wanted.quantity == 0 || wanted.quantity > MOST {
        let reason = format!("must be 1 to {MOST}");
        return Err(ReservationFault::invalid("properties.quantity", reason).into());
    }
    let billed = state
        .azure_subscription(wanted.billing_subscription)
        .filter(|found| found.customer == customer)
        .ok_or_else(|| {
            let reason = "is no Azure subscription of the customer; GET /subscriptions lists them";
            unusable(wanted.billing_subscription, reason)
        })?;
    if billed.state != AzureSubscriptionState::Enabled {
        return Err(unusable(billed.id, "is not enabled").into());
    }
    if wanted.plan == BillingPlan::Monthly && !wanted.resource_type.allows_monthly_payments() {
        let reason = format!("{} is paid Upfront only", wanted.resource_type.as_str());
        return Err(ReservationFault::invalid("properties.billingPlan", reason).into());
    }
    let sku = sku_of(state, wanted)?;
    check_scope(state, customer, directory, billed.kind, &wanted.scope)?;
    check_flexibility(wanted.resource_type, &wanted.scope, wanted.instance_flexibility)?;
    let country = state.customer(customer)?.country().to_owned();
    let market = state.catalogue.market(&country).map_err(|_| {
        ReservationFault::Purchase(format!("reservations are not sold in {country}"))
    })?;
    let scope = match billed.kind {
        SubscriptionKind::AzurePlan => ReservationScope::AzurePlan,
        _ => ReservationScope::MicrosoftAzure,
    };
    let found = state
        .catalogue
        .availabilities(sku.product().id(), &sku.id(), market, Some(Segment::Commercial), scope)
        .unwrap_or_default();
    let item = found.first().filter(|item| item.is_purchasable()).ok_or_else(|| {
        ReservationFault::Purchase(format!("{} is not on offer in {country}", wanted.sku))
    })?;
    Ok(Offer {
        catalog_item_id: item.catalog_item_id(),
        subscription: billed.subscription,
        title: item.sku().title(Locale::new("en-US")).into_owned(),
        unit_price: item.unit_price(),
        usd_unit_price: item.usd_price(),
        currency: item.currency().code().to_owned(),
        decimals: item.currency().decimals(),
    })
}

fn unusable(id: AzureSubscriptionId, reason: &str) -> ReservationFault {
    ReservationFault::SubscriptionNotUsable(format!("/subscriptions/{id}"), reason.to_owned())
}

/// The SKU of the catalogue, with the reason told when there is none.
fn sku_of<'s>(state: &'s State, wanted: &NewReservation) -> Result<Sku<'s>> {
    let kind = wanted.resource_type;
    let location = wanted.location.as_deref();
    if let Some(sku) = state.catalogue.reserved_sku(kind, &wanted.sku, location, wanted.term) {
        return Ok(sku);
    }
    let families: Vec<_> = state
        .catalogue
        .reservation_products(kind)
        .filter(|product| {
            product.reservation_family().is_some_and(|family| {
                let mut sizes = family.sizes().iter();
                sizes.any(|size| size.arm_sku_name().eq_ignore_ascii_case(&wanted.sku))
            })
        })
        .collect();
    let Some(family) = families.iter().find_map(|product| product.reservation_family()) else {
        let reason = format!("`{}` is no size of {}", wanted.sku, kind.as_str());
        return Err(ReservationFault::invalid("sku.name", reason).into());
    };
    if !family.terms().any(|term| term == wanted.term) {
        let terms: Vec<&str> = family.terms().map(Term::iso).collect();
        let reason = format!("{} is sold for {}", wanted.sku, terms.join(" and "));
        return Err(ReservationFault::Term(wanted.term.iso().to_owned(), reason).into());
    }
    let reason = match location {
        None => "is required: a region such as westeurope".to_owned(),
        Some(name) if state.catalogue.region(name).is_none() => {
            "is no region that reservations are sold in".to_owned()
        }
        Some(_) => format!("{} is not sold there", wanted.sku),
    };
    Err(ReservationFault::Location(location.unwrap_or_default().to_owned(), reason).into())
}

/// Whether instance size flexibility can be set so
/// (contract: reservation-business-rules.md §6).
pub(super) fn check_flexibility(
    kind: ReservedResourceType,
    scope: &AppliedScope,
    flexibility: Option<bool>,
) -> Result<()> {
    const FIELD: &str = "instanceFlexibility";
    match flexibility {
        Some(_) if kind != ReservedResourceType::VirtualMachines => {
            Err(ReservationFault::invalid(FIELD, "is for virtual machines only").into())
        }
        Some(false) if scope.subscription().is_none() => Err(ReservationFault::invalid(
            FIELD,
            "Off gives capacity priority, which needs the scope Single",
        )
        .into()),
        _ => Ok(()),
    }
}

/// What a reservation buys when it renews as it is
/// (contract: reservation-business-rules.md §9).
pub(super) fn renewed(
    state: &State,
    order: &ReservationOrder,
    reservation: &Reservation,
) -> Result<NewReservation> {
    let billed = state
        .billing_subscription(order.customer, order.billing_subscription)
        .ok_or_else(|| Error::SubscriptionNotFound(order.billing_subscription.to_string()))?;
    Ok(NewReservation {
        resource_type: order.resource_type,
        sku: order.arm_sku_name.clone(),
        location: order.region.clone(),
        billing_subscription: billed.id,
        term: order.term,
        plan: order.plan,
        quantity: reservation.quantity,
        display_name: Some(reservation.display_name.clone()),
        scope: reservation.scope.clone(),
        renew: true,
        instance_flexibility: reservation.instance_flexibility,
        review: None,
    })
}

/// The name that a reservation has when none is given [choice: type, `RI`, date].
pub(super) fn default_name(kind: ReservedResourceType, now: DateTime<Utc>) -> String {
    let short = match kind {
        ReservedResourceType::VirtualMachines => "VM",
        other => other.as_str(),
    };
    format!("{short}_RI_{}", now.format("%m-%d-%Y_%H-%M"))
}

/// Places the order of Partner Center for the reservation. Its reservation order is in force once that
/// order is fulfilled.
pub(super) fn buy(
    tx: &mut Transaction,
    customer: CustomerId,
    directory: TenantId,
    wanted: &NewReservation,
    by: TransactionKind,
) -> Result<(OrderId, ReservationOrderId)> {
    let offer = offer(tx, customer, directory, wanted)?;
    let customer = std::sync::Arc::clone(tx.customer(customer)?);
    let now = tx.now();
    let name = wanted.display_name.clone();
    let provisioning_context = BTreeMap::from([
        ("subscriptionId".to_owned(), wanted.billing_subscription.to_string()),
        ("scope".to_owned(), "shared".to_owned()),
        ("duration".to_owned(), wanted.term.duration_word().to_owned()),
    ]);
    let request = LineRequest {
        catalog_item_id: offer.catalog_item_id,
        friendly_name: Some(name.unwrap_or_else(|| default_name(wanted.resource_type, now))),
        quantity: wanted.quantity.into(),
        provisioning_context,
        ..LineRequest::default()
    };
    let mut line = judge(tx, &customer, &request, now).map_err(|fault| match fault {
        PurchaseFault::InventoryNotAvailable(reason) => ReservationFault::OutOfStock(reason),
        other => ReservationFault::Purchase(other.to_string()),
    })?;
    if let Some(terms) = &mut line.reservation {
        terms.scope = wanted.scope.clone();
        terms.plan = wanted.plan;
        terms.renew = wanted.renew;
        terms.review = wanted.review;
        if wanted.instance_flexibility.is_some() {
            terms.instance_flexibility = wanted.instance_flexibility;
        }
    }
    if wanted.plan == BillingPlan::Monthly {
        let months = Decimal::from(wanted.term.months());
        line.billing_cycle = BillingCycle::Monthly;
        line.unit_price = super::schedule::round(line.unit_price / months, line.decimals);
    }
    let id = orders::place_group(tx, &customer, vec![(request, line)], None, by)
        .map_err(|error| ReservationFault::Purchase(error.to_string()))?;
    let order = tx.order(customer.id, &id)?;
    let made = order.lines.first().and_then(|line| line.reservation_order);
    let made = made.ok_or_else(|| Error::Internal(format!("order {id} reserves nothing")))?;
    Ok((id, made))
}

/// Whether a reservation can still be changed.
pub(super) fn is_changeable(reservation: &Reservation) -> Result<()> {
    if reservation.is_in_force() && !reservation.changing {
        return Ok(());
    }
    Err(ReservationFault::WrongState {
        reservation: reservation.id,
        state: reservation.provisioning_state(),
        needed: "only one that is Succeeded can be changed",
    }
    .into())
}
