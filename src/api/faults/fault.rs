//! A rule put together in Rust.

use std::time::Duration;

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::reading::{share, written};
use crate::api::operation::Surface;

/// A fault to be armed: which calls it is about, when it strikes and what it does. What cannot be is
/// refused when it is armed, with the reason.
///
/// ```
/// use std::time::Duration;
/// use partner_center_mock::{Fault, MockServer};
///
/// let mock = MockServer::start_blocking()?;
/// let world = mock.world("slow")?;
/// world.fault(Fault::on("createOrder").first(1).lose_answer())?;
/// world.fault(Fault::any().named("slow").every(10).latency(Duration::from_millis(20)))?;
///
/// let refused = world.fault(Fault::on("createOrdr").reset()).unwrap_err();
/// assert!(refused.to_string().contains("the nearest is createOrder"));
/// assert_eq!(world.faults().len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a fault does nothing until it is armed"]
pub struct Fault {
    rule: Map<String, Value>,
    matching: Map<String, Value>,
}

impl Fault {
    /// About every call.
    pub fn any() -> Self {
        Self { rule: Map::new(), matching: Map::new() }
    }

    /// About the calls of an operation, by its id in the documents: `createOrder`.
    pub fn on(operation: &str) -> Self {
        Self::any().and_on(operation)
    }

    /// About the calls of this operation too.
    pub fn and_on(mut self, operation: &str) -> Self {
        let known = self.matching.entry("operation").or_insert_with(|| json!([]));
        if let Value::Array(operations) = known {
            operations.push(operation.into());
        }
        self
    }

    fn matching(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.matching.insert(name.to_owned(), value.into());
        self
    }

    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.rule.insert(name.to_owned(), value.into());
        self
    }

    /// Only on this surface.
    pub fn surface(self, surface: Surface) -> Self {
        self.matching("surface", surface.name())
    }

    /// Only with this method.
    pub fn method(self, method: &Method) -> Self {
        self.matching("method", method.as_str())
    }

    /// Only on paths that fit: `{}` is a segment, `*` anything within one, `**` any number of them.
    pub fn path(self, pattern: &str) -> Self {
        self.matching("path", pattern)
    }

    /// Only about this customer; on Azure, with a token of its tenant.
    pub fn customer(self, id: &str) -> Self {
        self.matching("customer", id)
    }

    fn inner(mut self, of: &str, name: &str, value: Value) -> Self {
        if let Value::Object(members) = self.matching.entry(of).or_insert_with(|| json!({})) {
            members.insert(name.to_owned(), value);
        }
        self
    }

    /// Only where the body has this value at this path: `lineItems[0].quantity`, `lineItems[*].quantity`,
    /// or a single name at any depth.
    pub fn body(self, path: &str, value: impl Into<Value>) -> Self {
        self.inner("body", path, value.into())
    }

    /// Only with this header; `*` stands for anything in its value.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.inner("header", name, value.into())
    }

    /// Under this name, instead of a drawn one.
    pub fn named(self, id: &str) -> Self {
        self.with("id", id)
    }

    /// Strikes the first so many calls.
    pub fn first(self, count: u64) -> Self {
        self.with("first", count)
    }

    /// Strikes every so many-th call.
    pub fn every(self, step: u64) -> Self {
        self.with("every", step)
    }

    /// Strikes all but the first so many calls.
    pub fn after(self, count: u64) -> Self {
        self.with("after", count)
    }

    /// Strikes this share of the calls, drawn from the world's seed.
    pub fn probability(self, of: f64) -> Self {
        self.with("probability", share(of))
    }

    /// Strikes at most so many times.
    pub fn times(self, most: u64) -> Self {
        self.with("times", most)
    }

    /// Answers with a documented error of the operation, by its code.
    pub fn error(self, code: &str) -> Self {
        self.with("error", code)
    }

    /// Answers with a status in the shape of the surface; beside [`Self::error`], says which of the
    /// statuses of the code.
    pub fn status(self, status: u16) -> Self {
        self.with("status", status)
    }

    /// Tells to wait so many seconds, with status 429 or 503.
    pub fn retry_after(self, seconds: u32) -> Self {
        self.with("retryAfter", seconds)
    }

    /// Holds the answer back.
    pub fn latency(self, wait: Duration) -> Self {
        self.with("latency", written(wait))
    }

    /// Holds the answer back, anything between two equally likely.
    pub fn latency_between(self, from: Duration, to: Duration) -> Self {
        self.with("latency", json!({ "from": written(from), "to": written(to) }))
    }

    /// Holds the answer back, spread around a mean.
    pub fn latency_around(self, mean: Duration, deviation: Duration) -> Self {
        self.with("latency", json!({ "mean": written(mean), "deviation": written(deviation) }))
    }

    /// Carries the operation out and answers late.
    pub fn late(self, wait: Duration) -> Self {
        self.with("late", written(wait))
    }

    /// Resets the connection; nothing is carried out.
    pub fn reset(self) -> Self {
        self.with("reset", true)
    }

    /// Loses the request: nothing is carried out, the connection is reset.
    pub fn lose_request(self) -> Self {
        self.with("lose", "request")
    }

    /// Loses the answer: the operation is carried out, the connection is reset.
    pub fn lose_answer(self) -> Self {
        self.with("lose", "answer")
    }

    /// Cuts the body of the answer off after so many bytes and resets the connection.
    pub fn truncate(self, bytes: usize) -> Self {
        self.with("truncate", bytes)
    }

    /// Cuts the body of the answer off after this share of it and resets the connection.
    pub fn truncate_share(self, of: f64) -> Self {
        self.with("truncate", share(of))
    }

    /// Writes the body of the answer in pieces of so many bytes, with a pause before each.
    pub fn drip(self, bytes: usize, pause: Duration) -> Self {
        self.with("drip", json!({ "bytes": bytes, "pause": written(pause) }))
    }

    /// The rule as the control routes take it.
    pub fn into_json(mut self) -> Value {
        if !self.matching.is_empty() {
            self.rule.insert("match".to_owned(), Value::Object(self.matching));
        }
        Value::Object(self.rule)
    }
}
