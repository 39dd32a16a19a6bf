//! Faults in the service's own dialect: armed by rules or by words in a request, striking before an
//! operation is carried out, after it, or on the way back. A rule lives beside a world's state, or
//! with the server for all worlds. The routes are in [`super::control`].

mod documented;
mod fault;
pub mod magic;
mod matching;
mod possible;
mod reading;
mod rule;
mod strike;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::{Map, Value};

use super::call::Call;
use super::journal::Trace;
use crate::domain::error::{Error, Result};
use crate::domain::state::State;
use matching::Sight;
use reading::Members;
use rule::Rule;

pub(crate) use documented::too_many;
pub use fault::Fault;
pub use strike::{FAULT_HEADER, Strike};

/// Most rules of a world, and of a server.
pub const MOST_RULES: usize = 1000;

/// Faults that are armed: those of a world, or those of a server for all its worlds.
#[derive(Debug, Default)]
pub struct Faults {
    /// How many rules there are, to be read without the lock.
    armed: AtomicUsize,
    rules: RwLock<Vec<Arc<Rule>>>,
    drawn: AtomicU64,
    words: magic::Counts,
}

/// A rule that is armed, as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmedFault {
    /// Its name.
    pub id: String,
    /// Whether it is armed for every world of the server.
    pub everywhere: bool,
    /// What it was made from, members named as documented.
    pub given: Map<String, Value>,
    /// What it does, in words.
    pub effect: String,
    /// How many operations it can be about.
    pub operations: usize,
    /// Calls that it was held against.
    pub looked_at: u64,
    /// Calls that it is about.
    pub matched: u64,
    /// Calls that it struck.
    pub struck: u64,
}

impl ArmedFault {
    fn of(rule: &Rule, everywhere: bool) -> Self {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Self {
            id: rule.id.to_string(),
            everywhere,
            given: rule.given.clone(),
            effect: rule.effect.words(),
            operations: rule.matcher.operations.len(),
            looked_at: read(&rule.looked_at),
            matched: read(&rule.matched),
            struck: read(&rule.struck),
        }
    }
}

impl Faults {
    /// Arms rules, all or none, and gives them as they stand. `world` is the state that customers must
    /// be in; none for the rules of a server.
    pub fn arm(&self, rules: &[Value], world: Option<&State>) -> Result<Vec<ArmedFault>> {
        let is_alone = rules.len() == 1;
        let mut armed = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        if armed.len() + rules.len() > MOST_RULES {
            let reason = format!("at most {MOST_RULES} can be armed; delete some first");
            return Err(Error::invalid("faults", reason));
        }
        let mut made: Vec<Arc<Rule>> = Vec::with_capacity(rules.len());
        for (index, given) in rules.iter().enumerate() {
            let place = if is_alone { String::new() } else { format!("[{index}]") };
            let taken = |id: &str| armed.iter().chain(&made).any(|rule| *rule.id == *id);
            made.push(Arc::new(self.read(&place, given, world, taken)?));
        }
        armed.extend(made.iter().cloned());
        self.armed.store(armed.len(), Ordering::Relaxed);
        Ok(made.iter().map(|rule| ArmedFault::of(rule, world.is_none())).collect())
    }

    fn read(
        &self,
        place: &str,
        given: &Value,
        world: Option<&State>,
        taken: impl Fn(&str) -> bool,
    ) -> Result<Rule> {
        let mut members = Members::of(place, given)?;
        let id = reading::id(&mut members)?;
        if let Some(id) = &id
            && taken(id)
        {
            let reason = format!("`{id}` is armed already; delete it first or choose another name");
            return Err(members.refuse("id", reason));
        }
        let trigger = reading::trigger(&mut members)?;
        let times = reading::times(&mut members)?;
        let effect = reading::effect(&mut members)?;
        let matcher = possible::matcher(&mut members, &effect, world)?;
        let mut given = members.finish()?;
        given.remove("id");
        let id = id.unwrap_or_else(|| self.draw_id(world.is_none(), taken));
        let [looked_at, matched, struck] = Default::default();
        Ok(Rule { id, given, matcher, trigger, times, effect, looked_at, matched, struck })
    }

    fn draw_id(&self, everywhere: bool, taken: impl Fn(&str) -> bool) -> Box<str> {
        let prefix = if everywhere { "server-fault" } else { "fault" };
        loop {
            let number = self.drawn.fetch_add(1, Ordering::Relaxed) + 1;
            let id = format!("{prefix}-{number}");
            if !taken(&id) {
                return id.into();
            }
        }
    }

    /// The rules as they stand, in the order in which they are looked at.
    pub fn list(&self, everywhere: bool) -> Vec<ArmedFault> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        rules.iter().map(|rule| ArmedFault::of(rule, everywhere)).collect()
    }

    /// Takes a rule away. Gives whether there was one of that name.
    pub fn disarm(&self, id: &str) -> bool {
        let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        let before = rules.len();
        rules.retain(|rule| *rule.id != *id);
        self.armed.store(rules.len(), Ordering::Relaxed);
        rules.len() < before
    }

    /// Takes all rules away.
    pub fn clear(&self) {
        let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        rules.clear();
        self.armed.store(0, Ordering::Relaxed);
    }

    /// The fault that strikes this call, if one does: of the world's rules in their order, of the
    /// server's, of the words in the request.
    pub fn strike(&self, call: &Call<'_>, trace: &mut Trace) -> Option<Strike> {
        let everywhere = &call.service.faults;
        if (self.armed.load(Ordering::Relaxed) | everywhere.armed.load(Ordering::Relaxed)) > 0 {
            let sight = Sight::of(call);
            let found = [self, everywhere].into_iter().find_map(|it| it.ruled(call, &sight));
            if let Some(strike) = found {
                trace.fault = Some(strike.words());
                return Some(strike);
            }
        }
        if !call.service.options.magic_faults {
            return None;
        }
        let strike = magic::strike(call, &self.words)?;
        if strike.does_something() {
            trace.fault = Some(strike.words());
        }
        Some(strike)
    }

    fn ruled(&self, call: &Call<'_>, sight: &Sight<'_, '_>) -> Option<Strike> {
        let seed = call.world.seed().ids.name_space();
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        rules.iter().find_map(|rule| {
            rule.looked_at.fetch_add(1, Ordering::Relaxed);
            if !rule.matcher.admits(sight) {
                return None;
            }
            let number = rule.pull(seed)?;
            let wait = rule.effect.latency.map(|latency| latency.of(seed, &rule.id, number));
            Some(Strike::new(call, &rule.id, &rule.effect, wait.unwrap_or_default()))
        })
    }
}
