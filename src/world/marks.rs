//! Marks: moments of a world under names, to compare it with and to read it as it was.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::registry::is_name;
use super::{View, World};
use crate::domain::state::State;

/// Most marks of one world.
pub const MOST_MARKS: usize = 100;

/// A moment of a world.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Name.
    pub name: Arc<str>,
    /// Number of the state; see [`World::version`].
    pub version: u64,
    /// World time.
    pub at: DateTime<Utc>,
    /// The state.
    pub state: Arc<State>,
}

/// Why a mark cannot be set or had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarkError {
    /// No name for a mark.
    #[error(
        "`{0}` is no name for a mark: use 1 to 64 letters, digits, `-`, `_` or `.`, and not digits alone, which number the versions"
    )]
    BadName(String),
    /// The world is full of them.
    #[error("this world has {MOST_MARKS} marks already; DELETE some of GET /_mock/marks")]
    TooMany,
    /// No mark of that name.
    #[error(
        "this world has no mark named `{0}`; GET /_mock/marks lists them, and a reset or restore drops them"
    )]
    Unknown(String),
}

/// The marks of a world, in the order in which they were set. An attachment of it, so that a reset
/// drops them.
#[derive(Debug, Default)]
pub struct Marks {
    set: Mutex<Vec<Mark>>,
}

impl Marks {
    fn set_marks(&self) -> std::sync::MutexGuard<'_, Vec<Mark>> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks the world as it is now, instead of the moment that had the name before.
    pub fn set(&self, name: &str, world: &World) -> Result<Mark, MarkError> {
        if !is_name(name) || name.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(MarkError::BadName(name.chars().take(64).collect()));
        }
        let View { state, now } = world.view();
        let mark = Mark { name: Arc::from(name), version: world.version(), at: now, state };
        let mut marks = self.set_marks();
        let others = marks.iter().filter(|mark| *mark.name != *name).count();
        if others >= MOST_MARKS {
            return Err(MarkError::TooMany);
        }
        marks.retain(|mark| *mark.name != *name);
        marks.push(mark.clone());
        Ok(mark)
    }

    /// The mark of that name.
    pub fn find(&self, name: &str) -> Result<Mark, MarkError> {
        let unknown = || MarkError::Unknown(name.chars().take(64).collect());
        self.set_marks().iter().find(|mark| *mark.name == *name).cloned().ok_or_else(unknown)
    }

    /// Forgets a mark.
    pub fn forget(&self, name: &str) -> Result<(), MarkError> {
        let mut marks = self.set_marks();
        let before = marks.len();
        marks.retain(|mark| *mark.name != *name);
        if marks.len() == before {
            return Err(MarkError::Unknown(name.chars().take(64).collect()));
        }
        Ok(())
    }

    /// All of them.
    pub fn list(&self) -> Vec<Mark> {
        self.set_marks().clone()
    }
}
