//! What happened in a world, in a Rust program: marks, differences, counts.

use std::collections::BTreeMap;

use super::WorldHandle;
use crate::domain::state::State;
use crate::snapshot::{Diff, counts};
use crate::world::marks::{Mark, MarkError, Marks};

impl WorldHandle<'_> {
    /// Marks the world as it is now. Costs a pointer.
    ///
    /// ```
    /// use partner_center_mock::MockServer;
    ///
    /// let mock = MockServer::start_blocking()?;
    /// let world = mock.default_world();
    /// let before = world.mark("before-checkout")?;
    /// // The program under test does something.
    /// let diff = world.diff_since(&before);
    /// assert!(diff.created("orders").is_empty(), "{diff}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mark(&self, name: &str) -> Result<Mark, MarkError> {
        self.world.attachment::<Marks>().set(name, &self.world)
    }

    /// What happened in the world since a mark.
    pub fn diff_since(&self, mark: &Mark) -> Diff {
        Diff::between(&mark.state, &self.world.view().state)
    }

    /// How many rows each table has, without those that only serve the rules.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = counts(&self.world.view().state);
        for info in State::TABLES.iter().filter(|info| info.is_internal) {
            counts.remove(info.name);
        }
        counts
    }
}
