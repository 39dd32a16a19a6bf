//! What belongs to a world and is not its state: what was asked of it, which faults are armed, how much
//! of a budget is used. One attachment of the world, so that a reset drops it whole.

use super::faults::Faults;
use super::journal::Journal;
use super::throttle::Throttle;

/// The instruments of a world.
#[derive(Debug, Default)]
pub struct Instruments {
    /// What was asked and answered.
    pub journal: Journal,
    /// The faults that are armed.
    pub faults: Faults,
    /// The budgets of callers.
    pub throttle: Throttle,
}
