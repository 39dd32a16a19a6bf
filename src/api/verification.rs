//! Whether the calls that were expected were made, and in words what was expected, what was seen, and
//! why the closest calls do not count. Used by the control route and by the methods of the library.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::Value;

use super::journal::{Entry, Filter, HIDDEN, in_value};
use super::operation::{Operation, Surface};

/// Most calls that a message shows.
const MOST_SHOWN: usize = 5;

/// How often a call is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// At least so often.
    pub at_least: u64,
    /// At most so often; any number when absent.
    pub at_most: Option<u64>,
}

impl Times {
    /// Exactly so often.
    pub fn exactly(count: u64) -> Self {
        Self { at_least: count, at_most: Some(count) }
    }

    /// So often or more.
    pub fn at_least(count: u64) -> Self {
        Self { at_least: count, at_most: None }
    }

    /// So often or less.
    pub fn at_most(count: u64) -> Self {
        Self { at_least: 0, at_most: Some(count) }
    }

    fn takes(self, count: u64) -> bool {
        count >= self.at_least && self.at_most.is_none_or(|most| count <= most)
    }
}

fn times(count: u64) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.at_least, self.at_most) {
            (0, Some(0)) => f.write_str("never"),
            (least, Some(most)) if least == most => write!(f, "exactly {}", times(least)),
            (0, Some(most)) => write!(f, "at most {}", times(most)),
            (0, None) => f.write_str("any number of times"),
            (least, None) => write!(f, "at least {}", times(least)),
            (least, Some(most)) => write!(f, "{least} to {most} times"),
        }
    }
}

impl From<u64> for Times {
    fn from(count: u64) -> Self {
        Self::exactly(count)
    }
}

/// A call that is expected.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// What the call must have.
    pub filter: Filter,
    /// Members of its body, by path, with the values they must have.
    pub body: Vec<(String, Value)>,
}

impl Expected {
    /// A call of an operation.
    pub fn of(operation: &'static Operation) -> Self {
        let filter = Filter { operation: Some(operation), ..Filter::default() };
        Self { filter, body: Vec::new() }
    }

    /// Why an entry does not count, if it does not.
    fn misses(&self, entry: &Entry) -> Option<String> {
        // What steers the mock is no call of the client under test, unless it is asked for.
        let asks_for_control = self.filter.surface == Some(Surface::Control)
            || self.filter.operation.is_some_and(|it| it.surface == Surface::Control);
        if entry.surface == Surface::Control && !asks_for_control {
            return Some("it steers the mock".to_owned());
        }
        if let Some(reason) = self.filter.misses(entry) {
            return Some(reason);
        }
        if self.body.is_empty() {
            return None;
        }
        if entry.request_body.is_truncated() {
            return Some("its body is not kept whole (--journal-body)".to_owned());
        }
        let Some(body) = entry.request_body.json() else {
            return Some("its body is not JSON".to_owned());
        };
        self.body.iter().find_map(|(path, wanted)| body_misses(&body, path, wanted))
    }

    /// What is expected, in words.
    fn described(&self) -> String {
        let filter = &self.filter;
        let mut text = match (filter.operation, filter.surface) {
            (Some(operation), _) => operation.id.to_owned(),
            (None, Some(surface)) => format!("a call to {}", surface.name()),
            (None, None) => "a call".to_owned(),
        };
        let mut add = |what: &str, value: Option<String>| {
            if let Some(value) = value {
                let _ = write!(text, " {what} {value}");
            }
        };
        add("by", filter.method.as_ref().map(ToString::to_string));
        add("to", filter.path.as_ref().map(|path| format!("`{path}`")));
        add("for customer", filter.customer.clone());
        add("answered", filter.status.map(|status| status.to_string()));
        add("with code", filter.code.clone());
        add("with request id", filter.request_id.clone());
        add("with correlation id", filter.correlation_id.clone());
        add("after call", filter.since.map(|since| since.to_string()));
        for (index, (path, value)) in self.body.iter().enumerate() {
            let joint = if index == 0 { "with body" } else { "and" };
            let _ = write!(text, " {joint} {path} = {value}");
        }
        text
    }

    /// How close an entry comes that does not count: the operation counts most, then the place.
    fn closeness(&self, entry: &Entry) -> u8 {
        let Some(wanted) = self.filter.operation else { return 1 };
        match entry.operation {
            Some(operation) if operation.id == wanted.id => 3,
            Some(operation)
                if operation.surface == wanted.surface && operation.path == wanted.path =>
            {
                2
            }
            None if entry.trace.near_misses.iter().any(|near| near.operation.id == wanted.id) => 2,
            _ => 0,
        }
    }
}

/// A member of a body by its path: names in any casing as the service reads them, `[0]` for an item,
/// `[*]` for any.
fn members<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = vec![value];
    for part in path.split('.').flat_map(|part| part.split_inclusive(['[', ']'])) {
        let name = part.trim_end_matches(['[', ']']);
        if name.is_empty() {
            continue;
        }
        let is_index = part.ends_with(']');
        found = found
            .into_iter()
            .flat_map(|value| -> Vec<&Value> {
                match value {
                    Value::Array(items) if is_index && name == "*" => items.iter().collect(),
                    Value::Array(items) if is_index => name
                        .parse::<usize>()
                        .ok()
                        .and_then(|at| items.get(at))
                        .into_iter()
                        .collect(),
                    Value::Object(members) if !is_index => {
                        let same = |key: &&String| crate::api::json::same_word(key, name);
                        let key = members.keys().rev().find(same);
                        key.and_then(|key| members.get(key)).into_iter().collect()
                    }
                    _ => Vec::new(),
                }
            })
            .take(1000)
            .collect();
    }
    found
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

