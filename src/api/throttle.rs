//! Budgets of callers: who has asked too often is told to wait.

use super::call::Call;
use super::journal::Trace;
use super::refusal::Refusal;

/// The budgets of a world's callers.
#[derive(Debug, Default)]
pub struct Throttle {}

impl Throttle {
    /// Why this call must wait, if it must.
    pub fn refuse(&self, _call: &Call<'_>, _trace: &mut Trace) -> Option<Refusal> {
        None
    }
}
