//! What happened between two states: rows created, changed and deleted, with the members that changed.
//! Costs what changed, whatever the states hold.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::domain::state::{Key, State, TableInfo, TablePairs, Value as Stored};
use crate::store::{Table, shared};

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ChangeKind {
    /// It came to be.
    Created,
    /// It became another one.
    Changed,
    /// It is gone.
    Deleted,
}

/// A member of a row that changed.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// Its path in the row, for example `lines[0].status`.
    pub path: String,
    /// What it was; null where it was not there.
    pub before: Value,
    /// What it is; null where it is not there any more.
    pub after: Value,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct RowChange {
    /// Its table, for example `orders`.
    pub table: &'static str,
    /// Whether the table only serves the rules: an index, timers, earlier versions of rows.
    pub is_internal: bool,
    /// Its key in the table.
    pub key: Value,
    /// What happened to it.
    pub kind: ChangeKind,
    /// The row before; none for one that came to be. Rows within it are shown by their revision.
    pub before: Option<Value>,
    /// The row after; none for one that is gone.
    pub after: Option<Value>,
    /// The members that changed, of a row that changed.
    pub fields: Vec<FieldChange>,
}

/// The difference between two states, the tables in a fixed order and the rows in that of their keys.
///
/// Questions about it leave out what only serves the rules; [`Self::all`] has everything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diff {
    changes: Vec<RowChange>,
}

impl Diff {
    /// What leads from one state to a later one.
    pub fn between(earlier: &State, later: &State) -> Self {
        let mut collected = Collected::default();
        shared::briefly(|| earlier.each_pair(later, &mut collected));
        Self { changes: collected.0 }
    }

    /// Every change.
    pub fn all(&self) -> &[RowChange] {
        &self.changes
    }

    /// The changes that a client can see.
    pub fn changes(&self) -> impl Iterator<Item = &RowChange> {
        self.changes.iter().filter(|change| !change.is_internal)
    }

    /// Whether a client can see no change.
    pub fn is_empty(&self) -> bool {
        self.changes().next().is_none()
    }

    /// The rows of a table that came to be. A table is named as in [`State::TABLES`].
    pub fn created(&self, table: &str) -> Vec<&RowChange> {
        self.of(table, ChangeKind::Created)
    }

    /// The rows of a table that changed.
    pub fn changed(&self, table: &str) -> Vec<&RowChange> {
        self.of(table, ChangeKind::Changed)
    }

    /// The rows of a table that are gone.
    pub fn deleted(&self, table: &str) -> Vec<&RowChange> {
        self.of(table, ChangeKind::Deleted)
    }

    fn of(&self, table: &str, kind: ChangeKind) -> Vec<&RowChange> {
        let known = State::TABLES.iter().any(|info| info.name == table);
        // A misspelt name would make an assertion that cannot fail.
        assert!(known, "there is no table `{table}`; the tables are {}", table_names());
        self.changes.iter().filter(|it| it.table == table && it.kind == kind).collect()
    }
}

fn table_names() -> String {
    let names: Vec<&str> = State::TABLES.iter().map(|info| info.name).collect();
    names.join(", ")
}

/// How many rows each table has.
pub fn counts(state: &State) -> BTreeMap<&'static str, usize> {
    struct Counts(BTreeMap<&'static str, usize>);
    impl TablePairs for Counts {
        fn table<K: Key, V: Stored>(
            &mut self,
            info: &'static TableInfo,
            table: &Table<K, V>,
            _later: &Table<K, V>,
        ) {
            self.0.insert(info.name, table.len());
        }
    }
    let mut counts = Counts(BTreeMap::new());
    state.each_pair(state, &mut counts);
    counts.0
}

#[derive(Default)]
struct Collected(Vec<RowChange>);

impl TablePairs for Collected {
    fn table<K: Key, V: Stored>(
        &mut self,
        info: &'static TableInfo,
        earlier: &Table<K, V>,
        later: &Table<K, V>,
    ) {
        if earlier.is_same(later) {
            return;
        }
        let value = |row: &V| serde_json::to_value(row).unwrap_or_default();
        for change in earlier.changes(later) {
            let before = change.before.map(|row| value(row));
            let after = change.after.map(|row| value(row));
            let (kind, fields) = match (&before, &after) {
                (None, _) => (ChangeKind::Created, Vec::new()),
                (_, None) => (ChangeKind::Deleted, Vec::new()),
                (Some(before), Some(after)) => {
                    let mut fields = Vec::new();
                    compare(String::new(), before, after, &mut fields);
                    // Written again as it was.
                    if fields.is_empty() {
                        continue;
                    }
                    (ChangeKind::Changed, fields)
                }
            };
            let key = serde_json::to_value(change.key).unwrap_or_default();
            let (table, is_internal) = (info.name, info.is_internal);
            self.0.push(RowChange { table, is_internal, key, kind, before, after, fields });
        }
    }
}

fn compare(path: String, before: &Value, after: &Value, found: &mut Vec<FieldChange>) {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let gone = old.keys().filter(|name| !new.contains_key(*name));
            for name in new.keys().chain(gone) {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let null = &Value::Null;
                compare(path, old.get(name).unwrap_or(null), new.get(name).unwrap_or(null), found);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                compare(format!("{path}[{index}]"), old, new, found);
            }
        }
        _ if before == after => {}
        _ => found.push(FieldChange { path, before: before.clone(), after: after.clone() }),
    }
}

/// A line per row, for a failed assertion.
impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no changes");
        }
        for (lines, change) in self.changes().enumerate() {
            if lines > 0 {
                f.write_str("\n")?;
            }
            if lines == MOST_LINES {
                return write!(f, "… and {} more", self.changes().count() - lines);
            }
            let key = key_text(&change.key);
            match change.kind {
                ChangeKind::Created => write!(f, "+ {} {key}", change.table)?,
                ChangeKind::Deleted => write!(f, "- {} {key}", change.table)?,
                ChangeKind::Changed => {
                    write!(f, "~ {} {key}", change.table)?;
                    for field in &change.fields {
                        let (before, after) = (shown(&field.before), shown(&field.after));
                        write!(f, "\n    {}: {before} -> {after}", field.path)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Most rows that a message shows.
const MOST_LINES: usize = 50;

fn key_text(key: &Value) -> String {
    match key {
        Value::Array(parts) => parts.iter().map(key_text).collect::<Vec<_>>().join("/"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn shown(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}
