//! Products whose SKUs a source spells out.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{MAX_USD, Place, identifier, segments, sold_term, text};
use crate::domain::{
    billing_cycle::BillingCycle,
    catalogue::{
        CatalogueError, LocalisedText, Product, ProductKind, SoftwareLicensing,
        product::{Common, Contents},
        sku::{AttributeText, ListedSku, TermOffer},
        source::{AttributeSource, KindSource, OfferSource, ProductSource, SkuSource},
    },
};

pub(super) fn listed(
    place: &Place<'_>,
    source: ProductSource,
    common: &Arc<Common>,
) -> Result<Product, CatalogueError> {
    let kind = match source.kind {
        KindSource::AzurePlan => ProductKind::AzurePlan,
        KindSource::LegacyAzure => ProductKind::LegacyAzure,
        KindSource::PerpetualSoftware => ProductKind::Software(SoftwareLicensing::Perpetual),
        KindSource::SoftwareSubscription => ProductKind::Software(SoftwareLicensing::Subscription),
        KindSource::SuseLinuxSubscription => ProductKind::Software(SoftwareLicensing::SuseLinux),
        KindSource::License => ProductKind::License,
        KindSource::Saas => ProductKind::Saas,
    };
    let description = text(&place.key("description"), source.description)?;
    let mut skus: Vec<ListedSku> = Vec::with_capacity(source.skus.len());
    for (at, sku) in source.skus.into_iter().enumerate() {
        let place = place.item("skus", at);
        let sku = listed_sku(&place, sku, &description, common)?;
        if skus.iter().any(|it| it.id.eq_ignore_ascii_case(&sku.id)) {
            return Err(place.key("id").error(format!("SKU '{}' is given twice", sku.id)));
        }
        skus.push(sku);
    }
    Ok(Product {
        id: identifier(&place.key("id"), source.id)?,
        kind,
        title: text(&place.key("title"), source.title)?,
        description,
        publisher: source.publisher.unwrap_or_else(|| "Microsoft".into()).into_boxed_str(),
        segments: segments(&place.key("segments"), &source.segments)?,
        contents: Contents::Listed(skus.into_boxed_slice()),
        common: Arc::clone(common),
    })
}

fn listed_sku(
    place: &Place<'_>,
    source: SkuSource,
    product_description: &LocalisedText,
    common: &Common,
) -> Result<ListedSku, CatalogueError> {
    if source.minimum == 0 || source.minimum > source.maximum {
        return Err(place.key("minimum").error("minimum is from 1 to maximum"));
    }
    let mut offers: Vec<TermOffer> = Vec::with_capacity(source.offers.len());
    let mut billing_cycles: Vec<BillingCycle> = Vec::new();
    for (at, source) in source.offers.into_iter().enumerate() {
        let place = place.item("offers", at);
        let offer = offer(&place, source, common)?;
        if offers.iter().any(|it| it.term == offer.term) {
            return Err(place.key("term").error("the term is given twice"));
        }
        for cycle in &offer.billing_cycles {
            if !billing_cycles.contains(cycle) {
                billing_cycles.push(*cycle);
            }
        }
        offers.push(offer);
    }
    if offers.is_empty() {
        return Err(place.key("offers").error("a SKU has at least one offer"));
    }
    let words = |words: Vec<String>| words.into_iter().map(String::into_boxed_str).collect();
    Ok(ListedSku {
        id: identifier(&place.key("id"), source.id)?,
        title: text(&place.key("title"), source.title)?,
        description: match source.description {
            Some(description) => text(&place.key("description"), description)?,
            None => product_description.clone(),
        },
        minimum: source.minimum,
        maximum: source.maximum,
        is_trial: source.is_trial,
        is_purchasable: source.is_purchasable,
        is_renewable: source.is_renewable,
        offer_id: source.offer_id.map(|id| identifier(&place.key("offerId"), id)).transpose()?,
        purchase_prerequisites: words(source.purchase_prerequisites),
        actions: words(source.actions),
        prerequisite_skus: words(source.prerequisite_skus),
        attestation: source.attestation.map(String::into_boxed_str),
        consumption_type: source.consumption_type.map(String::into_boxed_str),
        attributes: source
            .attributes
            .into_iter()
            .map(|(key, value)| {
                let value = match value {
                    AttributeSource::Flag(flag) => AttributeText::Flag(flag),
                    AttributeSource::Text(text) => AttributeText::Text(text.into_boxed_str()),
                };
                (key.into_boxed_str(), value)
            })
            .collect(),
        offers: offers.into_boxed_slice(),
        billing_cycles: billing_cycles.into_boxed_slice(),
    })
}

fn offer(
    place: &Place<'_>,
    source: OfferSource,
    common: &Common,
) -> Result<TermOffer, CatalogueError> {
    let term = source.term.map(|name| sold_term(&place.key("term"), &name, common)).transpose()?;
    if source.usd < Decimal::ZERO || source.usd > MAX_USD {
        return Err(place.key("usd").error(format!("a price is from 0 to {MAX_USD}")));
    }
    let place = place.key("billingCycles");
    let mut billing_cycles = Vec::with_capacity(source.billing_cycles.len());
    for name in &source.billing_cycles {
        let cycle = BillingCycle::from_name(name)
            .filter(|cycle| *cycle != BillingCycle::Unknown)
            .ok_or_else(|| place.error(format!("'{name}' is no billing cycle")))?;
        billing_cycles.push(cycle);
    }
    if billing_cycles.is_empty() {
        return Err(place.error("an offer has at least one billing cycle"));
    }
    Ok(TermOffer { term, billing_cycles: billing_cycles.into_boxed_slice(), usd: source.usd })
}
