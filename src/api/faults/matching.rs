//! Whether a call is one that a rule is about: its operation, path, customer, body and headers.

use std::cell::OnceCell;
use std::collections::HashSet;

use actix_web::http::header::HeaderName;
use serde_json::{Map, Value};

use crate::api::call::Call;
use crate::api::identity::form::{FORM, Form};
use crate::api::json::{parse_value, same_word};
use crate::api::operation::{Operation, Surface};
use crate::api::request::decode_segment;
use crate::domain::ids::CustomerId;

/// Longest path of a member, and longest pattern of a path, in steps.
const MOST_STEPS: usize = 40;

/// Which calls a rule is about; all that is given must hold.
#[derive(Debug)]
pub struct Matcher {
    /// Ids of the operations that can be meant at all.
    pub operations: HashSet<&'static str>,
    /// The path.
    pub path: Option<PathPattern>,
    /// The customer; on Azure the tenant of the token.
    pub customer: Option<CustomerId>,
    /// Members of the body.
    pub body: Vec<(BodyPath, Value)>,
    /// Headers; without a value any will do.
    pub headers: Vec<(HeaderName, Option<String>)>,
}

/// A call as rules look at it; its body is read at most once.
#[derive(Debug)]
pub struct Sight<'c, 'r> {
    call: &'c Call<'r>,
    body: OnceCell<Value>,
}

impl<'c, 'r> Sight<'c, 'r> {
    /// A look at a call.
    pub fn of(call: &'c Call<'r>) -> Self {
        Self { call, body: OnceCell::new() }
    }

    fn body(&self) -> &Value {
        self.body.get_or_init(|| {
            let request = self.call.request;
            let takes = self.call.operation.body.as_ref().map(|body| body.content_type);
            if takes == Some(FORM) {
                return Form::parse(&request.body).into_value();
            }
            parse_value(&request.body).unwrap_or(Value::Null)
        })
    }
}

/// The customer that a call is about, as far as path or token tell.
fn customer_of(call: &Call<'_>) -> Option<CustomerId> {
    match call.operation.surface {
        Surface::PartnerCenter => call.path_text("customer_id").parse().ok(),
        Surface::Azure => call.caller.claims()?.tenant.parse().ok(),
        Surface::Identity => call.path_text("tenant").parse().ok(),
        Surface::Control => None,
    }
}

impl Matcher {
    /// Whether a call is meant.
    pub fn admits(&self, sight: &Sight<'_, '_>) -> bool {
        let call = sight.call;
        let is_sent = |(name, wanted): &(HeaderName, Option<String>)| {
            call.request.header(name).is_some_and(|sent| match wanted {
                Some(wanted) => glob(wanted, sent),
                None => true,
            })
        };
        self.operations.contains(call.operation.id)
            && self.path.as_ref().is_none_or(|pattern| pattern.admits(call.request.path))
            && self.customer.is_none_or(|customer| customer_of(call) == Some(customer))
            && self.headers.iter().all(is_sent)
            && self.body.iter().all(|(path, wanted)| path.holds(sight.body(), wanted))
    }
}

/// A path with wildcards: `*` for anything within a segment, `{}` for a segment, `**` for any number
/// of segments. Casing does not matter.
#[derive(Debug)]
pub struct PathPattern(Vec<Box<str>>);

const SEVERAL: &str = "**";

