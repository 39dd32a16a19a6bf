//! Judging one line: what it names, whether it is sold to this customer, what it costs.

use chrono::{DateTime, TimeDelta, Utc};

use super::addon::{has_addons, parent};
use super::{LineRequest, PricedLine, PurchaseFault, ReservationTerms};
use crate::domain::azure_subscriptions::{AzureSubscriptionState, azure_subscriptions};
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::catalogue::{
    Availability, Locale, LookupError, ProductKind, ReservationScope, ReservedResourceType,
};
use crate::domain::customers::Customer;
use crate::domain::ids::{AzureSubscriptionId, SubscriptionId};
use crate::domain::partner::PartnerKind;
use crate::domain::reservations::{AppliedScope, BillingPlan};
use crate::domain::state::State;
use crate::domain::subscriptions::{
    Registration, Subscription, SubscriptionKind, SubscriptionStatus,
};
use crate::domain::term::Term;

/// Judges a line at world time `now`.
pub fn judge(
    state: &State,
    customer: &Customer,
    line: &LineRequest,
    now: DateTime<Utc>,
) -> Result<PricedLine, PurchaseFault> {
    let priced = judge_item(state, customer, line, now)?;
    if !priced.base_skus.is_empty() && priced.parent.is_none() {
        return Err(PurchaseFault::AddOnParent(format!(
            "`{}` is an add-on; name the subscription it belongs to as parentSubscriptionId, or put it into addonItems of its base",
            priced.catalog_item_id
        )));
    }
    Ok(priced)
}

/// Judges a line; whether an add-on has a base is for the callers.
pub(super) fn judge_item(
    state: &State,
    customer: &Customer,
    line: &LineRequest,
    now: DateTime<Utc>,
) -> Result<PricedLine, PurchaseFault> {
    let market = state
        .catalogue
        .market(customer.country())
        .map_err(|_| PurchaseFault::CountryNotSupported(excerpt(&line.catalog_item_id)))?;
    let item = state.catalogue.resolve(&line.catalog_item_id, market).map_err(|error| {
        let id = excerpt(&line.catalog_item_id);
        match error {
            LookupError::OtherMarket { .. } | LookupError::Country { .. } => {
                PurchaseFault::CountryNotSupported(id)
            }
            _ => PurchaseFault::CatalogItemNotValid(id),
        }
    })?;
    let last_sale = item.sku().reserved_capacity().and_then(|capacity| capacity.last_sale());
    let ended =
        state.settings.enforce_last_sale && last_sale.is_some_and(|day| now.date_naive() > day);
    if ended || !item.is_purchasable() {
        return Err(PurchaseFault::NotPurchasable(excerpt(&line.catalog_item_id)));
    }
    let currency = item.currency();
    if let Some(given) = &line.currency
        && !given.eq_ignore_ascii_case(currency.code())
    {
        let expected = currency.code().to_owned();
        return Err(PurchaseFault::CurrencyNotSupported { given: excerpt(given), expected });
    }
    let quantity = quantity(line, &item)?;
    let term = term(line, &item)?;
    let billing_cycle = billing_cycle(line, &item)?;
    let partner_id_on_record = reseller(state, line)?;
    if item.sku().enforced_attestation().is_some() && line.attestation_accepted != Some(true) {
        return Err(PurchaseFault::AttestationNotAccepted(item.catalog_item_id()));
    }
    if let Some(promotion) = &line.promotion_id {
        // No promotion is on offer, so none fits.
        return Err(PurchaseFault::InvalidPromotion(excerpt(promotion)));
    }
    let custom_term_end = custom_term_end(line, &item, term, now)?;
    let reservation = match item.kind() {
        ProductKind::AzureReservation(kind) => {
            Some(reservation(state, customer, line, &item, kind)?)
        }
        _ => None,
    };
    let parent = parent(state, customer, line, &item)?;
    let sku = item.sku();
    let title = sku.title(Locale::new("en-US")).into_owned();
    let catalog_item_id = match item.kind() {
        ProductKind::LegacyAzure => {
            sku.offer_id().map_or_else(|| item.catalog_item_id(), str::to_owned)
        }
        _ => item.catalog_item_id(),
    };
    Ok(PricedLine {
        kind: item.kind(),
        catalog_item_id,
        product_id: sku.product().id().to_owned(),
        sku_id: sku.id().into_owned(),
        availability_id: item.id().to_string(),
        friendly_name: line
            .friendly_name
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map_or_else(|| title.clone(), str::to_owned),
        title,
        quantity,
        quantity_range: (sku.minimum_quantity(), sku.maximum_quantity()),
        billing_cycle,
        term,
        unit_price: item.price_per_bill(billing_cycle),
        decimals: currency.decimals(),
        currency: currency.code().to_owned(),
        currency_symbol: currency.symbol().to_owned(),
        reservation,
        partner_id_on_record,
        parent,
        custom_term_end,
        base_skus: sku.prerequisite_skus().map(str::to_owned).collect(),
        joins_base: false,
        has_addons: has_addons(state, &item),
        is_trial: sku.is_trial(),
        is_renewable: item.is_renewable(),
        is_microsoft_product: sku.product().is_microsoft_product(),
        publisher: sku.product().publisher().to_owned(),
    })
}

