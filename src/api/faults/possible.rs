//! Whether a rule can strike at all: the operations that it can be about, and why there is none.

use actix_web::http::Method;
use actix_web::http::header::HeaderName;
use serde_json::Value;

use super::documented;
use super::matching::{BodyPath, Matcher, PathPattern};
use super::reading::{Members, shown};
use super::rule::{Answer, Effect, Wire};
use crate::api::dispatch::{api, surface_of_path};
use crate::api::near_miss::{letters_alike, near_misses};
use crate::api::operation::{Auth, Operation, Surface};
use crate::domain::error::{Error, Result};
use crate::domain::ids::CustomerId;
use crate::domain::state::State;

/// Most operations that a refusal names.
const MOST_NAMED: usize = 3;
/// Most members, or headers, that a rule asks for.
const MOST_ASKED: usize = 20;

/// The operations that are still possible, while what a rule asks for is gone through.
struct Possible {
    left: Vec<&'static Operation>,
    /// Whether the rule names them, so that each must stay possible.
    is_named: bool,
}

fn named(operations: &[&Operation]) -> String {
    let mut names: Vec<&str> = operations.iter().take(MOST_NAMED).map(|it| it.id).collect();
    let more = operations.len().saturating_sub(MOST_NAMED);
    let rest = format!("{more} more");
    if more > 0 {
        names.push(&rest);
    }
    names.join(", ")
}

