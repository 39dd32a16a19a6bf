//! The run of a world in a Rust program.

use super::WorldHandle;
use crate::api::bundle::{Bundle, BundleError};

impl WorldHandle<'_> {
    /// The run since the world began, or since its last reset: how it began, and every call with its
    /// answer. [`Builder::replay`](crate::Builder::replay) plays it again. What a test did by typed
    /// methods, such as advancing the clock, is no call and not in it; use the control routes in runs
    /// that are to be played again.
    pub fn bundle(&self) -> Result<Bundle, BundleError> {
        Bundle::of(self.server.service(), &self.world)
    }
}
