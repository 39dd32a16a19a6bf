//! The draft that a change works on. It is published whole or dropped whole; time and identifiers
//! reach the rules through it and through nothing else.

use std::ops::{Deref, DerefMut};

use chrono::{DateTime, Utc};

use super::audit::Actor;
use super::delay::Delay;
use super::ids::Draw;
use super::settings::Transition;
use super::state::State;
use super::timers::{Held, Timer};
use uuid::Uuid;

/// A draft of the state, dated.
#[derive(Debug)]
pub struct Transaction {
    draft: State,
    now: DateTime<Utc>,
    actor: Actor,
}

impl Transaction {
    /// Begins a draft of `base`, dated `now` in world time.
    pub fn begin(base: &State, now: DateTime<Utc>) -> Self {
        Self { draft: base.clone(), now, actor: Actor::default() }
    }

    /// The same, by somebody; a transaction that nobody is named for is the system's.
    #[must_use]
    pub fn by(mut self, actor: Actor) -> Self {
        self.actor = actor;
        self
    }

    /// A draft of this draft, by the same actor at the same time: taken over by [`Self::adopt`] or
    /// dropped.
    #[must_use]
    pub fn attempt(&self) -> Self {
        Self { draft: self.draft.clone(), now: self.now, actor: self.actor.clone() }
    }

    /// Who makes this change.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// World time of this change.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A GUID from the world's seed.
    pub fn guid(&mut self, draw: Draw) -> Uuid {
        self.draft.ids.guid(draw)
    }

    /// Sets a timer for when `transition`, begun now, is over; holds it where no time ends that.
    pub fn schedule(&mut self, transition: Transition, timer: Timer) {
        let delay = self.draft.settings.delay(transition);
        if delay.is_held() {
            let polls_left = match delay {
                Delay::Polls(count) => Some(count),
                Delay::After(_) | Delay::Manual => None,
            };
            self.draft.timers.hold(Held { transition, timer, since: self.now, polls_left });
        } else {
            self.draft.timers.set(delay.due(self.now), timer);
        }
    }

    /// Takes over what an attempt, begun from this draft, has changed.
    pub fn adopt(&mut self, attempt: Self) {
        self.draft = attempt.draft;
    }

    /// The finished draft.
    pub fn finish(self) -> State {
        self.draft
    }
}

impl Deref for Transaction {
    type Target = State;

    fn deref(&self) -> &State {
        &self.draft
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.draft
    }
}