pub(super) fn excerpt(text: &str) -> String {
    text.chars().take(100).collect()
}

fn quantity(line: &LineRequest, item: &Availability<'_>) -> Result<u32, PurchaseFault> {
    let (min, max) = (item.sku().minimum_quantity(), item.sku().maximum_quantity());
    u32::try_from(line.quantity)
        .ok()
        .filter(|quantity| (min..=max).contains(quantity))
        .ok_or(PurchaseFault::Quantity { min, max })
}

/// The term of the item; what the line says about it, as term or as duration, must agree.
fn term(line: &LineRequest, item: &Availability<'_>) -> Result<Option<Term>, PurchaseFault> {
    let expected = item.term();
    if let Some(given) = line.term.as_deref().map(str::trim).filter(|t| !t.is_empty())
        && Term::from_iso(given).is_none_or(|term| Some(term) != expected)
    {
        return Err(PurchaseFault::TermNotSupported { given: excerpt(given), expected });
    }
    if let Some(given) = line.context("duration")
        && matches!(item.kind(), ProductKind::AzureReservation(_))
    {
        let term = Term::from_duration_word(given).or_else(|| Term::from_iso(given));
        if term.is_none() || term != expected {
            let wanted = expected.map_or("absent", Term::duration_word);
            return Err(PurchaseFault::invalid(
                "provisioningContext.duration",
                format!("must be {wanted} for this item, not `{}`", excerpt(given)),
            ));
        }
    }
    if let Some(renews_to) = &line.renews_to
        && Term::from_iso(renews_to).is_none()
    {
        return Err(PurchaseFault::invalid(
            "renewsTo.termDuration",
            format!("must be P1M, P1Y or P3Y, not `{}`", excerpt(renews_to)),
        ));
    }
    Ok(expected)
}

fn billing_cycle(
    line: &LineRequest,
    item: &Availability<'_>,
) -> Result<BillingCycle, PurchaseFault> {
    let supported = item.supported_billing_cycles();
    if line.billing_cycle == BillingCycle::Unknown {
        return Ok(supported.first().copied().unwrap_or(BillingCycle::OneTime));
    }
    if supported.contains(&line.billing_cycle) {
        return Ok(line.billing_cycle);
    }
    let names: Vec<&str> = supported.iter().map(|cycle| cycle.as_str()).collect();
    Err(PurchaseFault::BillingCycleNotSupported {
        given: line.billing_cycle.as_str(),
        supported: names.join(" or "),
    })
}

/// The MPN id of the reseller of record, from the line or its participants.
fn reseller(state: &State, line: &LineRequest) -> Result<Option<String>, PurchaseFault> {
    let participant = line.participants.iter().find(|(role, _)| {
        let role: String = role.chars().filter(|c| *c != '_').collect();
        role.eq_ignore_ascii_case("transactionreseller") || role == "1"
    });
    if !line.participants.is_empty() && state.partner.kind == PartnerKind::Direct {
        return Err(PurchaseFault::ParticipantsNotSupported);
    }
    for additional in &line.additional_partner_ids_on_record {
        of_record(state, additional)?;
    }
    let on_record = line.partner_id_on_record.as_deref().filter(|id| !id.is_empty());
    let Some(mpn_id) = participant.map(|(_, mpn_id)| mpn_id.as_str()).or(on_record) else {
        return Ok(None);
    };
    of_record(state, mpn_id)?;
    Ok(Some(mpn_id.to_owned()))
}

/// Refuses an MPN id that is neither the partner's nor that of one of its active resellers.
fn of_record(state: &State, mpn_id: &str) -> Result<(), PurchaseFault> {
    let partner = &state.partner;
    if mpn_id == partner.mpn_id {
        return Ok(());
    }
    match partner.reseller_by_mpn(mpn_id) {
        _ if partner.kind == PartnerKind::Direct => Err(PurchaseFault::ParticipantsNotSupported),
        Some(reseller) if reseller.active => Ok(()),
        _ => Err(PurchaseFault::NotAnIndirectReseller(excerpt(mpn_id))),
    }
}

