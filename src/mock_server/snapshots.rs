//! Snapshots of worlds, in a Rust program.

use std::path::Path;

use super::WorldHandle;
use crate::snapshot::SnapshotError;
use crate::world::snapshot::Snapshot;

impl WorldHandle<'_> {
    /// The world as it is now, its clock included. Costs a pointer, whatever the world holds.
    ///
    /// ```
    /// use partner_center_mock::MockServer;
    ///
    /// let mock = MockServer::start_blocking()?;
    /// let world = mock.default_world();
    /// let before = world.snapshot();
    /// world.advance("P1M")?;
    /// world.restore(&before);
    /// assert!(world.now() - before.taken_at < chrono::TimeDelta::hours(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of(&self.world)
    }

    /// Puts the world back to a snapshot, of this world or of another one. What lives beside the world
    /// is cleared as by a reset; its clock goes on from the time of the snapshot.
    pub fn restore(&self, snapshot: &Snapshot) {
        self.world.restore(snapshot);
    }

    /// Writes a snapshot to a file.
    ///
    /// ```
    /// use partner_center_mock::MockServer;
    ///
    /// let file = std::env::temp_dir().join(format!("pcmock-doc-{}.json", std::process::id()));
    /// let mock = MockServer::start_blocking()?;
    /// mock.default_world().save(&file)?;
    /// mock.world("copy")?.load(&file)?;
    /// # std::fs::remove_file(&file)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, file: impl AsRef<Path>) -> Result<(), SnapshotError> {
        self.snapshot().save(file.as_ref())
    }

    /// Puts the world back to the snapshot in a file. When the file is refused, the world stays as it is.
    pub fn load(&self, file: impl AsRef<Path>) -> Result<(), SnapshotError> {
        let catalogue = &self.world.seed().catalogue;
        let snapshot = Snapshot::load(file.as_ref(), catalogue, self.world.wall_time())?;
        self.restore(&snapshot);
        Ok(())
    }
}
