//! What the critic remembers, and what it makes of it when somebody asks.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Utc};

use super::rules::{
    CORRELATION_ID_MISSING, OPERATION_ABANDONED, PAGE_TWO_IGNORED, Rule, UNKNOWN_MEMBER,
};
use super::{Finding, MOST_CALLS, Usage};
use crate::api::document;
use crate::api::journal::Entry;
use crate::api::operation::Surface;

/// Most things of a kind that are remembered at once. Beyond that all of them are forgotten: a gap in
/// the report is better than a wrong word.
const MOST: usize = 2048;
/// Most findings, counted by rule and operation.
const MOST_FINDINGS: usize = 500;
/// Most unknown members that are kept of one operation.
const MOST_MEMBERS: usize = 50;

/// A bounded memory by hash.
#[derive(Debug)]
pub(super) struct Recent<V>(HashMap<u64, V>);

impl<V> Default for Recent<V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<V> Recent<V> {
    pub fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        self.0.get_mut(&key)
    }

    pub fn put(&mut self, key: u64, value: V) {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(key, value);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.values()
    }
}

/// A hash of parts.
pub(super) fn hash(parts: &[&[u8]]) -> u64 {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    hasher.finish()
}

/// A resource that is asked for.
#[derive(Debug)]
pub(super) struct Asked {
    /// When the run of questions began, in wall time.
    pub since: DateTime<Utc>,
    /// How many there were.
    pub count: u32,
    /// Number of the first.
    pub first: u64,
}

/// Until when a request must wait.
#[derive(Debug)]
pub(super) struct Wait {
    /// Wall time.
    pub wall: DateTime<Utc>,
    /// World time: a client whose time is the world's may have waited by advancing it.
    pub world: DateTime<Utc>,
    /// Number of the call that was told to wait.
    pub told: u64,
    /// Seconds it was told.
    pub seconds: i64,
}

/// A write.
#[derive(Debug)]
pub(super) struct Write {
    /// Number of the last attempt.
    pub number: u64,
    /// When it was answered, in wall time.
    pub at: DateTime<Utc>,
    /// Its status.
    pub status: u16,
    /// Its request id, as a hash.
    pub id: Option<u64>,
    /// Whether its answer was a failure that may be repeated, or got lost.
    pub failed: bool,
    /// How often it was refused for good, one after another, with nothing changed in between.
    pub refusals: Vec<u64>,
    /// The state after it.
    pub version: u64,
}

/// A list that comes in pages.
#[derive(Debug)]
pub(super) struct Pages {
    /// The operation.
    pub operation: &'static str,
    /// Path of the list.
    pub path: Box<str>,
    /// Numbers of calls whose answers had a next page.
    pub with_next: Vec<u64>,
    /// Whether any further page was asked for.
    pub turned: bool,
}

/// Something that was accepted and goes on.
#[derive(Debug)]
pub(super) struct Accepted {
    /// The operation that accepted it.
    pub operation: &'static str,
    /// Number of the call.
    pub number: u64,
    /// Where to ask.
    pub location: Box<str>,
    /// How often it was asked for.
    pub polls: u32,
    /// Whether the end was seen.
    pub ended: bool,
}

/// Tokens that were asked for in the same words.
#[derive(Debug)]
pub(super) struct Tokens {
    /// When the first of them was issued, in wall time.
    pub since: DateTime<Utc>,
    /// Numbers of the calls.
    pub calls: Vec<u64>,
    /// How many there were.
    pub count: u32,
}

/// Members that an operation does not know.
#[derive(Debug)]
pub(super) struct Unknown {
    surface: Surface,
    members: BTreeMap<String, Vec<u64>>,
}