impl Possible {
    /// Keeps what `fits`; refused with the words for what does not, once nothing is left.
    fn narrow(
        &mut self,
        fits: impl Fn(&Operation) -> bool,
        refuse: impl FnOnce(&[&'static Operation]) -> Error,
    ) -> Result<()> {
        let (left, gone): (Vec<_>, Vec<_>) = self.left.iter().partition(|it| fits(it));
        if left.is_empty() || (self.is_named && !gone.is_empty()) {
            return Err(refuse(&gone));
        }
        self.left = left;
        Ok(())
    }
}

/// Reads `match` and judges it together with the effect. `world` is what the customer must be in.
pub(super) fn matcher(
    rule: &mut Members<'_>,
    effect: &Effect,
    world: Option<&State>,
) -> Result<Matcher> {
    let place = rule.place("match");
    let empty = Value::Object(serde_json::Map::new());
    let mut members = Members::of(&place, rule.take("match").unwrap_or(&empty))?;
    let mut possible = operations(&mut members)?;
    surface(&mut members, &mut possible)?;
    method(&mut members, &mut possible)?;
    let path = path(&mut members, &mut possible)?;
    let customer = customer(&mut members, &mut possible, world)?;
    let body = body(&mut members, &mut possible)?;
    let headers = headers(&mut members)?;
    members.finish()?;
    judge_effect(rule, &mut possible, effect)?;
    let operations = possible.left.iter().map(|operation| operation.id).collect();
    Ok(Matcher { operations, path, customer, body, headers })
}

fn operations(members: &mut Members<'_>) -> Result<Possible> {
    let all = || api().operations.iter().filter(|it| it.surface != Surface::Control);
    let names: Vec<&Value> = match members.take("operation") {
        None => return Ok(Possible { left: all().collect(), is_named: false }),
        Some(Value::Array(names)) if !names.is_empty() => names.iter().collect(),
        Some(name) => vec![name],
    };
    let mut left: Vec<&'static Operation> = Vec::new();
    for name in names {
        let Value::String(name) = name else {
            let reason = format!("must be the id of an operation, or several, not {}", shown(name));
            return Err(members.refuse("operation", reason));
        };
        let found = api().operations.iter().find(|it| it.id.eq_ignore_ascii_case(name.trim()));
        match found {
            Some(operation) if operation.surface == Surface::Control => {
                let reason =
                    format!("{} is one of the mock's own, which no fault strikes", operation.id);
                return Err(members.refuse("operation", reason));
            }
            Some(operation) if left.iter().any(|it| it.id == operation.id) => {}
            Some(operation) => left.push(operation),
            None => {
                let nearest = all().max_by_key(|it| letters_alike(it.id, name));
                let nearest = nearest.map_or("", |it| it.id);
                let name: String = name.chars().take(60).collect();
                let reason = format!(
                    "no operation is called `{name}`; the nearest is {nearest}. GET /_mock/errors lists them all"
                );
                return Err(members.refuse("operation", reason));
            }
        }
    }
    Ok(Possible { left, is_named: true })
}

fn surface(members: &mut Members<'_>, possible: &mut Possible) -> Result<()> {
    let Some(word) = members.text("surface")? else { return Ok(()) };
    let struck = [Surface::PartnerCenter, Surface::Azure, Surface::Identity];
    let Some(surface) = struck.into_iter().find(|it| it.name().eq_ignore_ascii_case(word)) else {
        let word: String = word.chars().take(40).collect();
        let reason = format!("must be partner-center, azure or identity, not `{word}`");
        return Err(members.refuse("surface", reason));
    };
    possible.narrow(
        |it| it.surface == surface,
        |gone| {
            let of = gone.first().map_or("", |it| it.surface.name());
            let reason = format!("{} is of {of}; leave `surface` out or say {of}", named(gone));
            members.refuse("surface", reason)
        },
    )
}

fn method(members: &mut Members<'_>, possible: &mut Possible) -> Result<()> {
    let Some(word) = members.text("method")? else { return Ok(()) };
    let method: Method = word.to_ascii_uppercase().parse().unwrap_or(Method::TRACE);
    possible.narrow(
        |it| it.method == method,
        |gone| if let [one] = gone {
            let (id, method) = (one.id, &one.method);
            let reason = format!("{id} is a {method}; leave `method` out or say {method}");
            members.refuse("method", reason)
        } else {
            let word: String = word.chars().take(20).collect();
            members.refuse("method", format!("none of the operations is a `{word}`; use one of GET, POST, PUT, PATCH, DELETE"))
        },
    )
}

fn path(members: &mut Members<'_>, possible: &mut Possible) -> Result<Option<PathPattern>> {
    let Some(text) = members.text("path")? else { return Ok(None) };
    let pattern = PathPattern::read(text).map_err(|reason| members.refuse("path", reason))?;
    possible.narrow(
        |it| pattern.can_admit(it),
        |gone| {
            if let [one] = gone {
                let reason =
                    format!("{} has the path {}; leave `path` out or use that", one.id, one.path);
                members.refuse("path", reason)
            } else {
                let closest = near_misses(&Method::GET, text, surface_of_path(text));
                let closest = closest.first().map_or_else(String::new, |it| {
                    format!("; the closest is {}", it.operation.path)
                });
                members.refuse("path", format!("no operation has such a path{closest}"))
            }
        },
    )?;
    Ok(Some(pattern))
}

/// Whether a call of an operation can tell a customer.
fn tells_customer(operation: &Operation) -> bool {
    match operation.surface {
        Surface::PartnerCenter => operation.path_parameters().any(|name| name == "customer_id"),
        Surface::Azure => operation.auth != Auth::None,
        Surface::Identity => operation.path_parameters().any(|name| name == "tenant"),
        Surface::Control => false,
    }
}

fn customer(
    members: &mut Members<'_>,
    possible: &mut Possible,
    world: Option<&State>,
) -> Result<Option<CustomerId>> {
    let Some(text) = members.text("customer")? else { return Ok(None) };
    let id: CustomerId = text.parse().map_err(|error| {
        let text: String = text.chars().take(60).collect();
        members.refuse("customer", format!("`{text}` {error}"))
    })?;
    if let Some(state) = world
        && state.customers.get(&id).is_none()
        && state.foreign_customers.get(&id).is_none()
    {
        let known = state.customers.iter().next();
        let known = known.map_or_else(String::new, |(id, _)| format!(", for example {id}"));
        let reason =
            format!("the world has no customer {id}; use one that GET /v1/customers lists{known}");
        return Err(members.refuse("customer", reason));
    }
    possible.narrow(tells_customer, |gone| {
        let reason = format!("{} is about no customer; leave `customer` out", named(gone));
        members.refuse("customer", reason)
    })?;
    Ok(Some(id))
}

fn body(members: &mut Members<'_>, possible: &mut Possible) -> Result<Vec<(BodyPath, Value)>> {
    let Some(value) = members.take("body") else { return Ok(Vec::new()) };
    let Value::Object(asked) = value else {
        let reason = format!(
            "must map members to their values, such as {{\"lineItems[0].quantity\": 2}}, not {}",
            shown(value)
        );
        return Err(members.refuse("body", reason));
    };
    if asked.is_empty() || asked.len() > MOST_ASKED {
        return Err(members.refuse("body", format!("must have 1 to {MOST_ASKED} members")));
    }
    let mut read = Vec::new();
    for (path, wanted) in asked {
        let short: String = path.chars().take(60).collect();
        let refuse = |reason: String| members.refuse(&format!("body.{short}"), reason);
        if wanted.is_object() || wanted.is_array() {
            return Err(refuse("must be a text, a number, true, false or null".to_owned()));
        }
        read.push((BodyPath::read(path).map_err(refuse)?, wanted.clone()));
    }
    possible.narrow(
        |it| it.body.is_some(),
        |gone| members.refuse("body", format!("{} takes no body; leave `body` out", named(gone))),
    )?;
    Ok(read)
}

fn headers(members: &mut Members<'_>) -> Result<Vec<(HeaderName, Option<String>)>> {
    let Some(value) = members.take("header") else { return Ok(Vec::new()) };
    let Value::Object(asked) = value else {
        let reason = format!(
            "must map names to values, such as {{\"X-Locale\": \"de-*\"}}, not {}",
            shown(value)
        );
        return Err(members.refuse("header", reason));
    };
    if asked.is_empty() || asked.len() > MOST_ASKED {
        return Err(members.refuse("header", format!("must name 1 to {MOST_ASKED} headers")));
    }
    let mut read = Vec::new();
    for (name, wanted) in asked {
        let short: String = name.chars().take(60).collect();
        let refuse = |reason: &str| members.refuse(&format!("header.{short}"), reason);
        let header: HeaderName = name.parse().map_err(|_| refuse("is no name of a header"))?;
        let wanted = match wanted {
            Value::Null => None,
            Value::String(text) if text == "*" => None,
            Value::String(text) if text.len() <= 1000 => Some(text.clone()),
            _ => return Err(refuse("must be a text of up to 1000 characters; `*` is anything")),
        };
        read.push((header, wanted));
    }
    Ok(read)
}

/// Keeps the operations that the effect is possible with.
fn judge_effect(rule: &Members<'_>, possible: &mut Possible, effect: &Effect) -> Result<()> {
    if let Answer::Error { code, status } = &effect.answer {
        judge_error(rule, possible, code, *status)?;
        let waits = |it: &Operation| {
            let found = documented::find(it, code, *status);
            found.iter().all(|fault| matches!(fault.status, 429 | 503))
        };
        if effect.retry_after.is_some() && !possible.left.iter().all(|it| waits(it)) {
            let reason = "goes with status 429 or 503 only; leave it out";
            return Err(rule.refuse("retryAfter", reason));
        }
    }
    let cut = match effect.wire {
        Wire::Whole => return Ok(()),
        Wire::Truncated(_) => "truncate",
        Wire::Dripping(..) => "drip",
    };
    if effect.answer != Answer::Own {
        return Ok(());
    }
    possible.narrow(
        |it| it.successes.iter().any(|success| success.schema.is_some()),
        |gone| {
            let reason = format!("{} answers without a body; use `reset` or `lose`", named(gone));
            rule.refuse(cut, reason)
        },
    )
}

fn judge_error(
    rule: &Members<'_>,
    possible: &mut Possible,
    code: &str,
    status: Option<u16>,
) -> Result<()> {
    let shown: String = code.chars().take(60).collect();
    let before = possible.left.clone();
    possible.narrow(
        |it| !documented::find(it, code, status).is_empty(),
        |gone| {
            let pair = status.map_or(shown.clone(), |status| format!("{status} {shown}"));
            match gone.first() {
                Some(one) if possible_is_small(&before) => rule.refuse(
                    "error",
                    format!("{} documents no {pair}; it documents {}", one.id, documented::listed(one)),
                ),
                _ => rule.refuse(
                    "error",
                    format!("no operation that is meant documents {pair}; GET /_mock/errors lists what each does"),
                ),
            }
        },
    )?;
    for operation in &possible.left {
        let mut statuses: Vec<u16> =
            documented::find(operation, code, status).iter().map(|it| it.status).collect();
        statuses.sort_unstable();
        statuses.dedup();
        if statuses.len() > 1 {
            let words: Vec<String> = statuses.iter().map(u16::to_string).collect();
            let reason = format!(
                "{shown} goes with {} at {}; say which by `status`",
                words.join(", "),
                operation.id
            );
            return Err(rule.refuse("error", reason));
        }
    }
    Ok(())
}

/// Whether so few operations are meant that a refusal can speak of the first that does not fit.
fn possible_is_small(operations: &[&Operation]) -> bool {
    operations.len() <= MOST_NAMED
}
