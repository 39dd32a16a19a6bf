//! Products: what kind of thing each is, in which views it shows, to whom it is sold, and its SKUs.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Locale, LocalisedText, Market, Region, ReservationFamily, ReservationScope,
    ReservedResourceType, Segment, SegmentSet, Sku, TargetView, reserved_sku::ReservedPosition,
    sku::ListedSku,
};
use crate::domain::term::Term;

/// How software is licensed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SoftwareLicensing {
    /// Bought once, kept.
    Perpetual,
    /// For a term.
    Subscription,
    /// A SUSE Linux subscription.
    SuseLinux,
}

/// What buying a product brings about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProductKind {
    /// Reserved capacity of this resource.
    AzureReservation(ReservedResourceType),
    /// An Azure plan.
    AzurePlan,
    /// A Microsoft Azure (MS-AZR-0145P) subscription.
    LegacyAzure,
    /// Software.
    Software(SoftwareLicensing),
    /// Seats of an online service (new commerce).
    License,
    /// Seats of a publisher's service from the commercial marketplace.
    Saas,
}

impl ProductKind {
    /// Whether the kind shows in a view (partner-center-catalog, Query values).
    pub fn is_in(self, view: TargetView) -> bool {
        use ReservedResourceType::{CosmosDb, SqlDatabases, VirtualMachines};
        match view {
            TargetView::Azure => {
                matches!(self, Self::AzureReservation(_) | Self::AzurePlan | Self::LegacyAzure)
            }
            TargetView::AzureReservations => matches!(self, Self::AzureReservation(_)),
            TargetView::AzureReservationsVM => self == Self::AzureReservation(VirtualMachines),
            TargetView::AzureReservationsSQL => self == Self::AzureReservation(SqlDatabases),
            TargetView::AzureReservationsCosmosDb => self == Self::AzureReservation(CosmosDb),
            TargetView::MicrosoftAzure => matches!(self, Self::AzurePlan | Self::LegacyAzure),
            TargetView::OnlineServices => matches!(self, Self::License | Self::Saas),
            TargetView::OnlineServicesNCE => self == Self::License,
            TargetView::Software => matches!(self, Self::Software(_)),
            TargetView::SoftwareSUSELinux => self == Self::Software(SoftwareLicensing::SuseLinux),
            TargetView::SoftwarePerpetual => self == Self::Software(SoftwareLicensing::Perpetual),
            TargetView::SoftwareSubscriptions => {
                matches!(
                    self,
                    Self::Software(SoftwareLicensing::Subscription | SoftwareLicensing::SuseLinux)
                )
            }
            TargetView::MarketplaceSaaS => self == Self::Saas,
        }
    }

    /// `productType.id`.
    pub const fn product_type(self) -> &'static str {
        match self {
            Self::AzureReservation(_) | Self::AzurePlan | Self::LegacyAzure => "Azure",
            Self::Software(_) => "Software",
            Self::License => "OnlineServicesNCE",
            Self::Saas => "OnlineServices",
        }
    }

    /// `productType.subType.id`, where there is one; other than for reservations \[?\].
    pub const fn product_sub_type(self) -> Option<&'static str> {
        match self {
            Self::AzureReservation(resource) => Some(resource.product_sub_type()),
            Self::Saas => Some("SaaS"),
            _ => None,
        }
    }

    /// Whether items of this kind are bought under the Microsoft Customer Agreement.
    pub const fn is_modern(self) -> bool {
        !matches!(self, Self::LegacyAzure)
    }
}

/// What all products of a catalogue share.
#[derive(Debug)]
pub(super) struct Common {
    pub regions: Box<[Region]>,
    pub terms: Box<[TermText]>,
}

impl Common {
    pub fn term_text(&self, term: Term) -> Option<&TermText> {
        self.terms.iter().find(|text| text.term == term)
    }
}

/// The words for a term.
#[derive(Debug)]
pub(super) struct TermText {
    pub term: Term,
    pub word: LocalisedText,
    pub prepaid: LocalisedText,
    pub commitment: LocalisedText,
}

#[derive(Debug)]
pub(super) enum Contents {
    Reserved(Box<ReservationFamily>),
    Listed(Box<[ListedSku]>),
}

