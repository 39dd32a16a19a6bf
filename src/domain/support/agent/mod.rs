//! Who answers cases about refunds and exchanges.

use super::lookup::find_case;
use super::{CaseId, CaseOwner, assign_engineer, post_outbound};
use crate::domain::error::Result;
use crate::domain::settings::{SupportAgent, Transition};
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;

/// E-mail address of the engineer.
pub const ADDRESS: &str = "engineer@support.example";
/// Name of the engineer.
pub const NAME: &str = "Support engineer";

/// Sets the timer for the next step of the agent, where the mock answers by itself.
pub(super) fn call(tx: &mut Transaction, owner: CaseOwner, id: CaseId) {
    if tx.settings.support.agent == SupportAgent::Auto {
        tx.schedule(Transition::SupportStep, Timer::SupportStep(owner.customer(), id));
    }
}

/// Does what is next about a case: takes it over and says so.
pub fn step(tx: &mut Transaction, id: CaseId) -> Result<()> {
    let Ok(case) = find_case(tx, id) else { return Ok(()) };
    if case.is_closed() || case.engineer.is_some() || !case.concerns_refunds_or_exchanges() {
        return Ok(());
    }
    let subject = case.title.clone();
    assign_engineer(tx, id, ADDRESS)?;
    post_outbound(tx, id, subject, "Your request has been received and is being worked on.")?;
    Ok(())
}
