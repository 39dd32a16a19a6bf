//! The JSON form of catalogue sources. Every file may hold any of the sections; unknown keys are
//! refused. Decimals may be written as strings, which keeps them exact.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Deserialize;

pub(super) type Texts = BTreeMap<String, String>;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SourceFile {
    pub currencies: Vec<CurrencySource>,
    pub reservations_unavailable_in: Vec<String>,
    pub terms: Vec<TermSource>,
    pub regions: Vec<RegionSource>,
    pub reservations: Vec<ReservationSource>,
    pub products: Vec<ProductSource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CurrencySource {
    pub code: String,
    pub symbol: String,
    pub decimals: u32,
    pub per_usd: Decimal,
    pub countries: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TermSource {
    pub term: String,
    pub word: Texts,
    pub prepaid: Texts,
    pub commitment: Texts,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RegionSource {
    pub arm_region_name: String,
    pub display_name: Texts,
    pub price_factor: Decimal,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReservationSource {
    pub id: String,
    pub title: Texts,
    pub description: Texts,
    pub sku_title: Texts,
    pub reserved_resource_type: String,
    pub segments: Vec<String>,
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
    #[serde(default)]
    pub category: Option<String>,
    #[serde(default)]
    pub disk_type: Option<String>,
    #[serde(default)]
    pub tier: Option<String>,
    #[serde(default)]
    pub flexibility_group: Option<String>,
    pub regions: RegionsSource,
    pub terms: Vec<ReservedTermSource>,
    pub sizes: Vec<SizeSource>,
    #[serde(default)]
    pub restrictions: Vec<RestrictionSource>,
    #[serde(default)]
    pub withdrawn: Vec<SelectionSource>,
    #[serde(default)]
    pub sandbox: Vec<SelectionSource>,
}

/// `{"only": […]}`, `{"except": […]}`; an empty `only` means that the service has no region.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum RegionsSource {
    Only(Vec<String>),
    Except(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReservedTermSource {
    pub term: String,
    pub discount: Decimal,
    #[serde(default)]
    pub last_sale: Option<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SizeSource {
    pub arm_sku_name: String,
    pub display_name: String,
    #[serde(default)]
    pub cores: Option<u32>,
    #[serde(default)]
    pub ram: Option<Decimal>,
    #[serde(default)]
    pub ratio: Option<Decimal>,
    pub usd_per_hour: Decimal,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SelectionSource {
    pub sizes: Vec<String>,
    pub regions: Vec<String>,
    pub terms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RestrictionSource {
    pub reason_code: String,
    pub skus: SelectionSource,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProductSource {
    pub id: String,
    pub kind: KindSource,
    pub title: Texts,
    pub description: Texts,
    #[serde(default)]
    pub publisher: Option<String>,
    pub segments: Vec<String>,
    pub skus: Vec<SkuSource>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum KindSource {
    AzurePlan,
    LegacyAzure,
    PerpetualSoftware,
    SoftwareSubscription,
    SuseLinuxSubscription,
    License,
    Saas,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SkuSource {
    pub id: String,
    pub title: Texts,
    #[serde(default)]
    pub description: Option<Texts>,
    #[serde(default = "one")]
    pub minimum: u32,
    pub maximum: u32,
    #[serde(default)]
    pub is_trial: bool,
    #[serde(default = "yes")]
    pub is_purchasable: bool,
    #[serde(default)]
    pub is_renewable: bool,
    #[serde(default)]
    pub offer_id: Option<String>,
    #[serde(default)]
    pub purchase_prerequisites: Vec<String>,
    #[serde(default)]
    pub actions: Vec<String>,
    #[serde(default)]
    pub prerequisite_skus: Vec<String>,
    #[serde(default)]
    pub attestation: Option<String>,
    #[serde(default)]
    pub consumption_type: Option<String>,
    #[serde(default)]
    pub attributes: BTreeMap<String, AttributeSource>,
    pub offers: Vec<OfferSource>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum AttributeSource {
    Flag(bool),
    Text(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct OfferSource {
    #[serde(default)]
    pub term: Option<String>,
    pub billing_cycles: Vec<String>,
    pub usd: Decimal,
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}
