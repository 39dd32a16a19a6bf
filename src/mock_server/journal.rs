//! The journal of a world in the hands of a test: what was called, how often, in which order.

use std::sync::Arc;

use serde_json::Value;

use super::WorldHandle;
use crate::api::dispatch::operation_called;
use crate::api::instruments::Instruments;
use crate::api::journal::{Entry, StatusFilter};
use crate::api::verification::{Expected, Times, Verdict, verify, verify_order};

/// What was expected was not seen; the message says what was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotVerified(pub String);

/// Calls of one operation, to be verified.
///
/// ```
/// use partner_center_mock::MockServer;
///
/// let mock = MockServer::start_blocking()?;
/// let world = mock.default_world();
/// // … the client under test does its work …
/// world.called("createOrder").with_body("lineItems[0].quantity", 2).times(0);
/// let report = world.called("createOrder").check(1).unwrap_err();
/// assert_eq!(report.to_string(), "expected createOrder exactly once, seen never");
/// # Ok::<(), partner_center_mock::StartError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is verified before `times`, `at_least`, `at_most`, `never` or `check`"]
pub struct Called<'w> {
    world: &'w WorldHandle<'w>,
    expected: Result<Expected, String>,
}

impl WorldHandle<'_> {
    /// What was asked of the world and what it answered, as far as it is kept, in the order in which
    /// the calls came in.
    pub fn requests(&self) -> Vec<Arc<Entry>> {
        let mut entries = self.instruments().journal.entries();
        entries.sort_by_key(|entry| entry.number);
        entries
    }

    /// Forgets what was asked; what comes later is verified alone.
    pub fn forget_requests(&self) {
        self.instruments().journal.clear();
    }

    fn instruments(&self) -> Arc<Instruments> {
        self.world.attachment::<Instruments>()
    }

    /// The calls of an operation, by its id in the `OpenAPI` documents.
    pub fn called(&self, operation: &str) -> Called<'_> {
        Called { world: self, expected: operation_called(operation).map(Expected::of) }
    }

    /// Insists that operations were called one after another; others may stand between them.
    #[track_caller]
    pub fn in_order(&self, operations: &[&str]) {
        if let Err(error) = self.check_order(operations) {
            panic!("{error}");
        }
    }

    /// Tells whether operations were called one after another, and gives those calls.
    pub fn check_order(&self, operations: &[&str]) -> Result<Vec<Arc<Entry>>, NotVerified> {
        let steps: Result<Vec<Expected>, String> =
            operations.iter().map(|id| operation_called(id).map(Expected::of)).collect();
        let steps = steps.map_err(NotVerified)?;
        let journal = &self.instruments().journal;
        outcome(verify_order(&steps, journal.entries(), journal.forgotten()))
    }
}

fn outcome(verdict: Verdict) -> Result<Vec<Arc<Entry>>, NotVerified> {
    if verdict.holds { Ok(verdict.calls) } else { Err(NotVerified(verdict.message)) }
}

impl Called<'_> {
    fn with(mut self, change: impl FnOnce(&mut Expected)) -> Self {
        if let Ok(expected) = &mut self.expected {
            change(expected);
        }
        self
    }

    /// Only calls whose body has this value at this path: `lineItems[0].quantity`, `[*]` for any item.
    pub fn with_body(self, path: &str, value: impl Into<Value>) -> Self {
        self.with(|expected| expected.body.push((path.to_owned(), value.into())))
    }

    /// Only calls about this customer.
    pub fn for_customer(self, customer: &str) -> Self {
        self.with(|expected| expected.filter.customer = Some(customer.to_owned()))
    }

    /// Only calls that were answered with this status.
    pub fn with_status(self, status: u16) -> Self {
        self.with(|expected| expected.filter.status = Some(StatusFilter::Is(status)))
    }

    /// Only calls that were refused with this error code.
    pub fn with_code(self, code: &str) -> Self {
        self.with(|expected| expected.filter.code = Some(code.to_owned()))
    }

    /// Only calls whose path contains this, or fits it where it has a `*`.
    pub fn with_path(self, path: &str) -> Self {
        self.with(|expected| expected.filter.path = Some(path.to_owned()))
    }

    /// Only calls after the one of this number.
    pub fn since(self, number: u64) -> Self {
        self.with(|expected| expected.filter.since = Some(number))
    }

    /// Tells whether there were so many, and gives them.
    pub fn check(&self, times: impl Into<Times>) -> Result<Vec<Arc<Entry>>, NotVerified> {
        let expected = self.expected.as_ref().map_err(|error| NotVerified(error.clone()))?;
        let journal = &self.world.instruments().journal;
        outcome(verify(expected, times.into(), journal.entries(), journal.forgotten()))
    }

    #[track_caller]
    fn insist(&self, times: Times) -> Vec<Arc<Entry>> {
        match self.check(times) {
            Ok(calls) => calls,
            Err(error) => panic!("{error}"),
        }
    }

    /// Insists that there were exactly so many, and gives them.
    #[track_caller]
    pub fn times(self, count: u64) -> Vec<Arc<Entry>> {
        self.insist(Times::exactly(count))
    }

    /// Insists that there were so many or more, and gives them.
    #[track_caller]
    pub fn at_least(self, count: u64) -> Vec<Arc<Entry>> {
        self.insist(Times::at_least(count))
    }

    /// Insists that there were so many or fewer, and gives them.
    #[track_caller]
    pub fn at_most(self, count: u64) -> Vec<Arc<Entry>> {
        self.insist(Times::at_most(count))
    }

    /// Insists that there was none.
    #[track_caller]
    pub fn never(self) {
        self.insist(Times::exactly(0));
    }
}
