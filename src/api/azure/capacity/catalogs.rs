//! What can be reserved, and which reservations a subscription uses
//! (contract: azure-reservations.md §3.8, §3.9).

use std::collections::BTreeMap;

use actix_web::http::Method;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::bodies::PriceBody;
use super::{SUBSCRIPTION, TAG, operation};
use crate::api::azure::caller::Caller;
use crate::api::azure::error::{ArmFault, INVALID_LOCATION_ID, SUBSCRIPTION_NOT_FOUND};
use crate::api::azure::paging::{count, next_link};
use crate::api::azure::subscription::subscription_of;
use crate::api::azure::version;
use crate::api::call::Call;
use crate::api::operation::{Fidelity, Operation};
use crate::api::reply::Reply;
use crate::domain::authorization::Scope;
use crate::domain::catalogue::{
    Catalogue, Locale, ReservationFamily, ReservedResourceType, ReservedSize, Sku,
};
use crate::domain::reservations::{BillingPlan, applies_to};
use crate::domain::term::Term;

/// Items of a page, and the most that one can ask for [choice].
const PAGE: (usize, usize) = (500, 1000);
/// The first version that answers with pages instead of a bare list.
const PAGED: &str = "2022-11-01";

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let text = || json!({ "type": "string" });
    let number = || json!({ "type": "number", "minimum": 0 });
    vec![
        operation(
            Method::GET,
            "/subscriptions/{subscription_id}/providers/Microsoft.Capacity/catalogs",
            "getCatalog",
            catalog,
        )
        .summary(TAG, "List what can be reserved")
        .describe("From the same catalogue as Partner Center's products. Versions before 2022-11-01 answer a bare list.")
        .source(Fidelity::Recorded, "azure-reservations.md#38-get-subscriptionssprovidersmicrosoftcapacitycatalogs")
        .query("reservedResourceType", text(), "Kind of resource; required in practice.")
        .query("location", text(), "Region; required for what is sold by region.")
        .query("publisherId", text(), "For software on virtual machines, which is not sold here.")
        .query("offerId", text(), "The same.")
        .query("planId", text(), "The same.")
        .query("$filter", text(), "Accepted and not looked at.")
        .query("$skip", number(), "How many to skip.")
        .query("$take", number(), "Items of a page, 1000 at most.")
        .example("subscription_id", SUBSCRIPTION)
        .example_query("reservedResourceType", "VirtualMachines")
        .example_query("location", "eastus")
        .gives::<CatalogPage>(200, "A page of sizes; a bare list of them before 2022-11-01.")
        .faults(&[SUBSCRIPTION_NOT_FOUND, INVALID_LOCATION_ID]),
        operation(
            Method::GET,
            "/subscriptions/{subscription_id}/providers/Microsoft.Capacity/appliedReservations",
            "getAppliedReservationList",
            applied,
        )
        .summary(TAG, "List the reservation orders that apply to a subscription")
        .source(Fidelity::Recorded, "azure-reservations.md#39-get-subscriptionssprovidersmicrosoftcapacityappliedreservations")
        .example("subscription_id", SUBSCRIPTION)
        .gives::<AppliedBody>(200, "The orders with a reservation in force that applies to it.")
        .faults(&[SUBSCRIPTION_NOT_FOUND]),
    ]
}

/// A page of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum CatalogPage {
    /// As the version 2022-11-01 and later answer it.
    Paged(PagedCatalog),
    /// As earlier versions answer it.
    Bare(Vec<CatalogItem>),
}

/// A page of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CatalogsResult)]
struct PagedCatalog {
    /// The sizes.
    value: Vec<CatalogItem>,
    /// Where the next page is; null on the last.
    next_link: Option<String>,
    /// How many there are.
    total_items: usize,
}

/// A size that can be reserved.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Catalog)]
struct CatalogItem {
    /// Kind of resource, in lower camel case.
    #[schema(example = "virtualMachines")]
    resource_type: String,
    /// ARM name.
    name: String,
    /// How each term can be paid.
    billing_plans: BTreeMap<&'static str, Vec<&'static str>>,
    /// Terms.
    terms: Vec<&'static str>,
    /// Regions.
    locations: Vec<String>,
    /// More about the size.
    sku_properties: Vec<NameValue>,
    /// Prices in US dollars, by term.
    msrp: Prices,
    /// Why it cannot be had; empty when it can.
    restrictions: Vec<RestrictionBody>,
    /// Tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<String>,
    /// Short name.
    size: String,
    /// What the size can do.
    capabilities: Vec<NameValue>,
}

