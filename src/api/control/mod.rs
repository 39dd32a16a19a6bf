//! The mock's own routes below `/_mock`: health, worlds, clock, reset, the list of errors.

mod clock;
mod error;
mod health;
mod worlds;

use super::operation::Operation;

pub use error::{ControlError, ControlFault};

/// Every control operation.
pub fn operations() -> Vec<Operation> {
    let mut operations = health::operations();
    operations.extend(worlds::operations());
    operations.extend(clock::operations());
    operations.extend(error::operations());
    operations
}