impl PathPattern {
    /// Reads a pattern.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.contains('?') {
            return Err("must not contain a query; leave out what follows `?`".to_owned());
        }
        let segments: Vec<Box<str>> = text
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|s| if s.starts_with('{') && s.ends_with('}') { "*".into() } else { s.into() })
            .collect();
        if segments.is_empty() {
            return Err("is empty; write for example /v1/customers/{}/orders".to_owned());
        }
        if segments.len() > MOST_STEPS || text.len() > 2000 {
            return Err(format!("has more than {MOST_STEPS} segments or 2000 characters"));
        }
        Ok(Self(segments))
    }

    /// Whether a path is meant.
    fn admits(&self, path: &str) -> bool {
        let sent: Vec<_> =
            path.split('/').filter(|s| !s.is_empty()).take(100).map(decode_segment).collect();
        self.runs_along(sent.len(), |pattern, at| glob(pattern, &sent[at]), |_| false)
    }

    /// Whether any path of an operation is meant.
    pub fn can_admit(&self, operation: &Operation) -> bool {
        let known: Vec<&str> = operation.path.split('/').filter(|s| !s.is_empty()).collect();
        self.runs_along(
            known.len(),
            |pattern, at| known[at].starts_with('{') || glob(pattern, known[at]),
            |at| known[at].starts_with("{+"),
        )
    }

    /// Whether the pattern fits `length` segments, of which some may stand for several.
    fn runs_along(
        &self,
        length: usize,
        fits: impl Fn(&str, usize) -> bool,
        is_several: impl Fn(usize) -> bool,
    ) -> bool {
        let pattern = &self.0;
        // reach[j]: whether the rest of the pattern fits the segments from j on.
        let mut below: Vec<bool> = Vec::new();
        for i in (0..=pattern.len()).rev() {
            let mut reach = vec![false; length + 1];
            for j in (0..=length).rev() {
                let here = pattern.get(i).map(|segment| &**segment);
                reach[j] = match here {
                    None => j == length || (is_several(j) && reach[j + 1]),
                    Some(SEVERAL) => below[j] || (j < length && reach[j + 1]),
                    Some(_) if j == length => false,
                    Some(_) if is_several(j) => reach[j + 1] || below[j],
                    Some(segment) => fits(segment, j) && below[j + 1],
                };
            }
            below = reach;
        }
        below[0]
    }
}