/// What the critic remembers.
#[derive(Debug, Default)]
pub(super) struct Memory {
    calls: u64,
    unmatched: u64,
    usage: HashMap<&'static str, Usage>,
    found: BTreeMap<(&'static str, &'static str), Finding>,
    unknown: BTreeMap<&'static str, Unknown>,
    /// Numbers of the first calls to Partner Center without a correlation id; none once one has one.
    pub(super) uncorrelated: Vec<u64>,
    pub(super) is_correlated: bool,
    pub(super) asked: Recent<Asked>,
    pub(super) waits: Recent<Wait>,
    pub(super) writes: Recent<Write>,
    /// By request id: what it was used for and by which call.
    pub(super) ids: Recent<(u64, u64)>,
    /// By correlation id: for which customer and by which call.
    pub(super) correlations: Recent<(u64, u64)>,
    pub(super) pages: Recent<Pages>,
    /// What is under way, by its place in the list.
    pub(super) accepted: Vec<Accepted>,
    /// The places of what is under way, by path.
    pub(super) locations: Recent<usize>,
    pub(super) tokens: Recent<Tokens>,
}

impl Memory {
    pub fn calls(&self) -> (u64, u64) {
        (self.calls, self.unmatched)
    }

    pub fn usage(&self) -> BTreeMap<&'static str, Usage> {
        self.usage.iter().map(|(id, usage)| (*id, usage.clone())).collect()
    }

    /// Counts a call.
    pub(super) fn count(&mut self, entry: &Entry) {
        self.calls += 1;
        let Some(operation) = entry.operation else {
            self.unmatched += 1;
            return;
        };
        self.usage.entry(operation.id).or_insert_with(|| Usage::of(operation)).note(entry);
    }

    pub(super) fn turned_page(&mut self, operation: &'static str) {
        if let Some(usage) = self.usage.get_mut(operation) {
            usage.turned_pages = true;
        }
    }

    /// Notes what a call did against a rule.
    pub(super) fn find(
        &mut self,
        rule: &'static Rule,
        entry: &Entry,
        calls: &[u64],
        detail: impl FnOnce() -> String,
    ) {
        let subject = entry.operation.map_or(entry.surface.name(), |operation| operation.id);
        if self.found.len() >= MOST_FINDINGS && !self.found.contains_key(&(rule.id, subject)) {
            return;
        }
        let finding = self.found.entry((rule.id, subject)).or_insert_with(|| Finding {
            rule,
            subject: subject.to_owned(),
            detail: detail(),
            count: 0,
            calls: Vec::new(),
        });
        finding.count += 1;
        for call in calls.iter().chain([&entry.number]) {
            if finding.calls.len() < MOST_CALLS && !finding.calls.contains(call) {
                finding.calls.push(*call);
            }
        }
    }

    /// Notes members that the operation does not know.
    pub(super) fn note_unknown(&mut self, entry: &Entry) {
        let Some(operation) = entry.operation else { return };
        let unknown = self
            .unknown
            .entry(operation.id)
            .or_insert_with(|| Unknown { surface: operation.surface, members: BTreeMap::new() });
        for path in &entry.trace.unknown {
            let known = unknown.members.contains_key(path);
            if path.len() > 200 || (!known && unknown.members.len() >= MOST_MEMBERS) {
                continue;
            }
            let calls = unknown.members.entry(path.clone()).or_default();
            if calls.len() < MOST_CALLS && calls.last() != Some(&entry.number) {
                calls.push(entry.number);
            }
        }
    }

    pub fn findings(&self) -> Vec<Finding> {
        let mut all: Vec<Finding> = self.found.values().cloned().collect();
        all.extend(self.unknown.iter().filter_map(|(id, unknown)| unknown_members(id, unknown)));
        all.extend(self.ignored_pages());
        all.extend(self.abandoned());
        if !self.is_correlated && !self.uncorrelated.is_empty() {
            all.push(Finding {
                rule: &CORRELATION_ID_MISSING,
                subject: Surface::PartnerCenter.name().to_owned(),
                detail: "no call to Partner Center has one".to_owned(),
                count: 1,
                calls: self.uncorrelated.clone(),
            });
        }
        all
    }

    fn ignored_pages(&self) -> Vec<Finding> {
        let mut by_operation: BTreeMap<&'static str, Finding> = BTreeMap::new();
        let mut ignored: Vec<&Pages> =
            self.pages.values().filter(|it| !it.turned && !it.with_next.is_empty()).collect();
        ignored.sort_by_key(|pages| pages.with_next[0]);
        for pages in ignored {
            let finding = by_operation.entry(pages.operation).or_insert_with(|| Finding {
                rule: &PAGE_TWO_IGNORED,
                subject: pages.operation.to_owned(),
                detail: format!("{} had a next page", pages.path),
                count: 0,
                calls: Vec::new(),
            });
            finding.count += pages.with_next.len() as u64;
            let room = MOST_CALLS.saturating_sub(finding.calls.len());
            finding.calls.extend(pages.with_next.iter().take(room));
        }
        by_operation.into_values().collect()
    }

    fn abandoned(&self) -> Vec<Finding> {
        let mut by_operation: BTreeMap<&'static str, Finding> = BTreeMap::new();
        for accepted in self.accepted.iter().filter(|accepted| !accepted.ended) {
            let finding = by_operation.entry(accepted.operation).or_insert_with(|| Finding {
                rule: &OPERATION_ABANDONED,
                subject: accepted.operation.to_owned(),
                detail: match accepted.polls {
                    0 => format!("{} was never asked for", accepted.location),
                    polls => format!(
                        "{} was asked for {polls} times, and was not done",
                        accepted.location
                    ),
                },
                count: 0,
                calls: Vec::new(),
            });
            finding.count += 1;
            if finding.calls.len() < MOST_CALLS {
                finding.calls.push(accepted.number);
            }
        }
        by_operation.into_values().collect()
    }
}