/// A name and its value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SkuProperty)]
struct NameValue {
    /// Name.
    name: &'static str,
    /// Value.
    value: String,
}

/// Prices by term.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = CatalogMsrp)]
struct Prices {
    /// One year.
    #[serde(rename = "p1Y", skip_serializing_if = "Option::is_none")]
    one_year: Option<PriceBody>,
    /// Three years.
    #[serde(rename = "p3Y", skip_serializing_if = "Option::is_none")]
    three_years: Option<PriceBody>,
}

/// Why a size cannot be had.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SkuRestriction)]
struct RestrictionBody {
    /// Always `Location`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Where.
    values: Vec<String>,
    /// Why.
    reason_code: String,
}

/// `VirtualMachines` as `virtualMachines`.
fn lower_camel(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + chars.as_str())
}

fn item(
    kind: ReservedResourceType,
    family: &ReservationFamily,
    size: &ReservedSize,
    region: Option<&str>,
    skus: &[(Term, Sku<'_>)],
) -> CatalogItem {
    let mut billing_plans = BTreeMap::new();
    let mut msrp = Prices::default();
    for (term, sku) in skus {
        let plans = [BillingPlan::Upfront, BillingPlan::Monthly];
        let monthly = kind.allows_monthly_payments();
        let possible = plans.iter().filter(|plan| **plan == BillingPlan::Upfront || monthly);
        billing_plans.insert(term.iso(), possible.map(|plan| plan.name()).collect());
        let price = sku.reserved_capacity().map(|it| PriceBody::usd(it.usd_price()));
        match term {
            Term::P1Y => msrp.one_year = price,
            Term::P3Y => msrp.three_years = price,
            Term::P1M => {}
        }
    }
    let locations: Vec<String> = region.iter().map(|name| (*name).to_owned()).collect();
    let title = skus.first().map(|(_, sku)| sku.title(Locale::new("en-US")).into_owned());
    let number = |name, value: Option<Decimal>| {
        value.map(|value| NameValue { name, value: value.normalize().to_string() })
    };
    let cores = size.cores().map(Decimal::from);
    let of = |name, value: Option<&str>| value.map(|v| NameValue { name, value: v.to_owned() });
    let sku_properties = [
        number("Cores", cores),
        number("Ram", size.ram_gib()),
        of("ProductTitle", title.as_deref()),
        of("SKUName", Some(size.arm_sku_name())),
        of("ReservationsAutofitGroup", family.flexibility_group()),
        number("ReservationsAutofitRatio", size.flexibility_ratio()),
    ];
    let restrictions = skus
        .iter()
        .flat_map(|(_, sku)| sku.inventory_restrictions())
        .take(1)
        .map(|restriction| RestrictionBody {
            kind: "Location",
            values: locations.clone(),
            reason_code: restriction.reason_code.to_owned(),
        })
        .collect();
    CatalogItem {
        resource_type: lower_camel(kind.as_str()),
        name: size.arm_sku_name().to_owned(),
        billing_plans,
        terms: skus.iter().map(|(term, _)| term.iso()).collect(),
        locations,
        sku_properties: sku_properties.into_iter().flatten().collect(),
        msrp,
        restrictions,
        tier: family.tier().map(str::to_owned),
        size: size.display_name().to_owned(),
        capabilities: number("vCPUs", cores).into_iter().collect(),
    }
}

/// Everything of a kind that is sold, in one region or, for kinds without one, everywhere.
fn items(
    catalogue: &Catalogue,
    kind: ReservedResourceType,
    location: Option<&str>,
) -> Vec<CatalogItem> {
    let mut all = Vec::new();
    for product in catalogue.reservation_products(kind) {
        let Some(family) = product.reservation_family() else { continue };
        let region = family.is_regional().then_some(location).flatten();
        for size in family.sizes() {
            let skus: Vec<(Term, Sku<'_>)> = family
                .terms()
                .filter_map(|term| {
                    let sku = product.reserved_sku(size.arm_sku_name(), region, term)?;
                    Some((term, sku))
                })
                .filter(|(_, sku)| sku.is_purchasable())
                .collect();
            if !skus.is_empty() {
                all.push(item(kind, family, size, region, &skus));
            }
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn catalog(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let view = call.view();
    let subscription = subscription_of(call, &caller, &view.state)?;
    let scope = Scope::Subscription(subscription.id);
    caller.check_at(&view.state, "Microsoft.Capacity/catalogs/read", &scope)?;
    let catalogue = &view.state.catalogue;
    let query = call.query();
    let location = query.get("location").map(str::to_ascii_lowercase);
    if let Some(name) = &location
        && catalogue.region(name).is_none()
    {
        let shown: String = name.chars().take(60).collect();
        let text = format!("location: `{shown}` is no region that reservations are sold in");
        return Err(ArmFault::new(INVALID_LOCATION_ID, text));
    }
    let kind = match query.get("reservedResourceType") {
        None => {
            let help = "is required: a kind of resource such as VirtualMachines";
            return Err(ArmFault::invalid("reservedResourceType", help));
        }
        Some(text) => ReservedResourceType::from_name(text).ok_or_else(|| {
            let all: Vec<&str> = ReservedResourceType::ALL.iter().map(|it| it.as_str()).collect();
            ArmFault::unknown_word("reservedResourceType", text, &all.join(", "))
        })?,
    };
    let regional = catalogue
        .reservation_products(kind)
        .any(|product| product.reservation_family().is_some_and(ReservationFamily::is_regional));
    if regional && location.is_none() {
        let text = "location: is required for what is sold by region, for example eastus";
        return Err(ArmFault::new(INVALID_LOCATION_ID, text));
    }
    let all = items(catalogue, kind, location.as_deref());
    let total_items = all.len();
    let skip = count(call, "$skip")?.unwrap_or(0);
    let take = count(call, "$take")?.unwrap_or(PAGE.0).clamp(1, PAGE.1);
    let value: Vec<CatalogItem> = all.into_iter().skip(skip).take(take).collect();
    if !version::is_from(call, PAGED) {
        return Ok(Reply::ok(&CatalogPage::Bare(value)));
    }
    let next = skip.saturating_add(take);
    let next_link = (next < total_items)
        .then(|| next_link(call, &[("$skip", next.to_string()), ("$take", take.to_string())]));
    Ok(Reply::ok(&CatalogPage::Paged(PagedCatalog { value, next_link, total_items })))
}

/// The reservation orders that apply to a subscription.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AppliedReservations)]
struct AppliedBody {
    /// Resource id.
    id: String,
    /// Always `default`.
    name: &'static str,
    /// Always `Microsoft.Capacity/AppliedReservations`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The orders.
    properties: AppliedProperties,
}

/// The reservation orders that apply to a subscription.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AppliedReservationsProperties)]
struct AppliedProperties {
    /// The orders.
    reservation_order_ids: AppliedOrders,
}

/// The reservation orders that apply to a subscription.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AppliedReservationList)]
struct AppliedOrders {
    /// Their resource ids.
    value: Vec<String>,
}

fn applied(call: &Call<'_>) -> Result<Reply, ArmFault> {
    let caller = Caller::of(call)?;
    let view = call.view();
    let state = &view.state;
    let subscription = subscription_of(call, &caller, state)?;
    let value = state
        .reservation_orders_of(subscription.customer)
        .filter(|order| caller.directory.is_none_or(|it| it == order.directory))
        .filter(|order| caller.sees(state, order.id, None))
        .filter(|order| {
            state
                .reservations_of(order.customer, order.id)
                .any(|reservation| applies_to(state, order, reservation, &subscription))
        })
        .map(|order| format!("/providers/Microsoft.Capacity/reservationorders/{}", order.id))
        .collect();
    Ok(Reply::ok(&AppliedBody {
        id: format!(
            "/subscriptions/{}/providers/microsoft.capacity/AppliedReservations/default",
            subscription.id
        ),
        name: "default",
        kind: "Microsoft.Capacity/AppliedReservations",
        properties: AppliedProperties { reservation_order_ids: AppliedOrders { value } },
    }))
}
