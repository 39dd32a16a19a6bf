//! States as text. A state that came of another one in the same file is written as what changed in each
//! table; tables that are the same, or empty, are left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::SnapshotError;
use super::place::Text;
use crate::domain::catalogue::Catalogue;
use crate::domain::clock::{Clock, Pace};
use crate::domain::ids::IdGenerator;
use crate::domain::partner::Partner;
use crate::domain::settings::Settings;
use crate::domain::state::{FillTables, Key, State, TableInfo, TablePairs, Value};
use crate::store::Table;
use crate::store::shared::Writing;

/// World time and how it passes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenClock {
    time: DateTime<Utc>,
    pace: Pace,
}

/// A state within a document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stated<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<usize>,
    clock: WrittenClock,
    ids: &'a IdGenerator,
    timers_set: u64,
    settings: &'a Settings,
    partner: &'a Partner,
    tables: Tables<'a>,
}

/// Distinct states, each after the one that it came of.
#[derive(Default)]
pub(super) struct States {
    states: Vec<(Arc<State>, DateTime<Utc>, Option<usize>)>,
}

impl States {
    /// States of their own.
    pub(super) fn of<'a>(
        states: impl IntoIterator<Item = (&'a Arc<State>, DateTime<Utc>)>,
    ) -> Self {
        let states = states.into_iter().map(|(state, now)| (Arc::clone(state), now, None));
        Self { states: states.collect() }
    }

    /// Adds a state at its world time, if it is not there yet, as changes of the state at `base`.
    /// Gives its place.
    pub(super) fn add(
        &mut self,
        state: &Arc<State>,
        now: DateTime<Utc>,
        base: Option<usize>,
    ) -> usize {
        self.states.push((Arc::clone(state), now, base));
        self.states.len() - 1
    }

    /// Runs `write` on the states, ready to be written in this order.
    pub(super) fn write<T>(&self, write: impl FnOnce(Vec<Stated<'_>>) -> T) -> T {
        let mut writing = Writing::default();
        let base_of = |base: Option<usize>| base.map(|at| &*self.states[at].0);
        for (state, _, base) in &self.states {
            state.share_rows(base_of(*base), &mut writing);
        }
        let stated = self.states.iter().map(|(state, now, base)| Stated {
            base: *base,
            clock: WrittenClock { time: *now, pace: state.clock.pace() },
            ids: &state.ids,
            timers_set: state.timers.set_so_far(),
            settings: &state.settings,
            partner: &state.partner,
            tables: Tables { base: base_of(*base), state },
        });
        let stated = stated.collect();
        writing.run(|| write(stated))
    }
}

/// The tables of a state by their names.
struct Tables<'a> {
    base: Option<&'a State>,
    state: &'a State,
}

impl Serialize for Tables<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut tables =
            Writer { map: to.serialize_map(None)?, changes: self.base.is_some(), result: Ok(()) };
        self.base.unwrap_or(self.state).each_pair(self.state, &mut tables);
        tables.result?;
        tables.map.end()
    }
}

struct Writer<M: SerializeMap> {
    map: M,
    changes: bool,
    result: Result<(), M::Error>,
}

impl<M: SerializeMap> TablePairs for Writer<M> {
    fn table<K: Key, V: Value>(
        &mut self,
        info: &'static TableInfo,
        earlier: &Table<K, V>,
        later: &Table<K, V>,
    ) {
        if self.result.is_err() {
            return;
        }
        if !self.changes && !later.is_empty() {
            self.result = self.map.serialize_entry(info.name, later);
        } else if self.changes && !earlier.is_same(later) {
            self.result = self.map.serialize_entry(info.name, &earlier.written_changes(later));
        }
    }
}

/// A state as it is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Read<'a> {
    base: Option<usize>,
    clock: WrittenClock,
    ids: IdGenerator,
    timers_set: u64,
    settings: Settings,
    partner: Partner,
    #[serde(borrow)]
    tables: BTreeMap<String, &'a RawValue>,
}

/// Reads states, parts of `text`, in the order in which they were written.
pub(super) fn read(
    text: &Text<'_>,
    states: &[&RawValue],
    catalogue: &Arc<Catalogue>,
    wall: DateTime<Utc>,
) -> Result<Vec<Arc<State>>, SnapshotError> {
    let mut done: Vec<Arc<State>> = Vec::with_capacity(states.len());
    for part in states {
        let read: Read<'_> =
            serde_json::from_str(part.get()).map_err(|error| text.misfit_in(part, &error))?;
        let refuse = |reason: String| {
            text.misfit_in(part, &<serde_json::Error as serde::de::Error>::custom(reason))
        };
        let clock = Clock::restored(wall, read.clock.time, read.clock.pace).ok_or_else(|| {
            refuse("clock: world time lies between 1970-01-01 and 9900-01-01, and its scale above 0 and at most 1000000".to_owned())
        })?;
        let mut state = match read.base {
            None => State::empty(
                clock,
                0,
                Settings::default(),
                read.partner.clone(),
                Arc::clone(catalogue),
            ),
            Some(base) => done.get(base).map(|base| State::clone(base)).ok_or_else(|| {
                refuse(format!("base: no state stands at {base} before this one"))
            })?,
        };
        let mut reader = Reader { text, tables: read.tables, changes: read.base.is_some() };
        state.fill_each(&mut reader)?;
        if let Some((name, table)) = reader.tables.first_key_value() {
            let shown: String = name.chars().take(60).collect();
            let error = serde::de::Error::custom(format!("there is no table `{shown}`"));
            return Err(text.misfit_in(table, &error));
        }
        state.clock = clock;
        state.ids = read.ids;
        state.timers.go_on_from(read.timers_set);
        state.settings = Arc::new(read.settings);
        state.partner = Arc::new(read.partner);
        done.push(Arc::new(state));
    }
    Ok(done)
}

struct Reader<'t, 'a> {
    text: &'t Text<'a>,
    tables: BTreeMap<String, &'t RawValue>,
    changes: bool,
}

impl FillTables for Reader<'_, '_> {
    type Fault = SnapshotError;

    fn table<K: Key, V: Value>(
        &mut self,
        info: &'static TableInfo,
        table: &mut Table<K, V>,
    ) -> Result<(), SnapshotError> {
        let Some(part) = self.tables.remove(info.name) else { return Ok(()) };
        let mut from = serde_json::Deserializer::from_str(part.get());
        let read = if self.changes {
            table.read_changes(&mut from)
        } else {
            Table::deserialize(&mut from).map(|read| *table = read)
        };
        read.map_err(|error| self.text.misfit_in(part, &error))
    }
}
