//! `pcmock bundle` and `pcmock replay`: keep the run of a world in a file, and play it again.

use std::path::PathBuf;

use anstyle::AnsiColor;
use clap::Args;
use partner_center_mock::MockServer;
use partner_center_mock::api::bundle::Bundle;
use reqwest::Method;
use serde_json::json;

use super::remote::Remote;
use super::seed::progress;

/// `pcmock bundle`.
#[derive(Debug, Args)]
pub struct Keep {
    #[command(flatten)]
    remote: Remote,
    /// File to write; standard output when absent.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// `pcmock replay`.
#[derive(Debug, Args)]
pub struct Replay {
    /// A file that `pcmock bundle` wrote.
    file: PathBuf,
    /// Private key in PEM that signed the tokens, where it was not the public test key.
    #[arg(long, value_name = "FILE")]
    signing_key: Option<PathBuf>,
    /// Print the outcome as JSON, for scripts.
    #[arg(long)]
    json: bool,
}

impl Keep {
    /// Writes the run.
    pub fn run(&self) -> Result<(), String> {
        let text = self.remote.ask(Method::GET, "/_mock/bundle", None)?;
        match &self.out {
            None => println!("{text}"),
            Some(file) => std::fs::write(file, text)
                .map_err(|error| format!("{}: {error}", file.display()))?,
        }
        Ok(())
    }
}

impl Replay {
    /// Plays it; fails when an answer differs.
    pub fn run(&self) -> Result<(), String> {
        let read = |file: &PathBuf| {
            std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
        };
        let said = |error: &dyn std::fmt::Display| format!("{}: {error}", self.file.display());
        let bundle = Bundle::from_json(&read(&self.file)?).map_err(|error| said(&error))?;
        let mut builder = MockServer::builder();
        if let Some(key) = &self.signing_key {
            builder = builder.signing_key(read(key)?);
        }
        let bar = progress(bundle.len() as u64, "playing calls");
        let played = builder.replay(&bundle, |done| bar.set_position(done as u64));
        bar.finish_and_clear();
        let played = played.map_err(|error| said(&error))?;
        let count = played.differences.len();
        if self.json {
            let differences: Vec<_> = played
                .differences
                .iter()
                .map(|it| json!({ "number": it.number, "call": it.call, "what": it.what }))
                .collect();
            println!("{}", json!({ "calls": played.calls, "differences": differences }));
        } else {
            let (good, bad) = (AnsiColor::Green.on_default(), AnsiColor::Red.on_default());
            for it in &played.differences {
                anstream::println!(
                    "{bad}{:>6}{bad:#}  {}\n        {}",
                    it.number,
                    it.call,
                    it.what
                );
            }
            if count == 0 {
                anstream::println!("{good}identical{good:#}  {} calls", played.calls);
            }
        }
        if count == 0 { Ok(()) } else { Err(format!("{count} of {} answers differ", played.calls)) }
    }
}