fn custom_term_end(
    line: &LineRequest,
    item: &Availability<'_>,
    term: Option<Term>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, PurchaseFault> {
    let Some(end) = line.custom_term_end else { return Ok(None) };
    let (ProductKind::License, Some(term)) = (item.kind(), term) else {
        return Err(PurchaseFault::CustomTermEndDateProduct);
    };
    if end <= now || end > term.end_from(now) + TimeDelta::days(1) {
        return Err(PurchaseFault::CustomTermEndDate("must lie within the term".to_owned()));
    }
    Ok(Some(end))
}

/// What a reservation line must say about where it goes (contract: partner-center-carts-orders.md
/// §1, RI provisioningContext).
fn reservation(
    state: &State,
    customer: &Customer,
    line: &LineRequest,
    item: &Availability<'_>,
    resource_type: ReservedResourceType,
) -> Result<ReservationTerms, PurchaseFault> {
    let Some(capacity) = item.sku().reserved_capacity() else {
        return Err(PurchaseFault::CatalogItemNotValid(excerpt(&line.catalog_item_id)));
    };
    let Some(named) = line.context("subscriptionId") else {
        return Err(PurchaseFault::invalid(
            "provisioningContext.subscriptionId",
            "is required: the id of a registered Azure subscription of the customer",
        ));
    };
    let (named, subscription) = azure_subscription(state, customer, named)?;
    let wanted = match item.reservation_scope() {
        Some(ReservationScope::AzurePlan) => SubscriptionKind::AzurePlan,
        _ => SubscriptionKind::LegacyAzure,
    };
    if subscription.kind != wanted {
        return Err(PurchaseFault::SubscriptionNotEnabledForReservations(match wanted {
            SubscriptionKind::AzurePlan => {
                "the item is for an Azure plan; take one listed without reservationScope".to_owned()
            }
            _ => "the item is for Microsoft Azure (MS-AZR-0145P); take one listed with reservationScope=AzurePlan".to_owned(),
        }));
    }
    let scope = match line.context("scope") {
        None => {
            return Err(PurchaseFault::invalid(
                "provisioningContext.scope",
                "is required: shared or single",
            ));
        }
        Some(scope) if scope.eq_ignore_ascii_case("shared") => AppliedScope::Shared,
        Some(scope) if scope.eq_ignore_ascii_case("single") => AppliedScope::Single(named),
        Some(scope) => {
            return Err(PurchaseFault::invalid(
                "provisioningContext.scope",
                format!("must be shared or single, not `{}`", excerpt(scope)),
            ));
        }
    };
    if state.settings.is_sandbox() && !capacity.is_in_sandbox() {
        return Err(PurchaseFault::SandboxLimit(
            "a sandbox sells Standard_B1s for 1 year in koreasouth, eastus, westus2, northcentralus and canadaeast only".to_owned(),
        ));
    }
    let restrictions = item.sku().inventory_restrictions();
    if !restrictions.is_empty() {
        let texts: Vec<String> =
            restrictions.iter().map(crate::domain::catalogue::Restriction::description).collect();
        return Err(PurchaseFault::InventoryNotAvailable(texts.join(" ")));
    }
    Ok(ReservationTerms {
        resource_type,
        arm_sku_name: capacity.size().arm_sku_name().to_owned(),
        region: capacity.region().map(|region| region.arm_region_name().to_owned()),
        scope,
        subscription: subscription.id,
        plan: BillingPlan::Upfront,
        unit_price: item.unit_price(),
        usd_unit_price: item.usd_price(),
        instance_flexibility: (resource_type == ReservedResourceType::VirtualMachines)
            .then_some(true),
        renew: false,
        review: None,
    })
}

/// The subscription that a reservation is bought for, which may be named by its own id, and the Azure
/// subscription that it means: the one named, else the first in use.
fn azure_subscription(
    state: &State,
    customer: &Customer,
    named: &str,
) -> Result<(AzureSubscriptionId, Subscription), PurchaseFault> {
    let unknown = || PurchaseFault::SubscriptionNotFound(excerpt(named));
    let id: SubscriptionId = named.parse().map_err(|_| unknown())?;
    let by_own_id = state.subscriptions.get(&(customer.id, id));
    let row = by_own_id
        .or_else(|| {
            state.subscriptions_of(customer.id).find(|row| {
                row.azure_subscription.is_some_and(|azure| azure.0 == id.0)
                    || row.azure_entitlements.iter().any(|azure| azure.id.0 == id.0 && azure.active)
            })
        })
        .ok_or_else(unknown)?;
    let subscription = Subscription::clone(row);
    let shown = id.to_string();
    if !subscription.kind.is_azure() {
        return Err(PurchaseFault::SubscriptionNotAzure(shown));
    }
    if subscription.status != SubscriptionStatus::Active {
        return Err(PurchaseFault::SubscriptionNotActive(shown));
    }
    if subscription.registration != Registration::Registered {
        return Err(PurchaseFault::SubscriptionNotRegistered(shown));
    }
    let all = azure_subscriptions(&subscription);
    let meant = all
        .iter()
        .find(|azure| azure.id.0 == id.0)
        .or_else(|| all.iter().find(|azure| azure.state == AzureSubscriptionState::Enabled));
    match meant {
        Some(azure) => Ok((azure.id, subscription)),
        None => Err(PurchaseFault::SubscriptionNotActive(shown)),
    }
}