/// Whether a text fits a pattern in which `*` stands for anything; casing does not matter.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            star = Some((p, t));
            p += 1;
        } else if pattern.get(p).is_some_and(|byte| byte.eq_ignore_ascii_case(&text[t])) {
            p += 1;
            t += 1;
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            p = at + 1;
            t = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[derive(Debug, PartialEq)]
enum Step {
    Member(String),
    Index(usize),
    Each,
}

/// Where a member of a body stands: `lineItems[0].quantity`, `lineItems[*].quantity`. A single name is
/// looked for at any depth.
#[derive(Debug, PartialEq)]
pub struct BodyPath(Vec<Step>);

impl BodyPath {
    /// Reads a path.
    pub fn read(text: &str) -> Result<Self, String> {
        let refuse = || "is not the path of a member; write for example lineItems[0].quantity";
        let mut steps = Vec::new();
        for part in text.split('.') {
            let (name, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
            if name.is_empty() && (rest.is_empty() || !steps.is_empty()) {
                return Err(refuse().to_owned());
            }
            if !name.is_empty() {
                steps.push(Step::Member(name.to_owned()));
            }
            while !rest.is_empty() {
                let inner = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
                let Some((index, after)) = inner else { return Err(refuse().to_owned()) };
                steps.push(match index {
                    "*" => Step::Each,
                    number => Step::Index(number.parse().map_err(|_| refuse().to_owned())?),
                });
                rest = after;
            }
        }
        if steps.len() > MOST_STEPS {
            return Err(format!("has more than {MOST_STEPS} steps"));
        }
        Ok(Self(steps))
    }

    /// Whether `body` has `wanted` there.
    fn holds(&self, body: &Value, wanted: &Value) -> bool {
        match self.0.as_slice() {
            [Step::Member(name)] => anywhere(body, name, wanted),
            steps => along(body, steps, wanted),
        }
    }
}

fn member<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    members.iter().rev().find(|(key, _)| same_word(key, name)).map(|(_, value)| value)
}

fn along(value: &Value, steps: &[Step], wanted: &Value) -> bool {
    let Some((step, rest)) = steps.split_first() else { return same_value(value, wanted) };
    match (step, value) {
        (Step::Member(name), Value::Object(members)) => match member(members, name) {
            Some(inner) => along(inner, rest, wanted),
            None => wanted.is_null(),
        },
        (Step::Index(at), Value::Array(items)) => match items.get(*at) {
            Some(inner) => along(inner, rest, wanted),
            None => wanted.is_null(),
        },
        (Step::Each, Value::Array(items)) => items.iter().any(|item| along(item, rest, wanted)),
        _ => wanted.is_null(),
    }
}

/// Bodies are parsed to a limited depth, which limits this too.
fn anywhere(value: &Value, name: &str, wanted: &Value) -> bool {
    match value {
        Value::Object(members) => {
            member(members, name).is_some_and(|inner| same_value(inner, wanted))
                || members.values().any(|inner| anywhere(inner, name, wanted))
        }
        Value::Array(items) => items.iter().any(|item| anywhere(item, name, wanted)),
        _ => false,
    }
}

/// Whether a value is the one that is wanted. Numbers may be sent as text, as clients do.
fn same_value(sent: &Value, wanted: &Value) -> bool {
    let plain = |value: &Value| match value {
        Value::Number(number) => number.as_f64().map(|it| it.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::String(text) => Some(match text.parse::<f64>() {
            Ok(number) if number.is_finite() => number.to_string(),
            _ => text.clone(),
        }),
        _ => None,
    };
    sent == wanted
        || match (sent, wanted) {
            (Value::String(_), Value::String(_)) => false,
            _ => plain(sent).is_some_and(|sent| plain(wanted) == Some(sent)),
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_fit_patterns() {
        for (pattern, path, fits) in [
            ("/v1/customers/{}/orders", "/v1/customers/a/orders", true),
            ("/v1/customers/{customer_id}/orders", "/V1/Customers/a/Orders/", true),
            ("/v1/customers/*/orders", "/v1/customers/a/orders/b", false),
            ("/v1/**/orders", "/v1/customers/a/orders", true),
            ("/v1/**", "/v1", true),
            ("**/orders/**", "/v1/customers/a/orders/x/y", true),
            ("/v1/cust*/a", "/v1/customers/a", true),
            ("/v1/cust*r/a", "/v1/customers/a", false),
            ("/v1/a%20b", "/v1/a%20b", false),
            ("/v1/a b", "/v1/a%20b", true),
        ] {
            assert_eq!(PathPattern::read(pattern).unwrap().admits(path), fits, "{pattern} {path}");
        }
        let hostile = PathPattern::read(&"**/".repeat(MOST_STEPS)).unwrap();
        assert!(hostile.admits(&"/a".repeat(5000)));
        for bad in ["", "/", "/v1?x=1", &"/a".repeat(41)] {
            assert!(PathPattern::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn globs_take_no_more_than_quadratic_time() {
        assert!(!glob(&"*a".repeat(300), &"a".repeat(250)));
        assert!(glob("*", "") && glob("a*c", "abbc") && !glob("a*c", "abb"));
    }

    #[test]
    fn members_are_found_by_their_paths() {
        let body = json!({
            "billingCycle": "monthly",
            "lineItems": [{ "quantity": 2, "friendlyName": "web" }, { "quantity": "3", "on": true }],
        });
        for (path, wanted, holds) in [
            ("lineItems[0].quantity", json!(2), true),
            ("LineItems[0].Quantity", json!(2.0), true),
            ("lineItems[0].quantity", json!("2"), true),
            ("lineItems[1].quantity", json!(3), true),
            ("lineItems[2].quantity", json!(3), false),
            ("lineItems[*].quantity", json!(3), true),
            ("lineItems[*].quantity", json!(4), false),
            ("friendlyName", json!("web"), true),
            ("friendlyName", json!("Web"), false),
            ("on", json!(true), true),
            ("lineItems[0].nothing", json!(null), true),
            ("billingCycle.x", json!(1), false),
        ] {
            let found = BodyPath::read(path).unwrap().holds(&body, &wanted);
            assert_eq!(found, holds, "{path} {wanted}");
        }
        for bad in ["", ".", "a.", "a[", "a[x]", "a[0", "a[-1]", &"a.".repeat(60)] {
            assert!(BodyPath::read(bad).is_err(), "{bad}");
        }
        assert!(BodyPath::read("[0].a").unwrap().holds(&json!([{ "a": 1 }]), &json!(1)));
    }
}
