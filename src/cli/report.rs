//! `pcmock report`: what a client did, for people and for machines; fails where it was bad enough.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use reqwest::Method;
use serde_json::Value;

use super::remote::Remote;

/// `pcmock report`.
#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    remote: Remote,
    /// Form of the report.
    #[arg(long, default_value = "text")]
    format: Format,
    /// Write it to a file instead.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Exit with 1 when something at least so bad was found.
    #[arg(long, default_value = "error")]
    fail_on: FailOn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Junit,
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Note,
    Warning,
    Error,
    Never,
}

impl FailOn {
    /// The members of the summary that count.
    fn counted(self) -> &'static [&'static str] {
        match self {
            Self::Note => &["errors", "warnings", "notes"],
            Self::Warning => &["errors", "warnings"],
            Self::Error => &["errors"],
            Self::Never => &[],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Never => "never",
        }
    }
}

impl Report {
    /// Prints or writes the report.
    pub fn run(self) -> Result<(), String> {
        let json = self.remote.json || self.format == Format::Json;
        let form = match self.format {
            _ if json => "json",
            Format::Json => "json",
            Format::Text => "text",
            Format::Junit => "junit",
            Format::Sarif => "sarif",
        };
        // Asked for first: what a later call adds to the report is not judged.
        let facts = self.remote.ask_json(Method::GET, "/_mock/report", None)?;
        let text = if json {
            serde_json::to_string_pretty(&facts).unwrap_or_default() + "\n"
        } else {
            self.remote.ask(Method::GET, &format!("/_mock/report?format={form}"), None)?
        };
        match &self.output {
            Some(file) => std::fs::write(file, text)
                .map_err(|error| format!("{}: {error}", file.display()))?,
            None => print!("{text}"),
        }
        let count = |name: &&str| facts["summary"][*name].as_u64().unwrap_or(0);
        let found: u64 = self.fail_on.counted().iter().map(count).sum();
        if found == 0 {
            return Ok(());
        }
        let world = facts["world"].as_str().unwrap_or_default();
        Err(format!(
            "{found} findings at {} or above in world `{world}`: {} (--fail-on)",
            self.fail_on.name(),
            rules(&facts, self.fail_on).join(", ")
        ))
    }
}

/// Ids of the rules that were broken at the severities that count.
fn rules(facts: &Value, fail_on: FailOn) -> Vec<String> {
    let findings = facts["findings"].as_array();
    let mut ids: Vec<String> = findings
        .into_iter()
        .flatten()
        .filter(|it| {
            let severity = it["severity"].as_str().unwrap_or_default();
            fail_on.counted().iter().any(|plural| plural.strip_suffix('s') == Some(severity))
        })
        .filter_map(|it| it["rule"].as_str().map(str::to_owned))
        .collect();
    ids.dedup();
    ids
}