fn body_misses(body: &Value, path: &str, wanted: &Value) -> Option<String> {
    let found = members(body, path);
    if found.iter().any(|value| same(value, wanted)) {
        return None;
    }
    let Some(first) = found.first() else { return Some(format!("its body has no {path}")) };
    let mut shown = serde_json::json!({ path.rsplit(['.', '[']).next().unwrap_or(path): first });
    in_value(&mut shown);
    let shown = shown.as_object().and_then(|it| it.values().next()).map_or_else(
        || HIDDEN.to_owned(),
        |value| value.to_string().chars().take(200).collect::<String>(),
    );
    Some(format!("{path} is {shown}, not {wanted}"))
}

/// What a verification found.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Whether what was expected was seen.
    pub holds: bool,
    /// The calls that count, in order.
    pub calls: Vec<Arc<Entry>>,
    /// What was expected and what was seen.
    pub message: String,
}

/// Whether a call was made as often as expected. `forgotten` is how many calls are not kept any more.
pub fn verify(
    expected: &Expected,
    wanted: Times,
    mut entries: Vec<Arc<Entry>>,
    forgotten: u64,
) -> Verdict {
    entries.sort_by_key(|entry| entry.number);
    let (mut calls, mut others) = (Vec::new(), Vec::new());
    for entry in entries {
        match expected.misses(&entry) {
            None => calls.push(entry),
            Some(reason) => others.push((entry, reason)),
        }
    }
    let count = calls.len() as u64;
    let holds = wanted.takes(count);
    let mut message = format!("expected {} {wanted}, seen {}", expected.described(), times(count));
    if !holds {
        if !calls.is_empty() {
            list(&mut message, "counted", calls.iter().map(|entry| entry.line()));
        }
        others.retain(|(entry, _)| {
            entry.surface != Surface::Control && expected.closeness(entry) > 0
        });
        others
            .sort_by_key(|(entry, _)| std::cmp::Reverse((expected.closeness(entry), entry.number)));
        if count < wanted.at_least {
            let lines = others.iter().map(|(entry, why)| format!("{}: {why}", entry.line()));
            list(&mut message, "closest, and why they do not count", lines);
        }
    }
    if forgotten > 0 {
        let _ = write!(
            message,
            "\n{forgotten} calls are not kept any more and were not looked at (--journal)"
        );
    }
    Verdict { holds, calls, message }
}

fn list(message: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    let _ = write!(message, "\n{title}:");
    for line in lines.by_ref().take(MOST_SHOWN) {
        let _ = write!(message, "\n  {line}");
    }
    let more = lines.count();
    if more > 0 {
        let _ = write!(message, "\n  … and {more} more");
    }
}

/// Whether calls were made in this order. Others may stand between them; of each it is enough that one
/// call came after the one before.
pub fn verify_order(
    expected: &[Expected],
    mut entries: Vec<Arc<Entry>>,
    forgotten: u64,
) -> Verdict {
    entries.sort_by_key(|entry| entry.number);
    let names: Vec<String> = expected.iter().map(Expected::described).collect();
    let mut message = format!("expected in this order: {}", names.join(", then "));
    let mut calls: Vec<Arc<Entry>> = Vec::new();
    let mut holds = true;
    for (step, name) in expected.iter().zip(&names) {
        let last = calls.last().map_or(0, |entry| entry.number);
        let mut fitting = entries.iter().filter(|entry| step.misses(entry).is_none());
        if let Some(entry) = fitting.clone().find(|entry| entry.number > last) {
            calls.push(Arc::clone(entry));
            continue;
        }
        holds = false;
        let after = calls.last().map(|entry| entry.line());
        let _ = match (fitting.next_back(), after) {
            (Some(before), Some(after)) => write!(
                message,
                "\n{name} was not called after {after}\n  it was called before: {}",
                before.line()
            ),
            (_, Some(after)) => {
                write!(message, "\n{name} was not called after {after}, nor before")
            }
            (_, None) => write!(message, "\n{name} was not called"),
        };
        break;
    }
    if !calls.is_empty() {
        list(&mut message, "seen", calls.iter().map(|entry| entry.line()));
    }
    if forgotten > 0 {
        let _ = write!(message, "\n{forgotten} calls are not kept any more and were not looked at");
    }
    Verdict { holds, calls, message }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_found_as_the_service_reads_them() {
        let body = json!({ "LineItems": [{ "quantity": 2.0 }, { "quantity": 5 }], "name": "a" });
        for (path, wanted, fits) in [
            ("lineItems[0].quantity", json!(2), true),
            ("lineItems[*].quantity", json!(5), true),
            ("line_items[1].quantity", json!(2), false),
            ("lineItems[9].quantity", json!(2), false),
            ("name", json!("a"), true),
            ("name.more", json!("a"), false),
        ] {
            assert_eq!(body_misses(&body, path, &wanted).is_none(), fits, "{path}");
        }
        let why = body_misses(&json!({ "password": "s3cret" }), "password", &json!("x")).unwrap();
        assert!(!why.contains("s3cret"), "{why}");
    }

    #[test]
    fn times_read_well() {
        for (wanted, text) in [
            (Times::exactly(1), "exactly once"),
            (Times::exactly(0), "never"),
            (Times::at_least(2), "at least twice"),
            (Times::at_most(3), "at most 3 times"),
            (Times { at_least: 2, at_most: Some(4) }, "2 to 4 times"),
        ] {
            assert_eq!(wanted.to_string(), text);
        }
    }
}
