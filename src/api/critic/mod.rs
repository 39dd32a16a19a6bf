//! Watches the client: notes from each call what the report will say about it. Its memory is bounded and
//! a call costs a few look-ups; everything else waits until somebody reads.

mod coverage;
mod memory;
mod observe;
mod rules;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::journal::Entry;
use super::operation::Surface;
use super::request::Request;
use memory::Memory;

pub use coverage::Usage;
pub use rules::{RULES, Rule, Severity};

/// Calls that a finding names.
const MOST_CALLS: usize = 10;

/// What a client did against a rule, with one operation.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The operation, or what stands in for it.
    pub subject: String,
    /// What happened, the first time.
    pub detail: String,
    /// How often it happened.
    pub count: u64,
    /// Numbers of calls that show it, the first ones.
    pub calls: Vec<u64>,
}

/// The critic of a world.
#[derive(Debug, Default)]
pub struct Critic {
    memory: Mutex<Memory>,
}

impl Critic {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of a call.
    pub(super) fn observe(&self, request: &Request<'_>, answer: &[u8], entry: &Entry) {
        if entry.surface != Surface::Control {
            self.memory().observe(request, answer, entry);
        }
    }

    /// What was found so far, the worst first, then by rule.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.memory().findings();
        findings.sort_by(|a, b| {
            (b.rule.severity, a.rule.id, &a.subject).cmp(&(a.rule.severity, b.rule.id, &b.subject))
        });
        findings
    }

    /// Which operations were called, and how, by id.
    pub fn usage(&self) -> BTreeMap<&'static str, Usage> {
        self.memory().usage()
    }

    /// How many calls there were to the three APIs, and how many of them matched no operation.
    pub fn calls(&self) -> (u64, u64) {
        self.memory().calls()
    }
}