/// What of the unknown members is worth a word: not what the service itself writes into its resources,
/// which clients send back as they got it.
fn unknown_members(operation: &'static str, unknown: &Unknown) -> Option<Finding> {
    let written = written_by(unknown.surface);
    let last = |path: &str| {
        let name = path.rsplit('.').next().unwrap_or(path);
        name.split('[').next().unwrap_or(name).to_ascii_lowercase()
    };
    let foreign: Vec<(&String, &Vec<u64>)> =
        unknown.members.iter().filter(|(path, _)| !written.contains(&last(path))).collect();
    let (first, _) = foreign.first()?;
    let mut calls: Vec<u64> = foreign.iter().flat_map(|(_, calls)| calls.iter().copied()).collect();
    calls.sort_unstable();
    calls.dedup();
    calls.truncate(MOST_CALLS);
    let names: Vec<&str> = foreign.iter().map(|(path, _)| path.as_str()).take(10).collect();
    let detail = if names.len() == 1 { (*first).clone() } else { names.join(", ") };
    let count = foreign.iter().map(|(_, calls)| calls.len() as u64).max().unwrap_or(1);
    Some(Finding { rule: &UNKNOWN_MEMBER, subject: operation.to_owned(), detail, count, calls })
}

/// Names of all members that a surface's documents know, in lower case.
fn written_by(surface: Surface) -> BTreeSet<String> {
    let mut names: BTreeSet<String> =
        ["attributes", "links", "objecttype", "etag"].into_iter().map(str::to_owned).collect();
    let document: serde_json::Value =
        serde_json::from_str(document::text(surface)).unwrap_or_default();
    let schemas = document["components"]["schemas"].as_object();
    for schema in schemas.into_iter().flat_map(|schemas| schemas.values()) {
        collect(schema, &mut names);
    }
    names
}

fn collect(schema: &serde_json::Value, names: &mut BTreeSet<String>) {
    match schema {
        serde_json::Value::Object(members) => {
            for (key, value) in members {
                if let Some(properties) = value.as_object().filter(|_| key == "properties") {
                    names.extend(properties.keys().map(|name| name.to_ascii_lowercase()));
                }
                collect(value, names);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        _ => {}
    }
}
