//! Which operations a client called, and what it met.

use crate::api::journal::Entry;
use crate::api::operation::Operation;

/// Most error codes that are told apart for one operation.
const MOST_CODES: usize = 50;

/// What a client did with one operation.
#[derive(Debug, Clone)]
pub struct Usage {
    /// The operation.
    pub operation: &'static Operation,
    /// How often it was called.
    pub calls: u64,
    /// Statuses it was answered with, and how often.
    pub statuses: Vec<(u16, u64)>,
    /// Error codes it was answered with, and how often.
    pub codes: Vec<(Box<str>, u64)>,
    /// Whether a page after the first was asked for.
    pub turned_pages: bool,
}

impl Usage {
    pub(super) fn of(operation: &'static Operation) -> Self {
        Self { operation, calls: 0, statuses: Vec::new(), codes: Vec::new(), turned_pages: false }
    }

    pub(super) fn note(&mut self, entry: &Entry) {
        self.calls += 1;
        let status = entry.status.as_u16();
        match self.statuses.iter_mut().find(|(known, _)| *known == status) {
            Some((_, count)) => *count += 1,
            None => self.statuses.push((status, 1)),
        }
        let Some(code) = entry.code.as_deref() else { return };
        if let Some((_, count)) = self.codes.iter_mut().find(|(known, _)| **known == *code) {
            *count += 1;
        } else if self.codes.len() < MOST_CODES {
            self.codes.push((code.into(), 1));
        }
    }
}

impl Operation {
    /// Whether it answers a list page by page.
    pub fn is_paged(&self) -> bool {
        self.parameters.iter().any(|parameter| {
            parameter.place == "query"
                && matches!(
                    parameter.name,
                    "seekOperation" | "offset" | "$skiptoken" | "$skipToken"
                )
        })
    }
}
