//! The tables of a state, one after the other, for what treats all of them alike: snapshots, diffs
//! and counts. A table that is missing here does not compile.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::State;
use crate::domain::support::SupportTables;
use crate::domain::timers::Timers;
use crate::store::Table;

/// What is known of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableInfo {
    /// Its name in snapshots and diffs.
    pub name: &'static str,
    /// Whether it only serves the rules: an index, timers, earlier versions of rows.
    pub is_internal: bool,
}

/// A key that can be written down.
pub trait Key: Ord + Clone + Serialize + DeserializeOwned + 'static {}

impl<T: Ord + Clone + Serialize + DeserializeOwned + 'static> Key for T {}

/// A row that can be written down.
pub trait Value: Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Value for T {}

/// Is shown each table of two states.
pub trait TablePairs {
    /// The table in the earlier and in the later state.
    fn table<K: Key, V: Value>(
        &mut self,
        info: &'static TableInfo,
        earlier: &Table<K, V>,
        later: &Table<K, V>,
    );
}

/// Fills each table of a state.
pub trait FillTables {
    /// Why a table cannot be filled.
    type Fault;

    /// Fills the table.
    fn table<K: Key, V: Value>(
        &mut self,
        info: &'static TableInfo,
        table: &mut Table<K, V>,
    ) -> Result<(), Self::Fault>;
}

macro_rules! tables {
    (
        state { $($field:ident $name:literal $kind:ident,)+ }
        support { $($inner:ident $inner_name:literal $inner_kind:ident,)+ }
    ) => {
        impl State {
            /// Every table, in the order in which they are written and shown.
            pub const TABLES: &[TableInfo] = &[
                $(TableInfo { name: $name, is_internal: tables!($kind) },)+
                $(TableInfo { name: $inner_name, is_internal: tables!($inner_kind) },)+
                TableInfo { name: "timers", is_internal: true },
                TableInfo { name: "heldTimers", is_internal: true },
            ];

            /// Shows each table of this state and of a later one to `pairs`.
            pub fn each_pair(&self, later: &Self, pairs: &mut impl TablePairs) {
                let mut infos = Self::TABLES.iter();
                let mut next = || infos.next().unwrap_or(&Self::TABLES[0]);
                // Not `..`: a new table has to be named here.
                let Self {
                    clock: _, ids: _, settings: _, partner: _, catalogue: _, timers, support,
                    $($field,)+
                } = self;
                $(pairs.table(next(), $field, &later.$field);)+
                let SupportTables { $($inner,)+ } = support;
                $(pairs.table(next(), $inner, &later.support.$inner);)+
                let Timers { due, held, set: _ } = timers;
                pairs.table(next(), due, &later.timers.due);
                pairs.table(next(), held, &later.timers.held);
            }

            /// Lets `fill` fill each table of this state.
            pub fn fill_each<F: FillTables>(&mut self, fill: &mut F) -> Result<(), F::Fault> {
                let mut infos = Self::TABLES.iter();
                let mut next = || infos.next().unwrap_or(&Self::TABLES[0]);
                $(fill.table(next(), &mut self.$field)?;)+
                $(fill.table(next(), &mut self.support.$inner)?;)+
                fill.table(next(), &mut self.timers.due)?;
                fill.table(next(), &mut self.timers.held)
            }
        }
    };
    (shown) => { false };
    (internal) => { true };
}

// Rows that others hold come before those that hold them, so that a file shows a row in its own table
// and refers to it from elsewhere.
tables! {
    state {
        customers "customers" shown,
        foreign_customers "foreignCustomers" shown,
        domains "domains" internal,
        application_consents "applicationConsents" shown,
        agreements "agreements" shown,
        carts "carts" shown,
        orders "orders" shown,
        subscriptions "subscriptions" shown,
        azure_subscriptions "azureSubscriptions" internal,
        reservation_orders "reservationOrders" shown,
        reservations "reservations" shown,
        role_assignments "roleAssignments" shown,
        role_definitions "roleDefinitions" shown,
        reservation_order_customers "reservationOrderCustomers" internal,
        reservation_order_directories "reservationOrderDirectories" internal,
        reservation_revisions "reservationRevisions" internal,
        quotes "quotes" shown,
        operations "operations" shown,
        utilization "utilization" shown,
        refund_sessions "refundSessions" shown,
        refunds "refunds" shown,
        exchanges "exchanges" shown,
        exchange_calculations "exchangeCalculations" internal,
        ledger "ledger" shown,
        audit_records "auditRecords" shown,
        unbilled "unbilled" internal,
        open_months "openMonths" internal,
        invoices "invoices" shown,
        invoice_dates "invoiceDates" internal,
        subscription_charges "subscriptionCharges" internal,
    }
    support {
        cases "supportCases" shown,
        messages "supportMessages" shown,
        owners "supportCaseOwners" internal,
        trees "supportCaseTrees" internal,
        names "supportCaseNames" internal,
        numbers "supportCaseNumbers" internal,
        work "supportAgentWork" internal,
        operations "supportOperations" shown,
        workspaces "fileWorkspaces" shown,
        files "supportFiles" shown,
    }
}
