//! A published row: its value, its revision, and room for bytes that are derived from it alone.

use std::ops::Deref;
use std::sync::OnceLock;

use bytes::Bytes;

/// What is rendered of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rendering {
    /// All of it.
    Whole,
    /// What a list shows.
    Entry,
}

/// A value as it stands in a [`Table`](super::Table) at one revision.
#[derive(Debug)]
pub struct Row<V> {
    revision: u64,
    value: V,
    renderings: [OnceLock<Bytes>; 2],
}

impl<V> Row<V> {
    pub(super) fn new(revision: u64, value: V) -> Self {
        Self { revision, value, renderings: Default::default() }
    }

    /// Counts the writes of this row, from 1.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Bytes derived from this row alone, made on first use and kept as long as the row stands.
    ///
    /// A row never changes once published, so what is rendered from it need not be rendered twice.
    pub fn rendering(&self, what: Rendering, render: impl FnOnce(&V) -> Bytes) -> &Bytes {
        let kept = match what {
            Rendering::Whole => &self.renderings[0],
            Rendering::Entry => &self.renderings[1],
        };
        kept.get_or_init(|| render(&self.value))
    }
}

/// Rows are the same when they are one and the same: a row never changes, it is replaced.
impl<V> PartialEq for Row<V> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl<V> Deref for Row<V> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.value
    }
}
