//! Azure reservations as the catalogue sells them: resource types, regions, the sizes of a hardware
//! family, and which combinations are restricted, withdrawn or allowed in a sandbox.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::text::LocalisedText;
use crate::domain::term::Term;

macro_rules! reserved_resource_types {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// `reservedResourceType` (azure-reservations §1.1).
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum ReservedResourceType {
            $($(#[$doc])* $name,)+
        }

        impl ReservedResourceType {
            /// Every type of the enumeration; the catalogue sells some of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The name ARM writes.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }
        }
    };
}

reserved_resource_types! {
    /// Virtual machines.
    VirtualMachines,
    /// SQL Database compute.
    SqlDatabases,
    /// SUSE Linux plans.
    SuseLinux,
    /// Cosmos DB throughput.
    CosmosDb,
    /// Red Hat plans.
    RedHat,
    /// Synapse dedicated SQL pools.
    SqlDataWarehouse,
    /// `VMware` Solution by `CloudSimple`.
    VMwareCloudSimple,
    /// Red Hat `OpenShift` licences.
    RedHatOsa,
    /// Databricks pre-purchase.
    Databricks,
    /// App Service plans.
    AppService,
    /// Managed disks.
    ManagedDisk,
    /// Blob storage.
    BlockBlob,
    /// Cache for Redis.
    RedisCache,
    /// Data Explorer.
    AzureDataExplorer,
    /// Database for `MySQL`.
    MySql,
    /// Database for `MariaDB`.
    MariaDb,
    /// Database for `PostgreSQL`.
    PostgreSql,
    /// Dedicated hosts.
    DedicatedHost,
    /// SAP HANA large instances.
    SapHana,
    /// SQL licences by hybrid benefit.
    SqlAzureHybridBenefit,
    /// Azure `VMware` Solution.
    AVS,
    /// Data Factory.
    DataFactory,
    /// `NetApp` Files.
    NetAppStorage,
    /// Azure Files.
    AzureFiles,
    /// SQL Edge.
    SqlEdge,
    /// Marketplace software on virtual machines.
    VirtualMachineSoftware,
}

/// Reservations may be exchanged within a family only (reservation-business-rules §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExchangeFamily {
    /// Virtual machines, dedicated hosts, `VMware`.
    Compute,
    /// SQL Database of every kind.
    Sql,
    /// A type that is exchanged only with itself.
    Own(ReservedResourceType),
}

impl ReservedResourceType {
    /// Reads an ARM name in any casing.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| text.eq_ignore_ascii_case(kind.as_str()))
    }

    /// The `reservationType` of a Partner Center entitlement artifact: `virtualmachines`,
    /// `sqldatabases`, `cosmosdb`, and the lower-case name for the rest \[choice\].
    pub fn partner_center_word(self) -> String {
        self.as_str().to_ascii_lowercase()
    }

    /// The sub-type of a Partner Center product type; other than `VirtualMachines` \[?\].
    pub const fn product_sub_type(self) -> &'static str {
        match self {
            Self::SqlDatabases => "SQLDatabases",
            Self::CosmosDb => "CosmosDB",
            other => other.as_str(),
        }
    }

    /// Whether the type may be returned for a refund, and exchanged at all
    /// (reservation-business-rules §3).
    pub const fn is_refundable(self) -> bool {
        !matches!(
            self,
            Self::Databricks
                | Self::RedHat
                | Self::SuseLinux
                | Self::VMwareCloudSimple
                | Self::RedHatOsa
        )
    }

    /// The family the type is exchanged within; nothing if it cannot be exchanged
    /// (reservation-business-rules §4).
    pub const fn exchange_family(self) -> Option<ExchangeFamily> {
        if !self.is_refundable() {
            return None;
        }
        Some(match self {
            Self::VirtualMachines | Self::DedicatedHost | Self::AVS => ExchangeFamily::Compute,
            Self::SqlDatabases => ExchangeFamily::Sql,
            other => ExchangeFamily::Own(other),
        })
    }

    /// Whether ARM sells the type with monthly payments (reservation-business-rules §2).
    pub const fn allows_monthly_payments(self) -> bool {
        !matches!(self, Self::Databricks | Self::SuseLinux | Self::RedHat | Self::RedHatOsa)
    }
}

