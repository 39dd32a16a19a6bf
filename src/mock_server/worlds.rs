//! Worlds of a running mock: made, forked, listed, deleted.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{MockServer, WorldHandle};
use crate::api::service::{NewContent, NewState};
use crate::domain::error::Error;
use crate::world::Origin;
use crate::world::snapshot::Snapshot;

/// A world to be made. What is not said is as the server's other worlds begin.
///
/// ```
/// use partner_center_mock::{MockServer, NewWorld};
///
/// let mock = MockServer::start_blocking()?;
/// let world = mock.create_world("renewals", NewWorld::default().frozen_at("2026-01-31T09:00:00Z".parse()?))?;
/// let other = world.fork("renewals-too")?;
/// other.clock().advance("P1Y")?;
/// assert_ne!(world.now(), other.now());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct NewWorld {
    state: NewState,
    snapshot: Option<Snapshot>,
    keys: Vec<String>,
}

impl NewWorld {
    /// With the partner and nothing else.
    #[must_use]
    pub fn empty(mut self) -> Self {
        self.state.content = NewContent::Empty;
        self
    }

    /// With what fixtures tell, in JSON.
    #[must_use]
    pub fn fixtures(mut self, json: impl Into<String>) -> Self {
        self.state.content = NewContent::Fixtures(json.into());
        self
    }

    /// As a snapshot is; its clock goes on from there. What else is said of content, seed and time does
    /// not count.
    #[must_use]
    pub fn snapshot(mut self, snapshot: &Snapshot) -> Self {
        self.snapshot = Some(snapshot.clone());
        self
    }

    /// With another seed of its identifiers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.state.seed = Some(seed);
        self
    }

    /// With this world time at its start.
    #[must_use]
    pub fn starting_at(mut self, time: DateTime<Utc>) -> Self {
        self.state.time = Some(time);
        self
    }

    /// With a clock that stands still at this time.
    #[must_use]
    pub fn frozen_at(mut self, time: DateTime<Utc>) -> Self {
        self.state.time = Some(time);
        self.state.frozen = Some(true);
        self
    }

    /// Tokens of this client id, or of this tenant, lead to it.
    #[must_use]
    pub fn registered_for(mut self, key: impl Into<String>) -> Self {
        self.keys.push(key.into());
        self
    }
}

impl MockServer {
    /// Makes a world; its name is 1 to 64 letters, digits, `-`, `_`, `.`.
    pub fn create_world(&self, name: &str, new: NewWorld) -> Result<WorldHandle<'_>, Error> {
        let service = &self.shared.service;
        let state = match &new.snapshot {
            Some(snapshot) => snapshot.state_at(service.worlds.default_world().wall_time()),
            None => (service.make_state)(&new.state)
                .map_err(|reason| Error::invalid("fixtures", reason))?,
        };
        let world = service.worlds.create(name, Origin::State(Arc::new(state)))?;
        for key in &new.keys {
            service.worlds.register(key, &world);
        }
        Ok(WorldHandle { server: self, world })
    }

    /// Takes a world away with all it holds. The default world stays.
    pub fn delete_world(&self, name: &str) -> Result<(), Error> {
        Ok(self.shared.service.worlds.delete(name)?)
    }

    /// All worlds in the order of their names.
    pub fn worlds(&self) -> Vec<WorldHandle<'_>> {
        let worlds = self.shared.service.worlds.list();
        worlds.into_iter().map(|world| WorldHandle { server: self, world }).collect()
    }
}

impl<'s> WorldHandle<'s> {
    /// Another world that begins as this one is now. Costs microseconds whatever it holds.
    pub fn fork(&self, name: &str) -> Result<WorldHandle<'s>, Error> {
        let from = Origin::World(self.name().to_owned());
        let world = self.server.shared.service.worlds.create(name, from)?;
        Ok(WorldHandle { server: self.server, world })
    }
}
