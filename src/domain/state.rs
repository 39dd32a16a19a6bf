//! Everything a world remembers, as persistent tables. A `State` is a value: cloning it is cheap, and
//! a published one never changes.

mod shared_rows;
mod tables;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::agreements::Agreement;
use super::audit::AuditRecord;
use super::authorization::{RoleAssignment, RoleDefinition};
use super::billing::{Invoice, Month, UnbilledKey};
use super::carts::Cart;
use super::catalogue::Catalogue;
use super::clock::Clock;
use super::customers::{ApplicationConsent, Customer};
use super::error::{Error, Result};
use super::ids::{
    AzureSubscriptionId, CartId, CustomerId, IdGenerator, InvoiceId, OperationId, OrderId,
    ReservationId, ReservationOrderId, SessionId, SubscriptionId, TenantId,
};
use super::ledger::LedgerEntry;
use super::orders::Order;
use super::partner::Partner;
use super::reservations::{
    Exchange, LongRunning, Quote, Refund, RefundSession, Reservation, ReservationOrder,
};
use super::settings::Settings;
use super::subscriptions::Subscription;
use super::support::SupportTables;
use super::timers::Timers;
use super::utilization::Usage;
use crate::store::{Row, Shared, Table};

pub use tables::{FillTables, Key, TableInfo, TablePairs, Value};

/// One Partner Center at one moment.
#[derive(Debug, Clone)]
pub struct State {
    /// World time against wall time.
    pub clock: Clock,
    /// Where identifiers come from.
    pub ids: IdGenerator,
    /// What falls due when.
    pub timers: Timers,
    /// How this world behaves.
    pub settings: Arc<Settings>,
    /// Whose Partner Center it is.
    pub partner: Arc<Partner>,
    /// What can be bought; shared by all worlds.
    pub catalogue: Arc<Catalogue>,
    /// The partner's customers.
    pub customers: Table<CustomerId, Customer>,
    /// Customers that exist but belong to other partners.
    pub foreign_customers: Table<CustomerId, ()>,
    /// Who holds a domain name, lower-case.
    pub domains: Table<Arc<str>, CustomerId>,
    /// Applications that a customer consented to, by application id.
    pub application_consents: Table<(CustomerId, Uuid), ApplicationConsent>,
    /// Signed agreements, in the order of signature.
    pub agreements: Table<(CustomerId, u32), Agreement>,
    /// Carts.
    pub carts: Table<(CustomerId, CartId), Cart>,
    /// Orders.
    pub orders: Table<(CustomerId, OrderId), Order>,
    /// Subscriptions; reservations have none.
    pub subscriptions: Table<(CustomerId, SubscriptionId), Subscription>,
    /// Which customer and subscription an Azure subscription belongs to.
    pub azure_subscriptions: Table<AzureSubscriptionId, (CustomerId, SubscriptionId)>,
    /// Reservation orders of Azure.
    pub reservation_orders: Table<(CustomerId, ReservationOrderId), ReservationOrder>,
    /// Reservations of Azure.
    pub reservations: Table<(CustomerId, ReservationOrderId, ReservationId), Reservation>,
    /// Who holds which role where, by name.
    pub role_assignments: Table<(TenantId, Uuid), RoleAssignment>,
    /// Custom roles.
    pub role_definitions: Table<(TenantId, Uuid), RoleDefinition>,
    /// Who bought a reservation order.
    pub reservation_order_customers: Table<ReservationOrderId, CustomerId>,
    /// Which orders a directory holds, and who bought them.
    pub reservation_order_directories: Table<(TenantId, ReservationOrderId), CustomerId>,
    /// What a reservation was, by its etag.
    pub reservation_revisions: Table<(ReservationId, u32), Shared<Reservation>>,
    /// Prices that were asked for in Azure, by the id to buy by.
    pub quotes: Table<ReservationOrderId, Quote>,
    /// Long-running operations of Azure.
    pub operations: Table<OperationId, LongRunning>,
    /// Use of reservations that was laid down; that of all others is generated.
    pub utilization: Table<ReservationId, Usage>,
    /// Refunds that were calculated.
    pub refund_sessions: Table<SessionId, RefundSession>,
    /// Refunds that were accepted, in the order of time.
    pub refunds: Table<(CustomerId, u64), Refund>,
    /// Exchanges that were calculated, and what became of them.
    pub exchanges: Table<OperationId, Exchange>,
    /// The exchange that an operation calculates.
    pub exchange_calculations: Table<OperationId, OperationId>,
    /// What was charged and credited, by number.
    pub ledger: Table<u64, LedgerEntry>,
    /// Who changed what, in the order of time.
    pub audit_records: Table<u64, AuditRecord>,
    /// Support cases and what belongs to them.
    pub support: SupportTables,
    /// Entries of the ledger that no invoice shows yet.
    pub unbilled: Table<UnbilledKey, ()>,
    /// Months whose invoices a timer will issue.
    pub open_months: Table<Month, ()>,
    /// Invoices and what amends them.
    pub invoices: Table<InvoiceId, Invoice>,
    /// The invoices, without what amends them, in the order of their dates.
    pub invoice_dates: Table<(DateTime<Utc>, InvoiceId), ()>,
    /// The entry of the ledger that paid for the running billing cycle of a subscription.
    pub subscription_charges: Table<(CustomerId, SubscriptionId), u64>,
}

