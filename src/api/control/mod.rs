//! The mock's own routes below `/_mock`.

use super::operation::Operation;

/// Every control operation.
pub fn operations() -> Vec<Operation> {
    Vec::new()
}
