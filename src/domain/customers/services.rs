//! The services that a partner can administer for a customer, as its subscriptions imply them
//! (contract: partner-center-customers.md §12; which subscription implies which service is [choice]).

use crate::domain::ids::CustomerId;
use crate::domain::state::State;
use crate::domain::subscriptions::{SubscriptionKind, SubscriptionStatus};

/// A service with a portal of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// Id.
    pub id: &'static str,
    /// Display name.
    pub name: &'static str,
    /// Group it is shown in.
    pub group: &'static str,
}

const EXCHANGE: Service = Service { id: "Exchange", name: "Exchange", group: "Office 365" };
const SHAREPOINT: Service = Service { id: "SharePoint", name: "SharePoint", group: "Office 365" };
const AZURE: Service =
    Service { id: "MicrosoftAzure", name: "Microsoft Azure", group: "Microsoft Azure" };

/// The services of a customer's active subscriptions, each once.
pub fn managed_services(state: &State, customer: CustomerId) -> Vec<Service> {
    let active = |wanted: fn(SubscriptionKind) -> bool| {
        state
            .subscriptions_of(customer)
            .any(|s| s.status == SubscriptionStatus::Active && wanted(s.kind))
    };
    let mut services = Vec::new();
    if active(|kind| kind == SubscriptionKind::License) {
        services.extend([EXCHANGE, SHAREPOINT]);
    }
    if active(SubscriptionKind::is_azure) {
        services.push(AZURE);
    }
    services
}