impl State {
    /// A Partner Center with nothing in it.
    pub fn empty(
        clock: Clock,
        seed: u64,
        settings: Settings,
        partner: Partner,
        catalogue: Arc<Catalogue>,
    ) -> Self {
        Self {
            clock,
            ids: IdGenerator::new(seed),
            timers: Timers::default(),
            settings: Arc::new(settings),
            partner: Arc::new(partner),
            catalogue,
            customers: Table::default(),
            foreign_customers: Table::default(),
            domains: Table::default(),
            application_consents: Table::default(),
            agreements: Table::default(),
            carts: Table::default(),
            orders: Table::default(),
            subscriptions: Table::default(),
            azure_subscriptions: Table::default(),
            reservation_orders: Table::default(),
            reservations: Table::default(),
            role_assignments: Table::default(),
            role_definitions: Table::default(),
            reservation_order_customers: Table::default(),
            reservation_order_directories: Table::default(),
            reservation_revisions: Table::default(),
            quotes: Table::default(),
            operations: Table::default(),
            utilization: Table::default(),
            refund_sessions: Table::default(),
            refunds: Table::default(),
            exchanges: Table::default(),
            exchange_calculations: Table::default(),
            ledger: Table::default(),
            audit_records: Table::default(),
            support: SupportTables::default(),
            unbilled: Table::default(),
            open_months: Table::default(),
            invoices: Table::default(),
            invoice_dates: Table::default(),
            subscription_charges: Table::default(),
        }
    }

    /// The same Partner Center with nothing in it: partner, catalogue, settings, clock and the run of
    /// identifiers stay.
    #[must_use]
    pub fn emptied(&self) -> Self {
        let (clock, catalogue) = (self.clock, Arc::clone(&self.catalogue));
        let settings =
            Settings { spending_since: 0, run_began: None, ..Settings::clone(&self.settings) };
        let partner = Partner::clone(&self.partner);
        Self { ids: self.ids.clone(), ..Self::empty(clock, 0, settings, partner, catalogue) }
    }

    /// The customer, if it is the partner's.
    ///
    /// Unknown ids and ids of other partners' customers are told apart
    /// (contract: partner-center-conventions.md §12.4 [choice]).
    pub fn customer(&self, id: CustomerId) -> Result<&Arc<Row<Customer>>> {
        if let Some(row) = self.customers.get(&id) {
            return Ok(row);
        }
        Err(if self.foreign_customers.contains(&id) {
            Error::CustomerNotRelated { partner: self.partner.id, customer: id }
        } else {
            Error::CustomerNotFound(id.to_string())
        })
    }

    /// The subscription of the customer.
    pub fn subscription(
        &self,
        customer: CustomerId,
        id: SubscriptionId,
    ) -> Result<&Arc<Row<Subscription>>> {
        self.subscriptions
            .get(&(customer, id))
            .ok_or_else(|| Error::SubscriptionNotFound(id.to_string()))
    }

    /// The order of the customer.
    pub fn order(&self, customer: CustomerId, id: &OrderId) -> Result<&Arc<Row<Order>>> {
        self.orders.get(&(customer, id.clone())).ok_or_else(|| Error::OrderNotFound(id.to_string()))
    }

    /// All subscriptions of the customer.
    pub fn subscriptions_of(
        &self,
        customer: CustomerId,
    ) -> impl DoubleEndedIterator<Item = &Arc<Row<Subscription>>> {
        self.subscriptions
            .range((customer, SubscriptionId::FIRST)..=(customer, SubscriptionId::LAST))
            .map(|(_, row)| row)
    }

    /// All orders of the customer.
    pub fn orders_of(
        &self,
        customer: CustomerId,
    ) -> impl DoubleEndedIterator<Item = &Arc<Row<Order>>> {
        self.orders
            .range((customer, OrderId::first())..=(customer, OrderId::last()))
            .map(|(_, row)| row)
    }

    /// All reservation orders of the customer.
    pub fn reservation_orders_of(
        &self,
        customer: CustomerId,
    ) -> impl DoubleEndedIterator<Item = &Arc<Row<ReservationOrder>>> {
        self.reservation_orders
            .range((customer, ReservationOrderId::FIRST)..=(customer, ReservationOrderId::LAST))
            .map(|(_, row)| row)
    }

    /// All reservations of a reservation order, whatever their state.
    pub fn reservations_of(
        &self,
        customer: CustomerId,
        order: ReservationOrderId,
    ) -> impl DoubleEndedIterator<Item = &Arc<Row<Reservation>>> {
        self.reservations
            .range((customer, order, ReservationId::FIRST)..=(customer, order, ReservationId::LAST))
            .map(|(_, row)| row)
    }

    /// All agreements of the customer.
    pub fn agreements_of(
        &self,
        customer: CustomerId,
    ) -> impl DoubleEndedIterator<Item = &Arc<Row<Agreement>>> {
        self.agreements.range((customer, 0)..=(customer, u32::MAX)).map(|(_, row)| row)
    }

    /// The moment the next timer falls due.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.timers.next_due()
    }
}
