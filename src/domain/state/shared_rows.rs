//! Which rows stand in rows of other tables, so that a snapshot writes each of them once.

use super::State;
use crate::domain::audit::{AuditRecord, AuditSubject, Versions};
use crate::domain::ledger::LedgerEntry;
use crate::store::shared::Writing;

impl State {
    /// Announces the rows that stand in several places. With the state that this one is written as
    /// changes of, only what was added since.
    pub fn share_rows(&self, base: Option<&Self>, writing: &mut Writing) {
        match base {
            None => {
                self.ledger.iter().for_each(|(_, entry)| entry_rows(entry, writing));
                self.audit_records.iter().for_each(|(_, record)| record_rows(record, writing));
                // The latest revision of a reservation is the reservation.
                self.reservations.iter().for_each(|(_, row)| writing.share(row));
            }
            Some(base) => {
                for change in base.ledger.changes(&self.ledger) {
                    change.after.into_iter().for_each(|entry| entry_rows(entry, writing));
                }
                for change in base.audit_records.changes(&self.audit_records) {
                    change.after.into_iter().for_each(|record| record_rows(record, writing));
                }
                for change in base.reservations.changes(&self.reservations) {
                    change.after.into_iter().for_each(|row| writing.share(row));
                }
            }
        }
    }
}

fn entry_rows(entry: &LedgerEntry, writing: &mut Writing) {
    let voucher = &entry.voucher;
    voucher.customer.iter().for_each(|row| writing.share(row));
    voucher.order.iter().for_each(|row| writing.share(row));
    voucher.subscription.iter().for_each(|row| writing.share(row));
}

fn record_rows(record: &AuditRecord, writing: &mut Writing) {
    record.customer_row.iter().for_each(|row| writing.share(row));
    match &record.subject {
        AuditSubject::Customer(versions) => version_rows(versions, writing),
        AuditSubject::Order(versions) => version_rows(versions, writing),
        AuditSubject::Subscription(versions) => version_rows(versions, writing),
        AuditSubject::Agreement(versions) => version_rows(versions, writing),
        AuditSubject::Invoice(_) => {}
    }
}

fn version_rows<V>(versions: &Versions<V>, writing: &mut Writing) {
    versions.before.iter().chain(&versions.after).for_each(|row| writing.share(row));
}
