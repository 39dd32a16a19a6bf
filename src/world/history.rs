//! What a world was: the last states that were published, shared with the present one.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::state::State;

/// A state, past or present.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its number; 0 is the start.
    pub number: u64,
    /// World time from which it was so.
    pub since: DateTime<Utc>,
    /// The state.
    pub state: Arc<State>,
}

/// The states before the present one, as many as are kept.
#[derive(Debug)]
pub(super) struct History {
    versions: VecDeque<Version>,
    kept: usize,
}

impl History {
    /// An empty history that will keep so many.
    pub(super) fn keeping(kept: usize) -> Self {
        Self { versions: VecDeque::new(), kept }
    }

    pub(super) fn push(&mut self, version: Version) {
        if self.kept == 0 {
            return;
        }
        if self.versions.len() == self.kept {
            self.versions.pop_front();
        }
        self.versions.push_back(version);
    }

    pub(super) fn clear(&mut self) {
        self.versions = VecDeque::new();
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Version> {
        self.versions.iter()
    }

    /// The version of a number. Numbers follow each other without gaps.
    pub(super) fn find(&self, number: u64) -> Option<&Version> {
        let first = self.versions.front()?.number;
        self.versions.get(usize::try_from(number.checked_sub(first)?).ok()?)
    }
}
