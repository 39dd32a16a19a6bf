//! Writing audit records.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{AuditOperation, AuditRecord, AuditSubject, IssuedInvoice, Versions};
use crate::domain::agreements::Agreement;
use crate::domain::customers::Customer;
use crate::domain::ids::CustomerId;
use crate::domain::orders::Order;
use crate::domain::subscriptions::Subscription;
use crate::domain::transaction::Transaction;
use crate::store::Row;

/// Seconds from the beginning of the year 1 to that of 1970.
const BEFORE_1970: i64 = 62_135_596_800;

/// Records what was done with something of a customer. `customer` may be gone by now.
pub fn record(
    tx: &mut Transaction,
    operation: AuditOperation,
    customer: Option<CustomerId>,
    subject: AuditSubject,
) {
    let row = customer.and_then(|id| tx.customers.get(&id)).cloned();
    append(tx, operation, customer, row, subject);
}

fn append(
    tx: &mut Transaction,
    operation: AuditOperation,
    customer: Option<CustomerId>,
    customer_row: Option<Arc<Row<Customer>>>,
    subject: AuditSubject,
) {
    let time = tx.now();
    drop_oldest(tx, time);
    let last = tx.audit_records.last().map_or(0, |(number, _)| *number);
    let number = ticks(time).max(last + 1);
    let actor = tx.actor().clone();
    let record = AuditRecord { number, time, customer, customer_row, subject, operation, actor };
    tx.audit_records.put(number, record);
}

/// Drops records that nobody sees any more, as many as keep the table from growing with time.
fn drop_oldest(tx: &mut Transaction, now: DateTime<Utc>) {
    for _ in 0..2 {
        let oldest = tx.audit_records.first().filter(|(_, row)| !row.is_kept(now));
        let Some(number) = oldest.map(|(number, _)| *number) else { return };
        tx.audit_records.remove(&number);
    }
}

/// A moment in tenths of a microsecond from the beginning of the year 1.
fn ticks(time: DateTime<Utc>) -> u64 {
    let seconds = u64::try_from(time.timestamp().saturating_add(BEFORE_1970)).unwrap_or_default();
    seconds * 10_000_000 + u64::from(time.timestamp_subsec_nanos() / 100)
}

/// A customer was created.
pub fn customer_added(tx: &mut Transaction, row: Arc<Row<Customer>>) {
    let subject = AuditSubject::Customer(Versions::made(row));
    of_customer(tx, AuditOperation::AddCustomer, subject);
}

/// A customer was deleted.
pub fn customer_deleted(tx: &mut Transaction, row: Arc<Row<Customer>>) {
    let subject = AuditSubject::Customer(Versions::gone(row));
    of_customer(tx, AuditOperation::DeleteCustomer, subject);
}

/// The relationship with a customer was removed.
pub fn relationship_removed(tx: &mut Transaction, row: Arc<Row<Customer>>) {
    let subject = AuditSubject::Customer(Versions::gone(row));
    of_customer(tx, AuditOperation::RemovePartnerCustomerRelationship, subject);
}

/// A billing profile was replaced.
pub fn billing_profile_updated(
    tx: &mut Transaction,
    before: Arc<Row<Customer>>,
    after: Arc<Row<Customer>>,
) {
    let subject = AuditSubject::Customer(Versions::changed(before, after));
    of_customer(tx, AuditOperation::UpdateCustomerBillingProfile, subject);
}

fn of_customer(tx: &mut Transaction, operation: AuditOperation, subject: AuditSubject) {
    let row = match &subject {
        AuditSubject::Customer(versions) => {
            versions.after.as_ref().or(versions.before.as_ref()).cloned()
        }
        _ => None,
    };
    append(tx, operation, row.as_ref().map(|row| row.id), row, subject);
}

/// An order was placed.
pub fn order_created(tx: &mut Transaction, row: Arc<Row<Order>>) {
    let customer = row.customer;
    let subject = AuditSubject::Order(Versions::made(row));
    record(tx, AuditOperation::CreateOrder, Some(customer), subject);
}

/// An order was changed, cancelled or refunded.
pub fn order_updated(tx: &mut Transaction, before: Arc<Row<Order>>, after: Arc<Row<Order>>) {
    let customer = after.customer;
    let subject = AuditSubject::Order(Versions::changed(before, after));
    record(tx, AuditOperation::UpdateOrder, Some(customer), subject);
}

/// Records that an order is another one than `before`, if it is.
pub fn order_changed(tx: &mut Transaction, before: &Arc<Row<Order>>) {
    let now = tx.orders.get(&(before.customer, before.id.clone()));
    if let Some(after) = now.filter(|after| !Arc::ptr_eq(after, before)).cloned() {
        order_updated(tx, Arc::clone(before), after);
    }
}

/// A subscription was changed.
pub fn subscription_updated(
    tx: &mut Transaction,
    before: Arc<Row<Subscription>>,
    after: Arc<Row<Subscription>>,
) {
    let customer = after.customer;
    let subject = AuditSubject::Subscription(Versions::changed(before, after));
    record(tx, AuditOperation::UpdateSubscription, Some(customer), subject);
}

/// An agreement was confirmed.
pub fn agreement_created(tx: &mut Transaction, customer: CustomerId, row: Arc<Row<Agreement>>) {
    let subject = AuditSubject::Agreement(Versions::made(row));
    record(tx, AuditOperation::CreateAgreement, Some(customer), subject);
}

/// An invoice was issued.
pub fn invoice_issued(tx: &mut Transaction, invoice: IssuedInvoice) {
    record(tx, AuditOperation::ReadyInvoice, None, AuditSubject::Invoice(invoice));
}