/// An Azure region.
#[derive(Clone, Debug)]
pub struct Region {
    pub(super) arm_region_name: Box<str>,
    pub(super) display_name: LocalisedText,
    pub(super) price_factor: Decimal,
}

impl Region {
    /// The name ARM uses, such as `eastus`.
    pub fn arm_region_name(&self) -> &str {
        &self.arm_region_name
    }

    /// The name in SKU titles, such as `US East`.
    pub fn display_name(&self) -> &LocalisedText {
        &self.display_name
    }
}

/// One size of a family: what ARM calls a SKU.
#[derive(Clone, Debug)]
pub struct ReservedSize {
    pub(super) arm_sku_name: Box<str>,
    pub(super) display_name: Box<str>,
    pub(super) cores: Option<u32>,
    pub(super) ram_gib: Option<Decimal>,
    pub(super) flexibility_ratio: Option<Decimal>,
    pub(super) usd_per_hour: Decimal,
}

impl ReservedSize {
    /// ARM's name, such as `Standard_B1s`.
    pub fn arm_sku_name(&self) -> &str {
        &self.arm_sku_name
    }

    /// The short name, such as `B1s`.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// Virtual CPUs, where the resource has them.
    pub fn cores(&self) -> Option<u32> {
        self.cores
    }

    /// Memory in GiB, where the resource has it.
    pub fn ram_gib(&self) -> Option<Decimal> {
        self.ram_gib
    }

    /// What one instance counts for within the flexibility group.
    pub fn flexibility_ratio(&self) -> Option<Decimal> {
        self.flexibility_ratio
    }
}

/// A set of SKUs of one family; an empty dimension means all of it.
#[derive(Clone, Debug, Default)]
pub(super) struct SkuSelection {
    pub sizes: Box<[u16]>,
    pub regions: RegionSet,
    pub terms: Box<[Term]>,
}

impl SkuSelection {
    fn contains(&self, size: u16, region: Option<u8>, term: Term) -> bool {
        (self.sizes.is_empty() || self.sizes.contains(&size))
            && (self.regions.is_empty() || region.is_some_and(|it| self.regions.contains(it)))
            && (self.terms.is_empty() || self.terms.contains(&term))
    }
}

/// Regions by their position in the catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RegionSet(u64);

impl RegionSet {
    /// How many regions a catalogue may have.
    pub const CAPACITY: usize = 64;

    pub fn contains(self, region: u8) -> bool {
        1_u64.checked_shl(u32::from(region)).is_some_and(|bit| self.0 & bit != 0)
    }

    pub fn insert(&mut self, region: u8) {
        self.0 |= 1_u64.checked_shl(u32::from(region)).unwrap_or(0);
    }

    pub fn remove(&mut self, region: u8) {
        self.0 &= !1_u64.checked_shl(u32::from(region)).unwrap_or(0);
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..64).filter(move |region| self.contains(*region))
    }
}

/// Why some SKUs cannot be had by any subscription at the moment.
#[derive(Clone, Debug)]
pub(super) struct RestrictionRule {
    pub skus: SkuSelection,
    pub reason_code: Box<str>,
}

/// A hardware family or service: sizes × regions × terms are its SKUs.
#[derive(Clone, Debug)]
pub struct ReservationFamily {
    pub(super) reserved_resource_type: ReservedResourceType,
    pub(super) sku_title: LocalisedText,
    pub(super) category: Option<Box<str>>,
    pub(super) disk_type: Option<Box<str>>,
    pub(super) tier: Option<Box<str>>,
    pub(super) flexibility_group: Option<Box<str>>,
    /// Empty for a service that is not bought per region.
    pub(super) regions: RegionSet,
    pub(super) scopes: Box<[super::ReservationScope]>,
    pub(super) sizes: Box<[ReservedSize]>,
    pub(super) terms: Box<[ReservedTerm]>,
    pub(super) restrictions: Box<[RestrictionRule]>,
    pub(super) withdrawn: Box<[SkuSelection]>,
    pub(super) sandbox: Box<[SkuSelection]>,
}

