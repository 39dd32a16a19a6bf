//! Budgets of callers: who has asked too often is told to wait
//! (contract: partner-center-conventions.md §10, azure-identity.md §4 and §5). Off unless a server or a
//! world is told otherwise.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::HeaderValue;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::azure::{graph, headers};
use super::call::Call;
use super::faults::too_many;
use super::journal::Trace;
use super::operation::Surface;
use super::reply::Reply;

/// Most keys whose calls are counted at once. Beyond that those whose window is over are forgotten,
/// and if that is none, all.
const MOST_KEYS: usize = 10_000;
/// How much earlier than the call that opened a window another in it may have begun.
const HELD_UP: TimeDelta = TimeDelta::seconds(10);
/// Longest part of a key in characters: what a path says may be long.
const LONGEST_PART: usize = 64;

/// Whether callers are throttled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Nobody is.
    Off,
    /// As documented.
    Documented,
}

impl Mode {
    /// The word used in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Documented => "documented",
        }
    }

    /// Reads the word, in any case.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Off, Self::Documented].into_iter().find(|it| it.name().eq_ignore_ascii_case(name))
    }
}

/// How many calls are served within a window of wall time. A window begins with the first call after
/// the one before is over [choice: the sources say only how many in a minute].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Budget {
    /// How many.
    pub limit: u32,
    /// Length of the window.
    #[serde(with = "crate::domain::duration::exact")]
    pub window: TimeDelta,
}

impl Budget {
    /// So many calls within a window, of a day at most.
    fn of(limit: u32, window: Duration) -> Self {
        let longest = TimeDelta::days(1);
        Self { limit, window: TimeDelta::from_std(window).map_or(longest, |it| it.min(longest)) }
    }
}

/// How a world throttles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Throttling {
    /// Whether it does.
    pub mode: Mode,
    /// Operations of Partner Center that are throttled, per key.
    pub partner_center: Budget,
    /// Reads of Azure Resource Manager, per tenant.
    pub azure_reads: Budget,
    /// Everything else of Azure Resource Manager, per tenant.
    pub azure_writes: Budget,
}

impl Default for Throttling {
    /// Off. 500 in a minute are documented; the budgets of Azure are those that its headers count
    /// down from, in an hour [choice].
    fn default() -> Self {
        Self {
            mode: Mode::Off,
            partner_center: Budget { limit: 500, window: TimeDelta::minutes(1) },
            azure_reads: Budget { limit: 12_000, window: TimeDelta::hours(1) },
            azure_writes: Budget { limit: 1_200, window: TimeDelta::hours(1) },
        }
    }
}

impl Throttling {
    /// As documented.
    pub fn documented() -> Self {
        Self { mode: Mode::Documented, ..Self::default() }
    }

    /// The same with another budget for Partner Center.
    #[must_use]
    pub fn budget(self, limit: u32, window: Duration) -> Self {
        Self { partner_center: Budget::of(limit, window), ..self }
    }

    /// The same with another budget for reads in Azure.
    #[must_use]
    pub fn azure_reads(self, limit: u32, window: Duration) -> Self {
        Self { azure_reads: Budget::of(limit, window), ..self }
    }

    /// The same with another budget for writes in Azure.
    #[must_use]
    pub fn azure_writes(self, limit: u32, window: Duration) -> Self {
        Self { azure_writes: Budget::of(limit, window), ..self }
    }
}

/// What is counted together. Which operations of Partner Center count by customer is not documented:
/// here those below a customer do, and what is the partner's own, customers themselves included, does
/// not [choice].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// All calls of a partner.
    Partner(Box<str>),
    /// Calls of a partner about a customer.
    Customer(Box<str>, Box<str>),
    /// Reads in a tenant of Azure.
    AzureReads(Box<str>),
    /// Everything else in a tenant of Azure.
    AzureWrites(Box<str>),
}

fn part(text: &str) -> Box<str> {
    text.chars().take(LONGEST_PART).flat_map(char::to_lowercase).collect()
}

