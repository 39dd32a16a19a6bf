//! Throttling of a world: how it is set and how much of each budget is used.

use actix_web::http::Method;
use chrono::{DateTime, TimeDelta};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::ControlFault;
use crate::api::call::Call;
use crate::api::instruments::Instruments;
use crate::api::operation::{Auth, Fidelity, Operation, Surface};
use crate::api::reply::Reply;
use crate::api::throttle::{Budget, Mode, Throttling, Used};
use crate::api::wire::Timestamp;
use crate::domain::duration::IsoDuration;
use crate::domain::error::{Error, Result as Ruled};

/// Longest window.
const LONGEST_WINDOW: TimeDelta = TimeDelta::days(1);
/// Most calls in a window.
const MOST_CALLS: u32 = 1_000_000_000;

/// The operations of this file.
pub(super) fn operations() -> Vec<Operation> {
    const TAG: &str = "Throttling";
    let operation = |method, id, handler: fn(&Call<'_>) -> Result<Reply, ControlFault>| {
        Operation::new(Surface::Control, method, "/_mock/throttling", id, handler)
            .auth(Auth::None)
            .source(Fidelity::Choice, "partner-center-conventions.md#10-throttling")
            .gives::<ThrottlingBody>(200, "How the world throttles.")
    };
    vec![
        operation(Method::GET, "getThrottling", get)
            .summary(TAG, "Show how callers are throttled and what is left of their budgets"),
        operation(Method::PUT, "setThrottling", set)
            .summary(TAG, "Throttle as documented, or not at all")
            .describe("What is left out stays as it is. All budgets begin anew. A reset of the world brings back what the server was started with.")
            .takes::<ThrottlingChange>()
            .example_body(json!({ "mode": "documented", "limit": 3, "window": "PT10S" })),
    ]
}

/// How to throttle.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ThrottlingChange {
    /// `off` or `documented`.
    #[schema(example = "documented")]
    mode: Option<String>,
    /// Calls of throttled operations of Partner Center that are served per key and window: 500 as
    /// documented.
    limit: Option<i64>,
    /// Length of that window in wall time: PT1M as documented.
    #[schema(example = "PT1M")]
    window: Option<String>,
    /// Budget of reads in Azure, per tenant.
    azure_reads: Option<BudgetChange>,
    /// Budget of everything else in Azure, per tenant.
    azure_writes: Option<BudgetChange>,
}

/// A budget to set.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BudgetChange {
    /// Calls that are served in a window.
    limit: Option<i64>,
    /// Length of the window in wall time.
    #[schema(example = "PT1H")]
    window: Option<String>,
}

/// How a world throttles.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Throttling)]
struct ThrottlingBody {
    /// `off` or `documented`.
    #[schema(example = "documented")]
    mode: &'static str,
    /// Calls of throttled operations of Partner Center that are served per key and window.
    limit: u32,
    /// Length of that window in wall time. It begins with a key's first call.
    #[schema(example = "PT1M")]
    window: String,
    /// Budget of reads in Azure, per tenant.
    azure_reads: BudgetBody,
    /// Budget of everything else in Azure, per tenant.
    azure_writes: BudgetBody,
    /// The keys whose window is open.
    keys: Vec<KeyBody>,
}

/// A budget.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThrottlingBudget)]
struct BudgetBody {
    /// Calls that are served in a window.
    limit: u32,
    /// Length of the window in wall time.
    #[schema(example = "PT1H")]
    window: String,
}

/// What is counted together.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ThrottlingKey)]
struct KeyBody {
    /// `partner`, `partner+customer`, `azure-reads` or `azure-writes`.
    #[schema(example = "partner+customer")]
    key: &'static str,
    /// The tenant that calls.
    tenant: String,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    /// Calls that were served in this window.
    used: u32,
    /// Calls that will be.
    remaining: u32,
    /// When the window is over, in wall time.
    resets: Timestamp,
}

fn span(window: TimeDelta) -> String {
    IsoDuration::exact(window).to_string()
}

impl From<Budget> for BudgetBody {
    fn from(budget: Budget) -> Self {
        Self { limit: budget.limit, window: span(budget.window) }
    }
}

impl From<Used> for KeyBody {
    fn from(used: Used) -> Self {
        let (tenant, customer) = used.key.parts();
        Self {
            key: used.key.kind(),
            tenant: tenant.to_owned(),
            customer: customer.map(str::to_owned),
            used: used.used,
            remaining: used.remaining,
            resets: Timestamp(used.resets),
        }
    }
}

fn shown(call: &Call<'_>) -> Reply {
    let instruments = call.world.attachment::<Instruments>();
    let server = call.service.options.throttling;
    let setting = instruments.throttle.setting(server);
    let keys = instruments.throttle.used(server, call.world.wall_time());
    Reply::ok(&ThrottlingBody {
        mode: setting.mode.name(),
        limit: setting.partner_center.limit,
        window: span(setting.partner_center.window),
        azure_reads: setting.azure_reads.into(),
        azure_writes: setting.azure_writes.into(),
        keys: keys.into_iter().map(KeyBody::from).collect(),
    })
}

#[allow(clippy::unnecessary_wraps, reason = "the form of a handler")]
fn get(call: &Call<'_>) -> Result<Reply, ControlFault> {
    Ok(shown(call))
}

fn set(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let change: ThrottlingChange = call.body()?;
    let throttle = &call.world.attachment::<Instruments>().throttle;
    let mut setting: Throttling = throttle.setting(call.service.options.throttling);
    if let Some(word) = &change.mode {
        setting.mode = Mode::named(word.trim()).ok_or_else(|| {
            let word: String = word.chars().take(40).collect();
            Error::invalid("mode", format!("must be off or documented, not `{word}`"))
        })?;
    }
    let own = BudgetChange { limit: change.limit, window: change.window };
    apply("", &mut setting.partner_center, Some(own))?;
    apply("azureReads.", &mut setting.azure_reads, change.azure_reads)?;
    apply("azureWrites.", &mut setting.azure_writes, change.azure_writes)?;
    throttle.set(setting);
    Ok(shown(call))
}

fn apply(place: &str, budget: &mut Budget, change: Option<BudgetChange>) -> Ruled<()> {
    let Some(change) = change else { return Ok(()) };
    if let Some(limit) = change.limit {
        let limit = u32::try_from(limit).ok().filter(|limit| (1..=MOST_CALLS).contains(limit));
        budget.limit = limit.ok_or_else(|| {
            Error::invalid(format!("{place}limit"), format!("must be 1 to {MOST_CALLS}"))
        })?;
    }
    if let Some(text) = change.window {
        let window: IsoDuration = text
            .trim()
            .parse()
            .map_err(|error| Error::invalid(format!("{place}window"), format!("{error}")))?;
        let epoch = DateTime::UNIX_EPOCH;
        let exact = window.after(epoch).map(|end| end - epoch);
        let fits = |it: &TimeDelta| *it > TimeDelta::zero() && *it <= LONGEST_WINDOW;
        budget.window = exact.filter(fits).ok_or_else(|| {
            Error::invalid(format!("{place}window"), "must be longer than nothing and at most P1D")
        })?;
    }
    Ok(())
}