/// A product: a hardware family or service of reservations, an Azure offer, a title of software, an
/// online service.
#[derive(Debug)]
pub struct Product {
    pub(super) id: Box<str>,
    pub(super) kind: ProductKind,
    pub(super) title: LocalisedText,
    pub(super) description: LocalisedText,
    pub(super) publisher: Box<str>,
    pub(super) segments: SegmentSet,
    pub(super) contents: Contents,
    pub(super) common: Arc<Common>,
}

impl Product {
    /// The id, in the casing of the catalogue.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What buying it brings about.
    pub fn kind(&self) -> ProductKind {
        self.kind
    }

    /// The title.
    pub fn title(&self, locale: Locale<'_>) -> &str {
        self.title.get(locale)
    }

    /// The description.
    pub fn description(&self, locale: Locale<'_>) -> &str {
        self.description.get(locale)
    }

    /// `publisherName`.
    pub fn publisher(&self) -> &str {
        &self.publisher
    }

    /// Whether Microsoft publishes it.
    pub fn is_microsoft_product(&self) -> bool {
        self.publisher.eq_ignore_ascii_case("Microsoft")
    }

    /// The segments it is sold to.
    pub fn segments(&self) -> SegmentSet {
        self.segments
    }

    /// The reservation family, if the product is one.
    pub fn reservation_family(&self) -> Option<&ReservationFamily> {
        match &self.contents {
            Contents::Reserved(family) => Some(family),
            Contents::Listed(_) => None,
        }
    }

    /// Whether anything of it is offered in this market, to this segment (absent: to any) and for
    /// this scope. The scope matters to reservations only \[choice\].
    pub fn is_offered(
        &self,
        market: Market<'_>,
        segment: Option<Segment>,
        scope: ReservationScope,
    ) -> bool {
        segment.is_none_or(|wanted| self.segments.contains(wanted))
            && self
                .reservation_family()
                .is_none_or(|family| market.sells_reservations && family.scopes.contains(&scope))
    }

    /// Every SKU, in catalogue order; those of a reservation family by size, region and term.
    pub fn skus(&self) -> impl Iterator<Item = Sku<'_>> {
        let (reserved, listed) = match &self.contents {
            Contents::Reserved(family) => (Some(&**family), [].as_slice()),
            Contents::Listed(skus) => (None, &**skus),
        };
        let reserved = reserved.into_iter().flat_map(move |family| {
            ReservedPosition::all(family).map(move |at| Sku::reserved(self, family, at))
        });
        listed.iter().map(move |sku| Sku::listed(self, sku)).chain(reserved)
    }

    /// The SKU with this id, in any casing.
    pub fn sku(&self, sku_id: &str) -> Option<Sku<'_>> {
        match &self.contents {
            Contents::Reserved(family) => {
                let at = ReservedPosition::from_sku_id(family, sku_id)?;
                Some(Sku::reserved(self, family, at))
            }
            Contents::Listed(skus) => skus
                .iter()
                .find(|sku| sku.id.eq_ignore_ascii_case(sku_id))
                .map(|sku| Sku::listed(self, sku)),
        }
    }

    /// The SKU that ARM knows by size, region and term. The region is ignored by services that are
    /// not bought per region.
    pub fn reserved_sku(
        &self,
        arm_sku_name: &str,
        arm_region_name: Option<&str>,
        term: Term,
    ) -> Option<Sku<'_>> {
        let family = self.reservation_family()?;
        let size = family
            .sizes
            .iter()
            .position(|size| size.arm_sku_name.eq_ignore_ascii_case(arm_sku_name))?;
        let region = if family.is_regional() {
            let wanted = arm_region_name?;
            let same = |region: &Region| region.arm_region_name.eq_ignore_ascii_case(wanted);
            Some(u8::try_from(self.common.regions.iter().position(same)?).ok()?)
        } else {
            None
        };
        let at = ReservedPosition { size: u16::try_from(size).ok()?, region, term };
        at.is_sold(family).then(|| Sku::reserved(self, family, at))
    }

    /// The regions in which a reservation family is sold.
    pub fn regions(&self) -> impl Iterator<Item = &Region> {
        let sold = self.reservation_family().map(|family| family.regions).unwrap_or_default();
        sold.iter().filter_map(|region| self.common.regions.get(usize::from(region)))
    }
}
