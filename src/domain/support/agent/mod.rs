//! The support agent: what happens to a case about a refund or an exchange without anybody at the
//! other end. It goes on step by step on the clock: acknowledge, ask for what is missing, decide by
//! the rules, carry out, note the amounts, close (contract: azure-support.md §7,
//! reservation-business-rules.md §8 [choice]). What a case asks for is read in [`wish`]; what the
//! agent says stands in [`letters`].

mod letters;
pub mod wish;

use self::wish::{Missing, Wish, WishKind};
use serde::{Deserialize, Serialize};

use super::lookup::find_case;
use super::{Case, CaseId, CaseOwner, assign_engineer, close, need_attention, post_outbound};
use crate::domain::error::{Error, Result};
use crate::domain::ids::CustomerId;
use crate::domain::reservations::{
    ExchangeRequest, RefundQuote, ReservationOrder, check_may_return, exchange_by_agent,
    find_order, return_by_agent,
};
use crate::domain::settings::{AgentStep, SupportAgent, Transition};
use crate::domain::state::State;
use crate::domain::timers::Timer;
use crate::domain::transaction::Transaction;

/// E-mail address of the engineer.
pub const ADDRESS: &str = "engineer@support.example";
/// Name of the engineer.
pub const NAME: &str = "Support engineer";

/// How far the agent is with a case.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentWork {
    /// How far.
    pub stage: AgentStage,
    /// Messages up to this number are done with: what they asked for has been decided.
    pub read: u32,
    /// Whether title and description are done with too.
    pub opening_read: bool,
}

/// How far the agent is with a case.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AgentStage {
    /// Nothing was done.
    #[default]
    New,
    /// The opener knows that somebody works on it, or has been asked for something.
    Acknowledged,
    /// It is allowed and will be carried out.
    Approved(Wish),
    /// Carried out or refused; the case can be closed.
    Decided,
    /// Closed. If it is opened again, something else is wanted.
    Finished,
}

/// Sets the timer for the next step of the agent, where the mock answers by itself.
pub(super) fn call(tx: &mut Transaction, owner: CaseOwner, id: CaseId) {
    if tx.settings.support.agent == SupportAgent::Auto {
        tx.schedule(Transition::SupportStep, Timer::SupportStep(owner.customer(), id));
    }
}

fn work(state: &State, id: CaseId) -> AgentWork {
    state.support.work.get(&id).map_or_else(AgentWork::default, |row| AgentWork::clone(row))
}

fn set_stage(tx: &mut Transaction, id: CaseId, stage: AgentStage) {
    let known = work(tx, id);
    tx.support.work.put(id, AgentWork { stage, ..known });
}

/// What was asked for has been decided: only what is said from here on asks for something else.
fn done_with(tx: &mut Transaction, id: CaseId) {
    let read = tx
        .support
        .messages
        .range((id, 0)..=(id, u32::MAX))
        .next_back()
        .map_or(0, |((_, number), _)| *number);
    let stage = AgentStage::Decided;
    tx.support.work.put(id, AgentWork { stage, read, opening_read: true });
}

fn does(state: &State, step: AgentStep) -> bool {
    state.settings.support.steps.contains(&step)
}

/// Does what is next about a case, and sets the timer for what follows.
pub fn step(tx: &mut Transaction, id: CaseId) -> Result<()> {
    let Ok(case) = find_case(tx, id) else { return Ok(()) };
    let case = Case::clone(case);
    if case.is_closed() || !case.concerns_refunds_or_exchanges() {
        return Ok(());
    }
    if take(tx, &case)? {
        call(tx, case.owner, id);
    }
    Ok(())
}

/// Takes one step; tells whether another one follows by itself.
fn take(tx: &mut Transaction, case: &Case) -> Result<bool> {
    let id = case.id;
    match work(tx, id).stage {
        AgentStage::New => {
            if does(tx, AgentStep::Acknowledge) {
                assign_engineer(tx, id, ADDRESS)?;
                post_outbound(tx, id, case.title.clone(), letters::ACKNOWLEDGED)?;
            }
            set_stage(tx, id, AgentStage::Acknowledged);
            Ok(true)
        }
        AgentStage::Acknowledged => match wish::read(tx, case) {
            Err(missing) => {
                ask(tx, id, &missing.to_string())?;
                Ok(false)
            }
            Ok(wish) => {
                match judge(tx, case, &wish) {
                    Ok(()) => set_stage(tx, id, AgentStage::Approved(wish)),
                    Err(error) => refuse(tx, id, &error.to_string())?,
                }
                Ok(true)
            }
        },
        AgentStage::Approved(wish) => {
            if !does(tx, AgentStep::CarryOut) {
                return Ok(false);
            }
            carry_out(tx, case, &wish)?;
            Ok(true)
        }
        AgentStage::Decided => {
            if does(tx, AgentStep::Close) {
                close(tx, id)?;
            }
            set_stage(tx, id, AgentStage::Finished);
            Ok(false)
        }
        // Opened again, or still open by the settings: the next message says what is wanted.
        AgentStage::Finished => {
            if wish::has_news(tx, case) {
                set_stage(tx, id, AgentStage::Acknowledged);
                return Ok(true);
            }
            ask(tx, id, letters::WHAT_ELSE)?;
            Ok(false)
        }
    }
}

