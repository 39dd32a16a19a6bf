//! Verification: were the calls made that a test expects?

use actix_web::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::Call;
use crate::api::dispatch::operation_called;
use crate::api::instruments::Instruments;
use crate::api::journal::Filter;
use crate::api::json;
use crate::api::operation::{Auth, FaultOf, Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::api::verification::{Expected, Times, Verdict, verify, verify_order};

/// Most steps of an order and most members of a body that can be asked for.
const MOST: usize = 100;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    let mut operation =
        Operation::new(Surface::Control, Method::POST, "/_mock/verify", "verifyRequests", check)
            .summary("Journal", "Verify that calls were made")
            .describe("200 when what is expected was seen, 409 `NotVerified` when it was not; the message says what was seen and why the closest calls do not count. Calls that steer the mock count only where `surface` is `control` or the operation is one of theirs. Send `order` to verify that calls were made one after another, others may stand between them.")
            .auth(Auth::None)
            .source(Fidelity::Choice, "")
            .unrecorded()
            .takes::<Verification>()
            .gives::<Verified>(200, "It was so.")
            .example_body(json!({ "operation": "createOrder", "times": 0 }));
    operation.faults.push(FaultOf {
        status: 409,
        code: "NotVerified".into(),
        text: "What is expected was not seen",
    });
    vec![operation]
}

/// What is expected. Whatever is absent is not asked for.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Verification {
    /// Id of the operation.
    #[schema(example = "createOrder")]
    operation: Option<String>,
    /// `partner-center`, `azure`, `identity` or `control`.
    surface: Option<String>,
    /// Method.
    method: Option<String>,
    /// Part of the path, or a pattern with `*` for all of it.
    path: Option<String>,
    /// Customer that the call is about.
    customer: Option<String>,
    /// Status, such as 404, or class, such as `4xx`.
    status: Option<Value>,
    /// The surface's error code.
    code: Option<Value>,
    /// Request id of request or answer.
    request_id: Option<String>,
    /// Correlation id of request or answer.
    correlation_id: Option<String>,
    /// Only calls after this number.
    since: Option<u64>,
    /// Members of the body by path, such as `lineItems[0].quantity` (`[*]` for any item), with the
    /// values they must have.
    #[schema(value_type = Option<Object>)]
    body: Option<Value>,
    /// How often: a number, or `atLeast` and `atMost`. At least once when absent.
    times: Option<Value>,
    /// Ids of operations that must have been called one after another.
    order: Option<Vec<String>>,
}

/// What was seen.
#[derive(Debug, Serialize, ToSchema)]
struct Verified {
    /// What was expected and what was seen.
    #[schema(example = "expected createOrder never, seen never")]
    message: String,
    /// How many calls count.
    count: usize,
    /// Their numbers.
    calls: Vec<u64>,
}

fn read(call: &Call<'_>) -> Result<Verification, ControlFault> {
    let tree = call.body_tree()?;
    let read = json::read::<Verification>(&tree).map_err(crate::api::call::InputFault::Body)?;
    // A misspelt condition would be one that always holds.
    if let Some(path) = read.unknown.first() {
        return Err(ControlFault::invalid(format!(
            "{path}: is no condition; there are operation, surface, method, path, customer, status, code, requestId, correlationId, since, body, times and order"
        )));
    }
    Ok(read.value)
}

fn words(name: &str, value: Option<Value>) -> Result<Option<String>, ControlFault> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(ControlFault::invalid(format!("{name}: must be a number or a text"))),
    }
}

fn count(name: &str, value: Option<&Value>) -> Result<Option<u64>, ControlFault> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_u64().map(Some).ok_or_else(|| {
            ControlFault::invalid(format!("{name}: must be a whole number, not negative"))
        }),
    }
}

