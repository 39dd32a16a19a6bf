//! What belongs to a world and is not its state: what was asked of it, which faults are armed, how much
//! of a budget is used. One attachment of the world, so that a reset drops it whole.

use std::sync::Arc;

use super::critic::Critic;
use super::faults::Faults;
use super::journal::{Entry, Journal};
use super::request::Request;
use super::throttle::Throttle;
use crate::world::Limits;

/// The instruments of a world.
#[derive(Debug, Default)]
pub struct Instruments {
    /// What was asked and answered.
    pub journal: Journal,
    /// The faults that are armed.
    pub faults: Faults,
    /// The budgets of callers.
    pub throttle: Throttle,
    /// What the client did well and badly.
    pub critic: Critic,
}

impl Instruments {
    /// Takes note of a call that was answered.
    pub(super) fn note(&self, request: &Request<'_>, answer: &[u8], limits: &Limits, entry: Entry) {
        self.critic.observe(request, answer, &entry);
        self.journal.record(limits, Arc::new(entry));
    }
}