impl Key {
    /// What a call counts for; nothing where the service does not throttle.
    fn of(call: &Call<'_>) -> Option<Self> {
        let operation = call.operation;
        let tenant = || call.caller.claims().map(|claims| part(&claims.tenant));
        match operation.surface {
            Surface::PartnerCenter if operation.throttled => {
                let partner = tenant()
                    .unwrap_or_else(|| part(&call.world.published().partner.id.to_string()));
                let is_below = operation.path.contains("/{customer_id}/");
                Some(if is_below {
                    Self::Customer(partner, part(call.path_text("customer_id")))
                } else {
                    Self::Partner(partner)
                })
            }
            Surface::Azure if !graph::has(operation) => {
                let is_read = matches!(call.request.method, Method::GET | Method::HEAD);
                let tenant = tenant().unwrap_or_default();
                Some(if is_read { Self::AzureReads(tenant) } else { Self::AzureWrites(tenant) })
            }
            _ => None,
        }
    }

    fn budget(&self, of: &Throttling) -> Budget {
        match self {
            Self::Partner(_) | Self::Customer(..) => of.partner_center,
            Self::AzureReads(_) => of.azure_reads,
            Self::AzureWrites(_) => of.azure_writes,
        }
    }

    /// What is counted: `partner`, `partner+customer`, `azure-reads` or `azure-writes`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Partner(_) => "partner",
            Self::Customer(..) => "partner+customer",
            Self::AzureReads(_) => "azure-reads",
            Self::AzureWrites(_) => "azure-writes",
        }
    }

    /// The tenant that calls, and the customer.
    pub fn parts(&self) -> (&str, Option<&str>) {
        match self {
            Self::Partner(tenant) | Self::AzureReads(tenant) | Self::AzureWrites(tenant) => {
                (tenant, None)
            }
            Self::Customer(tenant, customer) => (tenant, Some(customer)),
        }
    }
}

/// A window that has begun.
#[derive(Debug, Clone, Copy)]
struct Window {
    since: DateTime<Utc>,
    used: u32,
}

impl Window {
    /// Whether it is over. A clock that was set back ends it too, but not a call that came before the
    /// one that opened it and was held up on its way here.
    fn is_over(&self, budget: Budget, now: DateTime<Utc>) -> bool {
        now - self.since >= budget.window || self.since - now > HELD_UP
    }

    fn shown(&self, key: Key, budget: Budget) -> Used {
        let remaining = budget.limit.saturating_sub(self.used);
        Used { key, used: self.used, remaining, resets: self.since + budget.window }
    }
}

/// How much of a budget is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// Whose budget it is.
    pub key: Key,
    /// Calls that were served in this window.
    pub used: u32,
    /// Calls that will be.
    pub remaining: u32,
    /// When the window is over, in wall time.
    pub resets: DateTime<Utc>,
}

impl Used {
    /// Tells the client how much is left, where the surface does.
    pub(super) fn stamp(&self, reply: &mut Reply) {
        let header = match self.key {
            Key::AzureReads(_) => &headers::READS,
            Key::AzureWrites(_) => &headers::WRITES,
            Key::Partner(_) | Key::Customer(..) => return,
        };
        reply.headers.push((header.clone(), HeaderValue::from(self.remaining)));
    }
}

/// The budgets of a world's callers.
#[derive(Debug, Default)]
pub struct Throttle {
    /// 0 while the world does as the server, else what it was told: off, documented.
    told: AtomicU8,
    budgets: Mutex<Budgets>,
}

#[derive(Debug, Default)]
struct Budgets {
    own: Option<Throttling>,
    windows: HashMap<Key, Window>,
}

impl Budgets {
    /// Takes a call from its budget, and tells whether it is served.
    fn take(&mut self, key: Key, setting: &Throttling, now: DateTime<Utc>) -> (Used, bool) {
        let budget = key.budget(setting);
        if self.windows.len() >= MOST_KEYS && !self.windows.contains_key(&key) {
            self.windows.retain(|key, window| !window.is_over(key.budget(setting), now));
            if self.windows.len() >= MOST_KEYS {
                self.windows.clear();
            }
        }
        let window = self.windows.entry(key.clone()).or_insert(Window { since: now, used: 0 });
        if window.is_over(budget, now) {
            *window = Window { since: now, used: 0 };
        }
        let is_served = window.used < budget.limit;
        if is_served {
            window.used += 1;
        }
        (window.shown(key, budget), is_served)
    }
}