/// What stands against a wish by the rules of this moment. Nobody gets by a request what a call would
/// refuse: who asks holds the roles that returning takes (contract: reservation-business-rules.md §10).
fn judge(tx: &Transaction, case: &Case, wish: &Wish) -> Result<()> {
    for item in &wish.items {
        let directory = find_order(tx, None, item.order)?.directory;
        for speaker in wish::speakers(tx, case) {
            check_may_return(tx, speaker, directory, item.order)?;
        }
    }
    let mut attempt = tx.attempt();
    fulfil(&mut attempt, case, wish).map(|_| ())
}

/// Carries a wish out, or refuses it when the rules have come to stand against it.
fn carry_out(tx: &mut Transaction, case: &Case, wish: &Wish) -> Result<()> {
    let mut attempt = tx.attempt();
    match fulfil(&mut attempt, case, wish) {
        Ok(letter) => {
            tx.adopt(attempt);
            post_outbound(tx, case.id, case.title.clone(), letter)?;
            done_with(tx, case.id);
            Ok(())
        }
        Err(error) => refuse(tx, case.id, &error.to_string()),
    }
}

/// Does what a wish asks for and says what it came to.
fn fulfil(tx: &mut Transaction, case: &Case, wish: &Wish) -> Result<String> {
    match &wish.kind {
        WishKind::Refund => {
            let mut quotes: Vec<(RefundQuote, u32)> = Vec::new();
            for item in &wish.items {
                let order = ReservationOrder::clone(find_order(tx, None, item.order)?);
                let quote = return_by_agent(tx, &order, item.reservation, item.quantity)?;
                quotes.push((quote, order.decimals));
            }
            Ok(letters::refunded(&quotes))
        }
        WishKind::Exchange(purchases) => {
            let first = wish
                .items
                .first()
                .ok_or_else(|| Error::Internal(format!("case {} exchanges nothing", case.id)))?;
            let directory = find_order(tx, None, first.order)?.directory;
            let request = ExchangeRequest {
                returns: wish.items.clone(),
                purchases: purchases.clone(),
                savings_plans: 0,
            };
            let done = exchange_by_agent(tx, directory, &request)?;
            Ok(letters::exchanged(&done))
        }
    }
}

/// Says no, and why.
fn refuse(tx: &mut Transaction, id: CaseId, reason: &str) -> Result<()> {
    let title = find_case(tx, id)?.title.clone();
    post_outbound(tx, id, title, letters::refused(reason))?;
    done_with(tx, id);
    Ok(())
}

/// Asks the opener for something; the next message of the opener goes on from there.
fn ask(tx: &mut Transaction, id: CaseId, question: &str) -> Result<()> {
    let title = find_case(tx, id)?.title.clone();
    post_outbound(tx, id, title, question)?;
    need_attention(tx, id)?;
    if work(tx, id).stage != AgentStage::Finished {
        set_stage(tx, id, AgentStage::Acknowledged);
    }
    Ok(())
}

/// What a person at the desk decides, instead of the agent or beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is carried out, its amounts are noted, and the case is closed.
    Approve,
    /// It is refused for this reason, and the case is closed.
    Reject(String),
    /// This is asked, and the case waits for its opener.
    Ask(String),
}

/// Decides on an open case about a refund or an exchange. What cannot be carried out by the rules, or
/// does not say what is wanted, cannot be approved.
pub fn decide(tx: &mut Transaction, id: CaseId, decision: Decision) -> Result<()> {
    let case = Case::clone(find_case(tx, id)?);
    if case.is_closed() {
        return Err(super::SupportFault::Closed.into());
    }
    if case.engineer.is_none() {
        assign_engineer(tx, id, ADDRESS)?;
    }
    match decision {
        Decision::Ask(question) => return ask(tx, id, &question),
        Decision::Reject(reason) => refuse(tx, id, &reason)?,
        Decision::Approve => {
            let wish = wish_of(tx, &case)?;
            let letter = fulfil(tx, &case, &wish)?;
            post_outbound(tx, id, case.title.clone(), letter)?;
            done_with(tx, id);
        }
    }
    close(tx, id)?;
    set_stage(tx, id, AgentStage::Finished);
    Ok(())
}

fn wish_of(tx: &Transaction, case: &Case) -> Result<Wish> {
    if !case.concerns_refunds_or_exchanges() {
        let reason = "is not about exchanges and refunds; there is nothing to approve";
        return Err(Error::invalid("case", reason));
    }
    wish::read(tx, case).map_err(|missing: Missing| Error::invalid("case", missing.to_string()))
}

/// Forgets what the agent knows of the cases of a customer that is gone.
pub(super) fn forget(tx: &mut Transaction, cases: &[CaseId]) {
    for id in cases {
        tx.support.work.remove(id);
    }
}

/// Whose reservations a case may be about.
pub(super) fn may_concern(owner: CaseOwner, customer: CustomerId) -> bool {
    match owner {
        CaseOwner::Partner => true,
        CaseOwner::Customer(own) => own == customer,
    }
}
