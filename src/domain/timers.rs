//! What happens by itself when its time comes, in the order of time.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::billing::{self, Month};
use super::error::Result;
use super::ids::{
    CustomerId, OperationId, OrderId, ReservationId, ReservationOrderId, SessionId, SubscriptionId,
};
use super::support::{CaseId, Tree};
use super::transaction::Transaction;
use super::{orders, reservations, subscriptions, support};
use crate::store::Table;

/// Something that falls due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Timer {
    /// An order is fulfilled.
    FulfilOrder(CustomerId, OrderId),
    /// The registration of a subscription for reservations is done.
    CompleteRegistration(CustomerId, SubscriptionId),
    /// A changed quantity has been provisioned.
    CompleteProvisioning(CustomerId, SubscriptionId),
    /// A reservation reaches the end of its term.
    ExpireReservation(CustomerId, ReservationOrderId, ReservationId),
    /// A long-running operation of Azure ends.
    CompleteOperation(CustomerId, OperationId),
    /// A finished operation is forgotten.
    ForgetOperation(CustomerId, OperationId),
    /// A price is forgotten that nobody took.
    ForgetQuote(CustomerId, ReservationOrderId),
    /// A later payment of a reservation order falls due, by its number.
    ChargeInstalment(CustomerId, ReservationOrderId, u32),
    /// A calculated refund is forgotten that nobody carried out.
    ForgetRefundSession(CustomerId, SessionId),
    /// An exchange is carried out.
    CompleteExchange(CustomerId, OperationId),
    /// A calculated exchange is forgotten.
    ForgetExchange(CustomerId, OperationId),
    /// The support agent does what is next about a case.
    SupportStep(Option<CustomerId>, CaseId),
    /// A long-running operation of support ends.
    CompleteSupportOperation(Option<CustomerId>, OperationId),
    /// A finished operation of support is forgotten.
    ForgetSupportOperation(Option<CustomerId>, OperationId),
    /// A workspace with files for support goes.
    ExpireFileWorkspace(Option<CustomerId>, Tree, Arc<str>),
    /// A billing cycle of a subscription begins.
    BillSubscription(CustomerId, SubscriptionId),
    /// The invoices of a month are issued.
    IssueInvoices(Month),
}