/// A term a family is sold for.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReservedTerm {
    pub term: Term,
    /// Part of the pay-as-you-go price that is saved, from 0 to below 1.
    pub discount: Decimal,
    pub last_sale: Option<NaiveDate>,
}

impl ReservationFamily {
    /// The Azure resource reserved.
    pub fn reserved_resource_type(&self) -> ReservedResourceType {
        self.reserved_resource_type
    }

    /// The sizes, in catalogue order.
    pub fn sizes(&self) -> &[ReservedSize] {
        &self.sizes
    }

    /// ARM's tier, such as `Standard`.
    pub fn tier(&self) -> Option<&str> {
        self.tier.as_deref()
    }

    /// The group within which instance size flexibility works.
    pub fn flexibility_group(&self) -> Option<&str> {
        self.flexibility_group.as_deref()
    }

    /// The terms sold, shortest first.
    pub fn terms(&self) -> impl Iterator<Item = Term> {
        self.terms.iter().map(|sold| sold.term)
    }

    /// Whether SKUs belong to a region.
    pub fn is_regional(&self) -> bool {
        !self.regions.is_empty()
    }

    pub(super) fn sold_term(&self, term: Term) -> Option<&ReservedTerm> {
        self.terms.iter().find(|sold| sold.term == term)
    }

    pub(super) fn is_withdrawn(&self, size: u16, region: Option<u8>, term: Term) -> bool {
        self.withdrawn.iter().any(|skus| skus.contains(size, region, term))
    }

    pub(super) fn is_in_sandbox(&self, size: u16, region: Option<u8>, term: Term) -> bool {
        self.sandbox.iter().any(|skus| skus.contains(size, region, term))
    }

    pub(super) fn restriction(
        &self,
        size: u16,
        region: Option<u8>,
        term: Term,
    ) -> Option<&RestrictionRule> {
        self.restrictions.iter().find(|rule| rule.skus.contains(size, region, term))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resource_types() {
        for kind in ReservedResourceType::ALL {
            assert_eq!(ReservedResourceType::from_name(kind.as_str()), Some(*kind));
        }
        assert_eq!(
            ReservedResourceType::from_name("sqldatabases"),
            Some(ReservedResourceType::SqlDatabases)
        );
        assert_eq!(ReservedResourceType::from_name(""), None);
        assert_eq!(ReservedResourceType::VirtualMachines.partner_center_word(), "virtualmachines");
        assert_eq!(ReservedResourceType::CosmosDb.partner_center_word(), "cosmosdb");
    }

    #[test]
    fn refund_and_exchange_by_type() {
        use ReservedResourceType as T;
        for (kind, refundable, monthly, family) in [
            (T::VirtualMachines, true, true, Some(ExchangeFamily::Compute)),
            (T::DedicatedHost, true, true, Some(ExchangeFamily::Compute)),
            (T::AppService, true, true, Some(ExchangeFamily::Own(T::AppService))),
            (T::SqlDatabases, true, true, Some(ExchangeFamily::Sql)),
            (T::RedHat, false, false, None),
            (T::SuseLinux, false, false, None),
            (T::Databricks, false, false, None),
            (T::VMwareCloudSimple, false, true, None),
        ] {
            assert_eq!(kind.is_refundable(), refundable, "{kind:?}");
            assert_eq!(kind.allows_monthly_payments(), monthly, "{kind:?}");
            assert_eq!(kind.exchange_family(), family, "{kind:?}");
        }
    }

    #[test]
    fn region_sets_are_bounded() {
        let mut regions = RegionSet::default();
        regions.insert(0);
        regions.insert(63);
        regions.insert(64);
        regions.insert(255);
        regions.remove(200);
        assert_eq!(regions.iter().collect::<Vec<_>>(), [0, 63]);
        assert!(!regions.contains(64));
        regions.remove(0);
        assert!(!regions.contains(0));
    }
}
