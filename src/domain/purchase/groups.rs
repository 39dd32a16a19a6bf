//! Which lines of a cart become one order (contract: partner-center-carts-orders.md §1, orderGroup
//! rules; inferred).

use super::PricedLine;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::catalogue::{ProductKind, SoftwareLicensing};
use crate::domain::term::Term;

/// What lines of one order have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Reservations of any term and perpetual software.
    Prepaid,
    /// The Azure plan.
    AzurePlan,
    /// Legacy offers.
    Legacy,
    /// Anything else, by term, billing cycle and whether it is a trial.
    Modern(Option<Term>, BillingCycle, bool),
}

/// The group a line belongs to.
pub fn group_of(line: &PricedLine) -> Group {
    match line.kind {
        ProductKind::AzureReservation(_) | ProductKind::Software(SoftwareLicensing::Perpetual) => {
            Group::Prepaid
        }
        ProductKind::AzurePlan => Group::AzurePlan,
        ProductKind::LegacyAzure => Group::Legacy,
        ProductKind::Software(_) | ProductKind::License | ProductKind::Saas => {
            Group::Modern(line.term, line.billing_cycle, line.is_trial)
        }
    }
}

/// The names of the groups in the order of their first line: digits for modern groups, `OMS-n` for
/// legacy ones.
pub fn group_names(groups: impl IntoIterator<Item = Group>) -> Vec<(Group, String)> {
    let mut names: Vec<(Group, String)> = Vec::new();
    let (mut modern, mut legacy) = (0, 0);
    for group in groups {
        if names.iter().any(|(known, _)| *known == group) {
            continue;
        }
        let name = if group == Group::Legacy {
            legacy += 1;
            format!("OMS-{}", legacy - 1)
        } else {
            modern += 1;
            (modern - 1).to_string()
        };
        names.push((group, name));
    }
    names
}