impl Timer {
    /// Name of the kind of event.
    pub fn name(&self) -> &'static str {
        match self {
            Self::FulfilOrder(..) => "order-fulfilled",
            Self::CompleteRegistration(..) => "subscription-registered",
            Self::CompleteProvisioning(..) => "subscription-provisioned",
            Self::ExpireReservation(..) => "reservation-expired",
            Self::CompleteOperation(..) => "operation-completed",
            Self::ForgetOperation(..) => "operation-forgotten",
            Self::ForgetQuote(..) => "price-forgotten",
            Self::ChargeInstalment(..) => "instalment-charged",
            Self::ForgetRefundSession(..) => "refund-forgotten",
            Self::CompleteExchange(..) => "exchange-completed",
            Self::ForgetExchange(..) => "exchange-forgotten",
            Self::SupportStep(..) => "support-step",
            Self::CompleteSupportOperation(..) => "support-operation-completed",
            Self::ForgetSupportOperation(..) => "support-operation-forgotten",
            Self::ExpireFileWorkspace(..) => "file-workspace-expired",
            Self::BillSubscription(..) => "subscription-billed",
            Self::IssueInvoices(_) => "invoices-issued",
        }
    }

    /// The customer it concerns; none where it concerns the partner alone.
    pub fn customer(&self) -> Option<CustomerId> {
        match self {
            Self::FulfilOrder(c, _)
            | Self::CompleteRegistration(c, _)
            | Self::CompleteProvisioning(c, _)
            | Self::ExpireReservation(c, ..)
            | Self::CompleteOperation(c, _)
            | Self::ForgetOperation(c, _)
            | Self::ForgetQuote(c, _)
            | Self::ChargeInstalment(c, ..)
            | Self::ForgetRefundSession(c, _)
            | Self::CompleteExchange(c, _)
            | Self::ForgetExchange(c, _)
            | Self::BillSubscription(c, _) => Some(*c),
            Self::SupportStep(c, _)
            | Self::CompleteSupportOperation(c, _)
            | Self::ForgetSupportOperation(c, _)
            | Self::ExpireFileWorkspace(c, ..) => *c,
            Self::IssueInvoices(_) => None,
        }
    }

    /// Id of what it concerns.
    pub fn subject(&self) -> String {
        match self {
            Self::FulfilOrder(_, order) => order.to_string(),
            Self::CompleteRegistration(_, id)
            | Self::CompleteProvisioning(_, id)
            | Self::BillSubscription(_, id) => id.to_string(),
            Self::IssueInvoices(month) => month.to_string(),
            Self::ExpireReservation(_, _, id) => id.to_string(),
            Self::CompleteOperation(_, id)
            | Self::ForgetOperation(_, id)
            | Self::CompleteExchange(_, id)
            | Self::ForgetExchange(_, id) => id.to_string(),
            Self::ForgetRefundSession(_, id) => id.to_string(),
            Self::ForgetQuote(_, id) | Self::ChargeInstalment(_, id, _) => id.to_string(),
            Self::SupportStep(_, case) => case.to_string(),
            Self::CompleteSupportOperation(_, id) | Self::ForgetSupportOperation(_, id) => {
                id.to_string()
            }
            Self::ExpireFileWorkspace(_, _, name) => name.to_string(),
        }
    }

    /// Carries it out.
    pub fn fire(&self, tx: &mut Transaction) -> Result<()> {
        match self {
            Self::FulfilOrder(customer, order) => orders::fulfil(tx, *customer, order),
            Self::CompleteRegistration(customer, id) => {
                subscriptions::complete_registration(tx, *customer, *id)
            }
            Self::CompleteProvisioning(customer, id) => {
                subscriptions::complete_provisioning(tx, *customer, *id)
            }
            Self::ExpireReservation(customer, order, id) => {
                reservations::expire(tx, *customer, *order, *id)
            }
            Self::CompleteOperation(_, id) => reservations::complete_operation(tx, *id),
            Self::ForgetOperation(_, id) => {
                reservations::forget(tx, *id);
                Ok(())
            }
            Self::ForgetQuote(_, id) => {
                reservations::forget_quote(tx, *id);
                Ok(())
            }
            Self::ForgetRefundSession(_, id) => {
                reservations::forget_refund_session(tx, *id);
                Ok(())
            }
            Self::CompleteExchange(_, id) => {
                reservations::complete_exchange(tx, *id);
                Ok(())
            }
            Self::ForgetExchange(_, id) => {
                reservations::forget_exchange(tx, *id);
                Ok(())
            }
            Self::ChargeInstalment(customer, order, number) => {
                reservations::charge_instalment(tx, *customer, *order, *number);
                Ok(())
            }
            Self::SupportStep(_, case) => support::agent::step(tx, *case),
            Self::CompleteSupportOperation(_, id) => support::complete_operation(tx, *id),
            Self::ForgetSupportOperation(_, id) => {
                support::forget_operation(tx, *id);
                Ok(())
            }
            Self::ExpireFileWorkspace(_, tree, name) => {
                support::expire_workspace(tx, *tree, name);
                Ok(())
            }
            Self::BillSubscription(customer, id) => billing::bill_subscription(tx, *customer, *id),
            Self::IssueInvoices(month) => {
                billing::issue(tx, *month);
                Ok(())
            }
        }
    }
}

/// The timers of a world.
#[derive(Debug, Clone, Default)]
pub struct Timers {
    pub(super) due: Table<(DateTime<Utc>, u64), Timer>,
    pub(super) set: u64,
}

impl Timers {
    /// Sets a timer. Timers of one moment fire in the order they were set.
    pub fn set(&mut self, due: DateTime<Utc>, timer: Timer) {
        self.set += 1;
        self.due.put((due, self.set), timer);
    }

    /// When the next one falls due.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.due.first().map(|((due, _), _)| *due)
    }

    /// Takes the first timer that is due at `now`.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Timer)> {
        let (key, row) = self.due.first()?;
        if key.0 > now {
            return None;
        }
        let (key, timer) = (*key, Timer::clone(row));
        self.due.remove(&key);
        Some((key.0, timer))
    }

    /// Drops the timers of a customer that is gone.
    pub fn forget(&mut self, customer: CustomerId) {
        let keys: Vec<_> = self
            .due
            .iter()
            .filter(|(_, timer)| timer.customer() == Some(customer))
            .map(|(key, _)| *key)
            .collect();
        for key in keys {
            self.due.remove(&key);
        }
    }

    /// All timers in the order they fall due.
    pub fn iter(&self) -> impl Iterator<Item = (DateTime<Utc>, &Timer)> {
        self.due.iter().map(|((due, _), row)| (*due, &***row))
    }
}
