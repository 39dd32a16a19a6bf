//! Faults: arm, list, take away. What they are is in [`crate::api::faults`].

use actix_web::http::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::Call;
use crate::api::faults::{ArmedFault, Faults};
use crate::api::instruments::Instruments;
use crate::api::json::parse_value;
use crate::api::operation::{Auth, BodyOf, Fidelity, Operation, SchemaOf, Surface};
use crate::api::reply::Reply;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    const TAG: &str = "Faults";
    let operation = |method, path, id, handler: fn(&Call<'_>) -> Result<Reply, ControlFault>| {
        Operation::new(Surface::Control, method, path, id, handler)
            .auth(Auth::None)
            .source(Fidelity::Choice, "")
            .query(
                "scope",
                json!({ "type": "string", "enum": ["world", "server"] }),
                "`world`, the default: the rules of the world of the request, which a reset takes away. `server`: the rules for every world.",
            )
    };
    let body = BodyOf {
        schema: SchemaOf::of::<RuleBody>(),
        required: true,
        content_type: "application/json",
    };
    vec![
        operation(Method::POST, "/_mock/faults", "armFault", arm)
            .summary(TAG, "Arm a fault, or several in an array")
            .describe("Says which calls are meant (`match`), when they are struck (`first`, `every`, `after` or `probability`; all of them without), and what happens (`error`, `status`, `latency`, `late`, `reset`, `truncate`, `drip`, `lose`). A rule that can never strike is refused with the reason. The first rule that strikes a call counts, in the order in which they were armed, those of the world first. Answers carry `X-Mock-Fault` with the name of the rule.")
            .body(body)
            .gives::<FaultListBody>(201, "The rules as they stand, several armed all or none.")
            .example_body(json!({
                "id": "lost-order",
                "match": { "operation": "createOrder" },
                "first": 1,
                "lose": "answer",
            })),
        operation(Method::GET, "/_mock/faults", "listFaults", list)
            .summary(TAG, "List the faults that are armed")
            .describe("Those of the world of the request and those for every world, with how often each was looked at, was about a call, and struck. With `scope`, only one kind.")
            .gives::<FaultListBody>(200, "The rules."),
        operation(Method::GET, "/_mock/faults/{id}", "getFault", get)
            .summary(TAG, "Get a fault")
            .gives::<FaultBody>(200, "The rule.")
            .example("id", "lost-order")
            .example_after("armFault"),
        operation(Method::DELETE, "/_mock/faults/{id}", "disarmFault", disarm)
            .summary(TAG, "Take a fault away")
            .gives_nothing(204, "It is gone.")
            .example("id", "lost-order")
            .example_after("armFault"),
        operation(Method::DELETE, "/_mock/faults", "clearFaults", clear)
            .summary(TAG, "Take all faults away")
            .gives_nothing(204, "They are gone."),
    ]
}

/// A fault to arm.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FaultRule)]
#[allow(
    dead_code,
    reason = "read member by member, so that refusals name the place and the way out"
)]
struct RuleBody {
    /// Name: up to 64 letters, digits, `-`, `_` and `.`. Drawn when absent: `fault-1`.
    id: Option<String>,
    /// Which calls are meant; all that is given must hold. All calls when absent.
    r#match: Option<MatchBody>,
    /// Strikes the first so many calls that are meant.
    first: Option<u64>,
    /// Strikes every so many-th call that is meant.
    every: Option<u64>,
    /// Strikes all but the first so many calls that are meant.
    after: Option<u64>,
    /// Strikes this share of the calls that are meant, above 0 and up to 1, drawn from the world's
    /// seed, the rule's name and the number of the call.
    probability: Option<f64>,
    /// Strikes at most so many times.
    times: Option<u64>,
    /// Answers with this documented error of the operation: a code, or for Entra ID `AADSTS…`, its
    /// number, or the word of `error`. Nothing is carried out.
    #[schema(value_type = Option<Value>, example = "900278")]
    error: Option<Value>,
    /// Answers with this status, 400 to 599, in the shape of the surface; beside `error` says which of
    /// the statuses of the code. Nothing is carried out.
    status: Option<u16>,
    /// Seconds of `Retry-After`, with status 429 or 503.
    retry_after: Option<u32>,
    /// Holds the answer back: a duration (`PT0.5S`), `{"from", "to"}` for anything between, or
    /// `{"mean", "deviation"}` for a normal distribution. At most ten minutes.
    #[schema(value_type = Option<Value>, example = "PT0.5S")]
    latency: Option<Value>,
    /// Carries the operation out and answers so much later.
    #[schema(example = "PT2S")]
    late: Option<String>,
    /// Resets the connection; nothing is carried out.
    reset: Option<bool>,
    /// Cuts the body of the answer off and resets the connection: bytes that arrive, their share
    /// (`0.5` or `"50%"`), or `true` for half.
    #[schema(value_type = Option<Value>, example = "50%")]
    truncate: Option<Value>,
    /// Writes the body of the answer in drops: `{"bytes": 16, "pause": "PT0.1S"}`, or `true` for those.
    #[schema(value_type = Option<Value>)]
    drip: Option<Value>,
    /// `request`: lost before anything is carried out. `answer`: all is carried out, then the answer is
    /// lost. The connection is reset either way.
    #[schema(example = "answer")]
    lose: Option<String>,
}

