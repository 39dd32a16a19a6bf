//! Reservation families from their source.

use std::{collections::BTreeSet, sync::Arc};

use rust_decimal::Decimal;

use super::{MAX_FACTOR, Place, identifier, label, positive, segments, sold_term, term, text};
use crate::domain::catalogue::{
    CatalogueError, Product, ProductKind, ReservationFamily, ReservationScope,
    ReservedResourceType, ReservedSize,
    product::{Common, Contents},
    reservation::{RegionSet, ReservedTerm, RestrictionRule, SkuSelection},
    reserved_sku::ReservedPosition,
    source::{RegionsSource, ReservationSource, SelectionSource},
};

pub(super) fn reservation(
    place: &Place<'_>,
    source: ReservationSource,
    common: &Arc<Common>,
) -> Result<Product, CatalogueError> {
    let resource =
        ReservedResourceType::from_name(&source.reserved_resource_type).ok_or_else(|| {
            let reason = format!("'{}' is no reservedResourceType", source.reserved_resource_type);
            place.key("reservedResourceType").error(reason)
        })?;
    let mut sizes: Vec<ReservedSize> = Vec::with_capacity(source.sizes.len());
    for (at, size) in source.sizes.into_iter().enumerate() {
        let place = place.item("sizes", at);
        let name = label(&place.key("armSkuName"), size.arm_sku_name)?;
        if sizes.iter().any(|it| it.arm_sku_name.eq_ignore_ascii_case(&name)) {
            return Err(place.error(format!("size '{name}' is given twice")));
        }
        sizes.push(ReservedSize {
            arm_sku_name: name,
            display_name: label(&place.key("displayName"), size.display_name)?,
            cores: size.cores,
            ram_gib: size.ram,
            flexibility_ratio: size.ratio,
            usd_per_hour: positive(&place.key("usdPerHour"), size.usd_per_hour, MAX_FACTOR)?,
        });
    }
    if sizes.is_empty() || sizes.len() > ReservedPosition::MAX_SIZES {
        let most = ReservedPosition::MAX_SIZES;
        return Err(place.key("sizes").error(format!("a family has 1 to {most} sizes")));
    }
    let mut terms: Vec<ReservedTerm> = Vec::with_capacity(source.terms.len());
    for (at, sold) in source.terms.into_iter().enumerate() {
        let place = place.item("terms", at);
        let term = sold_term(&place.key("term"), &sold.term, common)?;
        if terms.iter().any(|it| it.term == term) {
            return Err(place.error(format!("term {term} is given twice")));
        }
        if sold.discount < Decimal::ZERO || sold.discount >= Decimal::ONE {
            return Err(place.key("discount").error("a discount is from 0 to below 1"));
        }
        terms.push(ReservedTerm { term, discount: sold.discount, last_sale: sold.last_sale });
    }
    terms.sort_by_key(|sold| sold.term);
    if terms.is_empty() {
        return Err(place.key("terms").error("a family has at least one term"));
    }
    let scopes = match source.scopes {
        None => ReservationScope::ALL.into(),
        Some(names) => names
            .iter()
            .map(|name| {
                let find = |it: &ReservationScope| name.eq_ignore_ascii_case(it.as_str());
                ReservationScope::ALL.into_iter().find(find).ok_or_else(|| {
                    let reason = format!("'{name}' is neither MicrosoftAzure nor AzurePlan");
                    place.key("scopes").error(reason)
                })
            })
            // A set, because a scope given twice would list every availability twice.
            .collect::<Result<BTreeSet<_>, _>>()?
            .into_iter()
            .collect(),
    };
    let regions = match source.regions {
        RegionsSource::Only(names) => region_set(&place.key("regions.only"), &names, common)?,
        RegionsSource::Except(names) => {
            let except = region_set(&place.key("regions.except"), &names, common)?;
            let mut regions = RegionSet::default();
            (0_u8..).take(common.regions.len()).for_each(|region| regions.insert(region));
            except.iter().for_each(|region| regions.remove(region));
            if regions.is_empty() {
                return Err(place.key("regions.except").error("no region is left"));
            }
            regions
        }
    };
    let mut restrictions = Vec::with_capacity(source.restrictions.len());
    for (at, rule) in source.restrictions.into_iter().enumerate() {
        let place = place.item("restrictions", at);
        let skus = selection(&place.key("skus"), rule.skus, &sizes, common)?;
        let reason_code = label(&place.key("reasonCode"), rule.reason_code)?;
        restrictions.push(RestrictionRule { skus, reason_code });
    }
    let selections = |key: &str, sources: Vec<SelectionSource>| {
        let select = |(at, source)| selection(&place.item(key, at), source, &sizes, common);
        sources.into_iter().enumerate().map(select).collect::<Result<Box<[_]>, _>>()
    };
    let withdrawn = selections("withdrawn", source.withdrawn)?;
    let sandbox = selections("sandbox", source.sandbox)?;
    Ok(Product {
        id: identifier(&place.key("id"), source.id)?,
        kind: ProductKind::AzureReservation(resource),
        title: text(&place.key("title"), source.title)?,
        description: text(&place.key("description"), source.description)?,
        publisher: "Microsoft".into(),
        segments: segments(&place.key("segments"), &source.segments)?,
        contents: Contents::Reserved(Box::new(ReservationFamily {
            reserved_resource_type: resource,
            sku_title: text(&place.key("skuTitle"), source.sku_title)?,
            category: source.category.map(String::into_boxed_str),
            disk_type: source.disk_type.map(String::into_boxed_str),
            tier: source.tier.map(String::into_boxed_str),
            flexibility_group: source.flexibility_group.map(String::into_boxed_str),
            regions,
            scopes,
            sizes: sizes.into_boxed_slice(),
            terms: terms.into_boxed_slice(),
            restrictions: restrictions.into_boxed_slice(),
            withdrawn,
            sandbox,
        })),
        common: Arc::clone(common),
    })
}

fn selection(
    place: &Place<'_>,
    source: SelectionSource,
    sizes: &[ReservedSize],
    common: &Common,
) -> Result<SkuSelection, CatalogueError> {
    let mut selected = Vec::with_capacity(source.sizes.len());
    for name in &source.sizes {
        let at = sizes.iter().position(|size| size.arm_sku_name.eq_ignore_ascii_case(name));
        let at = at.and_then(|at| u16::try_from(at).ok());
        let place = place.key("sizes");
        selected.push(at.ok_or_else(|| place.error(format!("the family has no size '{name}'")))?);
    }
    let read_term = |name: &String| term(&place.key("terms"), name);
    Ok(SkuSelection {
        sizes: selected.into_boxed_slice(),
        regions: region_set(&place.key("regions"), &source.regions, common)?,
        terms: source.terms.iter().map(read_term).collect::<Result<_, _>>()?,
    })
}

fn region_set(
    place: &Place<'_>,
    names: &[String],
    common: &Common,
) -> Result<RegionSet, CatalogueError> {
    let mut regions = RegionSet::default();
    for name in names {
        let at = common.regions.iter().position(|it| it.arm_region_name.eq_ignore_ascii_case(name));
        let at = at.and_then(|at| u8::try_from(at).ok());
        regions.insert(at.ok_or_else(|| place.error(format!("there is no region '{name}'")))?);
    }
    Ok(regions)
}