const TOLD_OFF: u8 = 1;
const TOLD_DOCUMENTED: u8 = 2;

impl Throttle {
    fn is_on(&self, call: &Call<'_>) -> bool {
        match self.told.load(Ordering::Relaxed) {
            TOLD_OFF => false,
            TOLD_DOCUMENTED => true,
            _ => call.service.options.throttling.mode == Mode::Documented,
        }
    }

    /// Takes a call from its budget. Gives what is left, or the refusal of a call that is too many.
    pub(super) fn take(&self, call: &Call<'_>, trace: &mut Trace) -> Result<Option<Used>, Reply> {
        if !self.is_on(call) {
            return Ok(None);
        }
        let Some(key) = Key::of(call) else { return Ok(None) };
        let now = call.world.wall_time();
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        let setting = budgets.own.unwrap_or(call.service.options.throttling);
        let budget = key.budget(&setting);
        let (used, is_served) = budgets.take(key, &setting, now);
        drop(budgets);
        let verdict = if is_served { "served" } else { "refused" };
        trace.budget = Some(format!(
            "{verdict}: {} of {} used by {}, until {}",
            used.used,
            budget.limit,
            used.key.kind(),
            used.resets.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
        ));
        if is_served {
            return Ok(Some(used));
        }
        let milliseconds = (used.resets - now).num_milliseconds().max(1).cast_unsigned();
        let seconds = u32::try_from(milliseconds.div_ceil(1000)).unwrap_or(u32::MAX);
        let mut reply = too_many(call, seconds);
        used.stamp(&mut reply);
        Err(reply)
    }

    /// How the world throttles; `server` is how the server does.
    pub fn setting(&self, server: Throttling) -> Throttling {
        self.budgets.lock().unwrap_or_else(PoisonError::into_inner).own.unwrap_or(server)
    }

    /// Changes how the world throttles. All budgets begin anew.
    pub fn set(&self, setting: Throttling) {
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        *budgets = Budgets { own: Some(setting), windows: HashMap::new() };
        let told = match setting.mode {
            Mode::Off => TOLD_OFF,
            Mode::Documented => TOLD_DOCUMENTED,
        };
        self.told.store(told, Ordering::Relaxed);
    }

    /// The windows that are open at `now`, by key.
    pub fn used(&self, server: Throttling, now: DateTime<Utc>) -> Vec<Used> {
        let budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        let setting = budgets.own.unwrap_or(server);
        let open = budgets.windows.iter().filter_map(|(key, window)| {
            let budget = key.budget(&setting);
            (!window.is_over(budget, now)).then(|| window.shown(key.clone(), budget))
        });
        let mut all: Vec<Used> = open.collect();
        all.sort_by(|a, b| a.key.cmp(&b.key));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_open_with_a_call_and_close_by_the_clock() {
        let setting = Throttling::documented().budget(2, Duration::from_secs(10));
        let (mut budgets, start) = (Budgets::default(), DateTime::UNIX_EPOCH);
        let mut take = |second: i64| {
            let now = start + TimeDelta::seconds(second);
            let (used, is_served) = budgets.take(Key::Partner("a".into()), &setting, now);
            ((used.resets - start).num_seconds(), used.remaining, is_served)
        };
        assert_eq!(take(100), (110, 1, true));
        assert_eq!(take(109), (110, 0, true));
        assert_eq!(take(109), (110, 0, false));
        assert_eq!(take(113), (123, 1, true));
        // Held up on its way.
        assert_eq!(take(112), (123, 0, true));
        // The clock was set back.
        assert_eq!(take(50), (60, 1, true));
    }

    #[test]
    fn the_keys_that_are_kept_are_limited() {
        let setting = Throttling::documented();
        let mut budgets = Budgets::default();
        for number in 0..3 * MOST_KEYS {
            let key = Key::Customer("a".into(), number.to_string().into());
            budgets.take(key, &setting, DateTime::UNIX_EPOCH);
            assert!(budgets.windows.len() <= MOST_KEYS);
        }
        let later = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        for number in 0..MOST_KEYS {
            budgets.take(Key::Partner(number.to_string().into()), &setting, later);
        }
        assert!(budgets.windows.keys().all(|key| matches!(key, Key::Partner(_))));
    }
}