/// Which calls are meant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FaultMatch)]
#[allow(
    dead_code,
    reason = "read member by member, so that refusals name the place and the way out"
)]
struct MatchBody {
    /// Id of an operation, or an array of them.
    #[schema(value_type = Option<Value>, example = "createOrder")]
    operation: Option<Value>,
    /// `partner-center`, `azure` or `identity`.
    surface: Option<String>,
    /// Method.
    method: Option<String>,
    /// Path: `{}` stands for a segment, `*` for anything within one, `**` for any number of them.
    #[schema(example = "/v1/customers/{}/orders")]
    path: Option<String>,
    /// Id of a customer; on Azure the tenant of the token.
    customer: Option<String>,
    /// Members of the body and their values: `{"lineItems[0].quantity": 2}`; `[*]` is any item, a single
    /// name is looked for at any depth.
    #[schema(value_type = Option<Value>)]
    body: Option<Value>,
    /// Headers and their values; `*` stands for anything.
    #[schema(value_type = Option<Value>)]
    header: Option<Value>,
}

/// Faults that are armed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FaultList)]
struct FaultListBody {
    /// How many there are.
    total_count: usize,
    /// The rules in the order in which they are looked at.
    items: Vec<FaultBody>,
}

/// A fault that is armed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Fault)]
struct FaultBody {
    /// Its name.
    #[schema(example = "fault-1")]
    id: String,
    /// `world` or `server`.
    #[schema(example = "world")]
    scope: &'static str,
    /// The rule as it was armed.
    #[schema(value_type = Value)]
    rule: Value,
    /// What it does, in words.
    effect: String,
    /// How many operations it can be about.
    operations: usize,
    /// Calls that it was held against.
    looked_at: u64,
    /// Calls that it is about.
    matched: u64,
    /// Calls that it struck.
    struck: u64,
}

impl From<ArmedFault> for FaultBody {
    fn from(fault: ArmedFault) -> Self {
        Self {
            id: fault.id,
            scope: if fault.everywhere { "server" } else { "world" },
            rule: Value::Object(fault.given),
            effect: fault.effect,
            operations: fault.operations,
            looked_at: fault.looked_at,
            matched: fault.matched,
            struck: fault.struck,
        }
    }
}

fn listed(status: StatusCode, faults: Vec<ArmedFault>) -> Reply {
    let items: Vec<FaultBody> = faults.into_iter().map(FaultBody::from).collect();
    Reply::json(status, &FaultListBody { total_count: items.len(), items })
}

/// Whose rules a call is about.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Scope {
    World,
    Server,
}

impl Scope {
    /// What the query says; none when it says nothing.
    fn asked(call: &Call<'_>) -> Result<Option<Self>, ControlFault> {
        match call.query().get("scope") {
            None => Ok(None),
            Some(word) if word.eq_ignore_ascii_case("world") => Ok(Some(Self::World)),
            Some(word) if word.eq_ignore_ascii_case("server") => Ok(Some(Self::Server)),
            Some(word) => {
                let word: String = word.chars().take(40).collect();
                Err(ControlFault::invalid(format!("scope: must be world or server, not `{word}`")))
            }
        }
    }

    /// Does something with the rules of that scope.
    fn with<T>(self, call: &Call<'_>, act: impl FnOnce(&Faults) -> T) -> T {
        match self {
            Self::World => act(&call.world.attachment::<Instruments>().faults),
            Self::Server => act(&call.service.faults),
        }
    }

    fn list(self, call: &Call<'_>) -> Vec<ArmedFault> {
        self.with(call, |faults| faults.list(self == Self::Server))
    }
}

fn arm(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let scope = Scope::asked(call)?.unwrap_or(Scope::World);
    if call.request.body.is_empty() {
        return Err(ControlFault::invalid(
            "the request has no body; send a rule such as {\"match\": {\"operation\": \"createOrder\"}, \"first\": 1, \"status\": 503}",
        ));
    }
    let body = parse_value(&call.request.body)
        .map_err(|fault| ControlFault::from(crate::api::call::InputFault::Body(fault)))?;
    let rules = match body {
        Value::Array(rules) if rules.is_empty() => {
            return Err(ControlFault::invalid("the array holds no rule; send at least one"));
        }
        Value::Array(rules) => rules,
        rule => vec![rule],
    };
    let state = call.world.published();
    let world = (scope == Scope::World).then_some(&*state);
    let armed = scope.with(call, |faults| faults.arm(&rules, world))?;
    Ok(listed(StatusCode::CREATED, armed))
}

fn list(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let scopes = match Scope::asked(call)? {
        Some(scope) => vec![scope],
        None => vec![Scope::World, Scope::Server],
    };
    let faults = scopes.into_iter().flat_map(|scope| scope.list(call)).collect();
    Ok(listed(StatusCode::OK, faults))
}

fn unknown(call: &Call<'_>) -> ControlFault {
    let id: String = call.path_text("id").chars().take(80).collect();
    ControlFault::not_found(format!("no fault is called `{id}`; GET /_mock/faults lists them"))
}

fn get(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let scopes = match Scope::asked(call)? {
        Some(scope) => vec![scope],
        None => vec![Scope::World, Scope::Server],
    };
    let mut faults = scopes.into_iter().flat_map(|scope| scope.list(call));
    let found = faults.find(|fault| fault.id == call.path_text("id"));
    found.map(|fault| Reply::ok(&FaultBody::from(fault))).ok_or_else(|| unknown(call))
}

fn disarm(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let scope = Scope::asked(call)?.unwrap_or(Scope::World);
    if !scope.with(call, |faults| faults.disarm(call.path_text("id"))) {
        return Err(unknown(call));
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn clear(call: &Call<'_>) -> Result<Reply, ControlFault> {
    Scope::asked(call)?.unwrap_or(Scope::World).with(call, Faults::clear);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
