//! What happens by itself: when its time comes, in the order of time, or when it was asked after often
//! enough or released. This file says what can happen and to whom; [`pending`] keeps what is to come.

mod pending;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::billing::{self, Month};
use super::error::Result;
use super::ids::{
    CustomerId, OperationId, OrderId, ReservationId, ReservationOrderId, SessionId, SubscriptionId,
};
use super::settings::Transition;
use super::state::State;
use super::support::{CaseId, SupportWork, Tree};
use super::transaction::Transaction;
use super::{orders, reservations, subscriptions, support};

pub use pending::{Held, Timers, asked_by};

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
    /// A month ends whose invoices do not wait for a time.
    CloseMonth(Month),
    /// An order appears in lists.
    ListOrder(CustomerId, OrderId),
    /// The calculation of an exchange is done.
    CompleteCalculation(CustomerId, OperationId),
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
            Self::CloseMonth(_) => "month-closed",
            Self::ListOrder(..) => "order-listed",
            Self::CompleteCalculation(..) => "exchange-calculated",
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
            | Self::ListOrder(c, _)
            | Self::CompleteCalculation(c, _)
            | Self::BillSubscription(c, _) => Some(*c),
            Self::SupportStep(c, _)
            | Self::CompleteSupportOperation(c, _)
            | Self::ForgetSupportOperation(c, _)
            | Self::ExpireFileWorkspace(c, ..) => *c,
            Self::IssueInvoices(_) | Self::CloseMonth(_) => None,
        }
    }

    /// Id of what it concerns.
    pub fn subject(&self) -> String {
        match self {
            Self::FulfilOrder(_, order) | Self::ListOrder(_, order) => order.to_string(),
            Self::CompleteRegistration(_, id)
            | Self::CompleteProvisioning(_, id)
            | Self::BillSubscription(_, id) => id.to_string(),
            Self::IssueInvoices(month) | Self::CloseMonth(month) => month.to_string(),
            Self::ExpireReservation(_, _, id) => id.to_string(),
            Self::CompleteOperation(_, id)
            | Self::ForgetOperation(_, id)
            | Self::CompleteExchange(_, id)
            | Self::CompleteCalculation(_, id)
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

    /// Whether a read of `path`, in lower case, asks about what this will end: its path names what is
    /// under way. Lists count where only a list can tell.
    pub fn is_asked_by(&self, state: &State, path: &str) -> bool {
        let names = |id: &dyn std::fmt::Display| {
            let id = id.to_string().to_lowercase();
            path.split('/').any(|segment| segment == id)
        };
        match self {
            Self::FulfilOrder(customer, order) => {
                let lines = state.orders.get(&(*customer, order.clone()));
                let mut lines = lines.iter().flat_map(|order| order.lines.iter());
                names(order)
                    || lines.any(|line| line.reservation_order.is_some_and(|id| names(&id)))
            }
            Self::ListOrder(customer, _) => {
                names(customer) && path.trim_end_matches('/').ends_with("/orders")
            }
            Self::CompleteOperation(_, id) => {
                let operation = state.operations.get(id);
                let mut concerned =
                    operation.iter().flat_map(|operation| operation.step.concerns());
                names(id) || concerned.any(|id| names(&id))
            }
            Self::CompleteCalculation(_, id) | Self::CompleteExchange(_, id) => {
                names(id) || state.exchanges.get(id).is_some_and(|it| names(&it.calculation))
            }
            Self::SupportStep(_, case) => state.support.cases.get(case).is_some_and(|case| {
                names(&case.service_request_id) || names(&case.ticket_id) || names(&case.name)
            }),
            Self::CompleteSupportOperation(_, id) => {
                let work = state.support.operations.get(id).map(|operation| &operation.work);
                names(id)
                    || match work {
                        Some(SupportWork::Ticket(_, new)) => {
                            new.name.as_ref().is_some_and(|name| names(name))
                        }
                        Some(SupportWork::Message(_, new)) => {
                            new.name.as_ref().is_some_and(|name| names(name))
                        }
                        None => false,
                    }
            }
            Self::IssueInvoices(_) => path.split('/').any(|segment| segment == "invoices"),
            other => names(&other.subject()),
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
            Self::CloseMonth(month) => {
                tx.schedule(Transition::InvoiceIssue, Self::IssueInvoices(*month));
                Ok(())
            }
            Self::ListOrder(customer, order) => orders::list(tx, *customer, order),
            Self::CompleteCalculation(_, id) => {
                reservations::complete_calculation(tx, *id);
                Ok(())
            }
        }
    }
}
