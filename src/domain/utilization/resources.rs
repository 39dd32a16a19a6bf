//! The resources that use a reservation whose hours nobody laid down by resource: invented, the same
//! ones for every reading [choice].

use std::sync::Arc;

use chrono::NaiveDate;

use super::reserved::Reserved;
use super::series::mixed;
use crate::domain::catalogue::ReservedResourceType;
use crate::domain::ids::AzureSubscriptionId;

/// Most resources that share a reservation; a larger quantity is used by scale sets and the like,
/// which use several instances each.
const MOST: u32 = 10;

const GROUPS: [&str; 6] = ["shop", "web", "erp", "data", "api", "core"];
const ROLES: [&str; 6] = ["web", "app", "job", "node", "svc", "worker"];

/// The resources of a reservation on a day.
#[derive(Debug)]
pub(super) struct Resources {
    subscription: AzureSubscriptionId,
    group: &'static str,
    role: &'static str,
    kind: &'static str,
    quantity: u32,
}

impl Resources {
    /// Those of the subscription that the reservation applies to on that day.
    pub fn of(reserved: &Reserved, date: NaiveDate) -> Self {
        let (high, low) = reserved.origin.reservation.0.as_u64_pair();
        let bits = mixed(high ^ low.rotate_left(17));
        let pick = |words: &[&'static str; 6], bits: u64| words[(bits % 6) as usize];
        Self {
            subscription: reserved.subscription_on(date).unwrap_or(AzureSubscriptionId::FIRST),
            group: pick(&GROUPS, bits),
            role: pick(&ROLES, bits >> 32),
            kind: kind(reserved.resource_type, reserved.quantity > MOST),
            quantity: reserved.quantity,
        }
    }

    /// Each with its ARM id and how many instances it uses at most; together they can use all.
    pub fn iter(&self) -> impl Iterator<Item = (Arc<str>, u64)> {
        let count = self.quantity.min(MOST);
        (0..count).map(move |index| {
            let most = self.quantity / count + u32::from(index < self.quantity % count);
            let Self { subscription, group, role, kind, .. } = self;
            let id = format!(
                "/subscriptions/{subscription}/resourcegroups/{group}-rg/providers/{kind}/{role}{:02}",
                index + 1
            );
            (Arc::from(id), u64::from(most))
        })
    }
}

/// Namespace and type, in the lower case that details show.
fn kind(resource_type: ReservedResourceType, many: bool) -> &'static str {
    use ReservedResourceType as T;
    match resource_type {
        T::VirtualMachines | T::VirtualMachineSoftware | T::SuseLinux | T::RedHat if many => {
            "microsoft.compute/virtualmachinescalesets"
        }
        T::VirtualMachines | T::VirtualMachineSoftware | T::SuseLinux | T::RedHat => {
            "microsoft.compute/virtualmachines"
        }
        T::SqlDatabases | T::SqlAzureHybridBenefit | T::SqlEdge => "microsoft.sql/managedinstances",
        T::CosmosDb => "microsoft.documentdb/databaseaccounts",
        T::SqlDataWarehouse => "microsoft.synapse/workspaces",
        T::VMwareCloudSimple => "microsoft.vmwarecloudsimple/virtualmachines",
        T::RedHatOsa => "microsoft.redhatopenshift/openshiftclusters",
        T::Databricks => "microsoft.databricks/workspaces",
        T::AppService => "microsoft.web/serverfarms",
        T::ManagedDisk => "microsoft.compute/disks",
        T::BlockBlob | T::AzureFiles => "microsoft.storage/storageaccounts",
        T::RedisCache => "microsoft.cache/redis",
        T::AzureDataExplorer => "microsoft.kusto/clusters",
        T::MySql => "microsoft.dbformysql/flexibleservers",
        T::MariaDb => "microsoft.dbformariadb/servers",
        T::PostgreSql => "microsoft.dbforpostgresql/flexibleservers",
        T::DedicatedHost => "microsoft.compute/hostgroups",
        T::SapHana => "microsoft.hanaonazure/hanainstances",
        T::AVS => "microsoft.avs/privateclouds",
        T::DataFactory => "microsoft.datafactory/factories",
        T::NetAppStorage => "microsoft.netapp/netappaccounts",
    }
}