fn how_often(times: Option<&Value>) -> Result<Times, ControlFault> {
    match times {
        None | Some(Value::Null) => Ok(Times::at_least(1)),
        Some(Value::Object(bounds)) => {
            let bound = |name: &str| {
                let found = bounds.iter().find(|(key, _)| json::same_word(key, name));
                count(&format!("times.{name}"), found.map(|(_, value)| value))
            };
            let known =
                |key: &String| ["atLeast", "atMost"].iter().any(|name| json::same_word(key, name));
            if let Some(key) = bounds.keys().find(|key| !known(key)) {
                let shown: String = key.chars().take(60).collect();
                return Err(ControlFault::invalid(format!(
                    "times.{shown}: send atLeast and atMost"
                )));
            }
            let (least, most) = (bound("atLeast")?, bound("atMost")?);
            if most.is_some_and(|most| most < least.unwrap_or(0)) {
                return Err(ControlFault::invalid("times.atMost: must not be less than atLeast"));
            }
            Ok(Times { at_least: least.unwrap_or(0), at_most: most })
        }
        Some(_) => Ok(Times::exactly(count("times", times)?.unwrap_or(1))),
    }
}

fn body_of(body: Option<Value>) -> Result<Vec<(String, Value)>, ControlFault> {
    let members: Map<String, Value> = match body {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(members)) if members.len() <= MOST => members,
        Some(_) => {
            let reason = format!("must be an object of at most {MOST} paths with values");
            return Err(ControlFault::invalid(format!("body: {reason}")));
        }
    };
    Ok(members.into_iter().collect())
}

fn named(field: &str, id: &str) -> Result<&'static Operation, ControlFault> {
    operation_called(id).map_err(|reason| ControlFault::invalid(format!("{field}: {reason}")))
}

fn check(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let wanted = read(call)?;
    let journal = &call.world.attachment::<Instruments>().journal;
    let since = wanted.since;
    let verdict = if let Some(steps) = &wanted.order {
        if steps.is_empty() || steps.len() > MOST {
            return Err(ControlFault::invalid(format!("order: must name 1 to {MOST} operations")));
        }
        if wanted.operation.is_some() || wanted.times.is_some() || wanted.body.is_some() {
            return Err(ControlFault::invalid(
                "order: stands alone, or with customer and since; verify the calls one by one for the rest",
            ));
        }
        let customer = &wanted.customer;
        let steps: Result<Vec<Expected>, ControlFault> = steps
            .iter()
            .enumerate()
            .map(|(index, id)| {
                let mut step = Expected::of(named(&format!("order[{index}]"), id)?);
                step.filter.customer.clone_from(customer);
                step.filter.since = since;
                Ok(step)
            })
            .collect();
        verify_order(&steps?, journal.entries(), journal.forgotten())
    } else {
        let times = how_often(wanted.times.as_ref())?;
        verify(&expected(wanted)?, times, journal.entries(), journal.forgotten())
    };
    let Verdict { holds, calls, message } = verdict;
    if !holds {
        return Err(ControlFault::conflict("NotVerified", message));
    }
    let calls: Vec<u64> = calls.iter().map(|entry| entry.number).collect();
    Ok(Reply::ok(&Verified { message, count: calls.len(), calls }))
}

fn expected(wanted: Verification) -> Result<Expected, ControlFault> {
    let surface = match &wanted.surface {
        None => None,
        Some(name) => {
            let mut all = Surface::ALL.into_iter();
            let found = all.find(|surface| surface.name().eq_ignore_ascii_case(name));
            Some(found.ok_or_else(|| {
                ControlFault::invalid("surface: must be partner-center, azure, identity or control")
            })?)
        }
    };
    let status = words("status", wanted.status)?
        .map(|text| text.parse())
        .transpose()
        .map_err(|reason| ControlFault::invalid(format!("status: {reason}")))?;
    let method = wanted.method.map(|method| method.to_ascii_uppercase().parse()).transpose();
    Ok(Expected {
        filter: Filter {
            operation: wanted.operation.map(|id| named("operation", &id)).transpose()?,
            surface,
            method: method.map_err(|_| ControlFault::invalid("method: is none"))?,
            status,
            path: wanted.path,
            customer: wanted.customer,
            code: words("code", wanted.code)?,
            correlation_id: wanted.correlation_id,
            request_id: wanted.request_id,
            since: wanted.since,
            matched: None,
        },
        body: body_of(wanted.body)?,
    })
}
