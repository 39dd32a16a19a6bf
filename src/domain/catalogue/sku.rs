//! SKUs: listed ones as the sources give them, reserved ones computed from size, region and term.
//! Prices and markets are the availability's matter.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::{
    Locale, LocalisedText, Product, ProductKind, ReservationFamily, ReservedSku,
    reserved_sku::ReservedPosition,
    text::{TitleWords, fill},
};
use crate::domain::{billing_cycle::BillingCycle, term::Term};

/// Largest quantity of a reservation SKU.
const RESERVATION_MAXIMUM: u32 = 999_999_999;

/// A SKU that a source spells out.
#[derive(Debug)]
pub(super) struct ListedSku {
    pub id: Box<str>,
    pub title: LocalisedText,
    pub description: LocalisedText,
    pub minimum: u32,
    pub maximum: u32,
    pub is_trial: bool,
    pub is_purchasable: bool,
    pub is_renewable: bool,
    pub offer_id: Option<Box<str>>,
    pub purchase_prerequisites: Box<[Box<str>]>,
    pub actions: Box<[Box<str>]>,
    pub prerequisite_skus: Box<[Box<str>]>,
    pub attestation: Option<Box<str>>,
    pub consumption_type: Option<Box<str>>,
    pub attributes: Box<[(Box<str>, AttributeText)]>,
    pub offers: Box<[TermOffer]>,
    pub billing_cycles: Box<[BillingCycle]>,
}

/// An attribute as a source gives it.
#[derive(Debug)]
pub(super) enum AttributeText {
    Text(Box<str>),
    Flag(bool),
}

/// A term of a listed SKU with its price.
#[derive(Debug)]
pub(super) struct TermOffer {
    pub term: Option<Term>,
    pub billing_cycles: Box<[BillingCycle]>,
    /// For the whole term.
    pub usd: Decimal,
}

/// A reason why a SKU cannot be had, as the inventory check reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restriction<'a> {
    /// Such as `NotAvailableForSubscription`.
    pub reason_code: &'a str,
    /// What is restricted: `Location`.
    pub kind: &'static str,
    /// The restricted location.
    pub values: &'a str,
}

impl Restriction<'_> {
    /// The sentence of the inventory check.
    pub fn description(&self) -> String {
        format!("Restriction identified of type '{}' with values '{}'.", self.kind, self.values)
    }
}

/// The value of a dynamic attribute: flat, because some clients read a map of strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeValue<'a> {
    /// A string.
    Text(Cow<'a, str>),
    /// A boolean.
    Flag(bool),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Body<'a> {
    Listed(&'a ListedSku),
    Reserved(ReservedSku<'a>),
}

/// A SKU of a product.
#[derive(Clone, Copy, Debug)]
pub struct Sku<'a> {
    product: &'a Product,
    pub(super) body: Body<'a>,
}

impl<'a> Sku<'a> {
    pub(super) fn listed(product: &'a Product, sku: &'a ListedSku) -> Self {
        Self { product, body: Body::Listed(sku) }
    }

    /// `at` must be sold by the family: both ways to a position check that.
    pub(super) fn reserved(
        product: &'a Product,
        family: &'a ReservationFamily,
        at: ReservedPosition,
    ) -> Self {
        let size = &family.sizes[usize::from(at.size)];
        let region = at.region.and_then(|region| product.common.regions.get(usize::from(region)));
        Self { product, body: Body::Reserved(ReservedSku { family, at, size, region }) }
    }

    /// The product it belongs to.
    pub fn product(&self) -> &'a Product {
        self.product
    }

    /// The id, unique within the product only.
    pub fn id(&self) -> Cow<'a, str> {
        match self.body {
            Body::Listed(sku) => Cow::Borrowed(&*sku.id),
            Body::Reserved(sku) => Cow::Owned(sku.at.sku_id()),
        }
    }

    /// What it reserves, if it is a reservation.
    pub fn reserved_capacity(&self) -> Option<ReservedSku<'a>> {
        match self.body {
            Body::Listed(_) => None,
            Body::Reserved(sku) => Some(sku),
        }
    }

    /// The title, such as `Reserved VM Instance, Standard_B1s, US East, 1 Year`.
    pub fn title(&self, locale: Locale<'_>) -> Cow<'a, str> {
        match self.body {
            Body::Listed(sku) => Cow::Borrowed(sku.title.get(locale)),
            Body::Reserved(sku) => {
                let term = self.product.common.term_text(sku.at.term);
                let words = TitleWords {
                    sku: &sku.size.arm_sku_name,
                    region: sku.region.map_or("", |region| region.display_name.get(locale)),
                    term: term.map_or("", |text| text.word.get(locale)),
                };
                Cow::Owned(fill(sku.family.sku_title.get(locale), words))
            }
        }
    }

    /// The description; a reservation's is its title.
    pub fn description(&self, locale: Locale<'_>) -> Cow<'a, str> {
        match self.body {
            Body::Listed(sku) => Cow::Borrowed(sku.description.get(locale)),
            Body::Reserved(_) => self.title(locale),
        }
    }

    /// Smallest quantity of one purchase.
    pub fn minimum_quantity(&self) -> u32 {
        match self.body {
            Body::Listed(sku) => sku.minimum,
            Body::Reserved(_) => 1,
        }
    }

    /// Largest quantity of one purchase.
    pub fn maximum_quantity(&self) -> u32 {
        match self.body {
            Body::Listed(sku) => sku.maximum,
            Body::Reserved(_) => RESERVATION_MAXIMUM,
        }
    }

    /// Whether it is a free trial.
    pub fn is_trial(&self) -> bool {
        self.listed_sku().is_some_and(|sku| sku.is_trial)
    }

    /// Billing cycles over all its terms. Reservations are `one_time` only \[?\].
    pub fn supported_billing_cycles(&self) -> &'a [BillingCycle] {
        match self.body {
            Body::Listed(sku) => &sku.billing_cycles,
            Body::Reserved(_) => &[BillingCycle::OneTime],
        }
    }

    /// `purchasePrerequisites`.
    pub fn purchase_prerequisites(&self) -> impl Iterator<Item = &'a str> {
        let fixed: &[&str] = match self.body {
            Body::Listed(_) => &[],
            Body::Reserved(_) => &["AzureSubscriptionRegistration", "InventoryCheck"],
        };
        let listed = self.listed_sku().map(|sku| &*sku.purchase_prerequisites).unwrap_or_default();
        fixed.iter().copied().chain(listed.iter().map(|word| &**word))
    }

    /// `inventoryVariables`: the context an inventory check needs.
    pub fn inventory_variables(&self) -> &'static [&'static str] {
        match self.body {
            Body::Listed(_) => &[],
            Body::Reserved(sku) if sku.region.is_some() => {
                &["CustomerId", "AzureSubscriptionId", "ArmRegionName"]
            }
            Body::Reserved(_) => &["CustomerId", "AzureSubscriptionId"],
        }
    }

    /// `provisioningVariables`: the provisioning context a purchase needs.
    pub fn provisioning_variables(&self) -> &'static [&'static str] {
        match self.body {
            Body::Listed(_) => &[],
            Body::Reserved(_) => &["Scope", "SubscriptionId"],
        }
    }

    /// `actions`: `Refund` where the item can be given back.
    pub fn actions(&self) -> impl Iterator<Item = &'a str> {
        let refund = self
            .reserved_capacity()
            .is_some_and(|sku| sku.family.reserved_resource_type().is_refundable());
        let listed = self.listed_sku().map(|sku| &*sku.actions).unwrap_or_default();
        refund.then_some("Refund").into_iter().chain(listed.iter().map(|word| &**word))
    }

    /// `attestationProperties.attestationType`, where the purchase must attest.
    pub fn enforced_attestation(&self) -> Option<&'a str> {
        self.listed_sku()?.attestation.as_deref()
    }

    /// `consumptionType`.
    pub fn consumption_type(&self) -> Option<&'a str> {
        self.listed_sku()?.consumption_type.as_deref()
    }

    /// The id by which carts and orders may name the SKU without an availability, such as
    /// `MS-AZR-0145P`.
    pub fn offer_id(&self) -> Option<&'a str> {
        self.listed_sku()?.offer_id.as_deref()
    }

    /// The base SKUs, as `product:sku`, one of which an add-on needs; empty for anything else.
    pub fn prerequisite_skus(&self) -> impl Iterator<Item = &'a str> {
        let skus = self.listed_sku().map(|sku| &*sku.prerequisite_skus).unwrap_or_default();
        skus.iter().map(|sku| &**sku)
    }

    /// Whether it is an add-on to another SKU.
    pub fn is_addon(&self) -> bool {
        self.listed_sku().is_some_and(|sku| !sku.prerequisite_skus.is_empty())
    }

    /// Whether it can be bought at all at the moment.
    pub fn is_purchasable(&self) -> bool {
        match self.body {
            Body::Listed(sku) => sku.is_purchasable,
            Body::Reserved(sku) => {
                !sku.family.is_withdrawn(sku.at.size, sku.at.region, sku.at.term)
            }
        }
    }

    /// Whether a subscription to it renews; a reservation's availability says no.
    pub fn is_renewable(&self) -> bool {
        self.listed_sku().is_some_and(|sku| sku.is_renewable)
    }

    /// Why no subscription can have it at the moment; empty if any can.
    pub fn inventory_restrictions(&self) -> Vec<Restriction<'a>> {
        let Body::Reserved(sku) = self.body else { return Vec::new() };
        let Some(region) = sku.region else { return Vec::new() };
        sku.family
            .restriction(sku.at.size, sku.at.region, sku.at.term)
            .map(|rule| Restriction {
                reason_code: &rule.reason_code,
                kind: "Location",
                values: &region.arm_region_name,
            })
            .into_iter()
            .collect()
    }

    /// `dynamicAttributes`, in order (partner-center-catalog, Sku). `prerequisiteSkus` is a
    /// comma-separated text, so that clients with a map of strings can read it \[choice\].
    pub fn dynamic_attributes(&self) -> Vec<(&'a str, AttributeValue<'a>)> {
        match self.body {
            Body::Reserved(sku) => sku.dynamic_attributes(),
            Body::Listed(sku) => self.listed_attributes(sku),
        }
    }

    fn listed_attributes(&self, sku: &'a ListedSku) -> Vec<(&'a str, AttributeValue<'a>)> {
        let mut pairs =
            vec![("isMicrosoftProduct", AttributeValue::Flag(self.product.is_microsoft_product()))];
        if matches!(self.product.kind(), ProductKind::License) {
            pairs.push(("hasConstraints", AttributeValue::Flag(false)));
            pairs.push(("isAddon", AttributeValue::Flag(self.is_addon())));
            if self.is_addon() {
                let skus = sku.prerequisite_skus.join(",");
                pairs.push(("prerequisiteSkus", AttributeValue::Text(Cow::Owned(skus))));
            }
        }
        pairs.extend(sku.attributes.iter().map(|(key, value)| {
            let value = match value {
                AttributeText::Text(text) => AttributeValue::Text(Cow::Borrowed(&**text)),
                AttributeText::Flag(flag) => AttributeValue::Flag(*flag),
            };
            (&**key, value)
        }));
        pairs
    }

    fn listed_sku(&self) -> Option<&'a ListedSku> {
        match self.body {
            Body::Listed(sku) => Some(sku),
            Body::Reserved(_) => None,
        }
    }
}
