//! `pcmock seed`: customers made up by the thousand, into a fixture file or straight into a world.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use partner_center_mock::fixtures::Generation;
use reqwest::Method;
use serde_json::{Value, json};

use super::remote::{Remote, text};

/// Customers that one call makes: few enough that the world's other callers get their turn.
const AT_ONCE: u64 = 1_000;

/// `pcmock seed`.
#[derive(Debug, Args)]
pub struct Seed {
    #[command(flatten)]
    remote: Remote,
    /// How many customers.
    #[arg(long, default_value_t = 100)]
    customers: u64,
    /// What tells them from others: the same seed makes the same customers.
    #[arg(long, default_value_t = 1)]
    #[allow(clippy::struct_field_names, reason = "the name of the flag")]
    seed: u64,
    /// Number of the first; raise it to add to customers made before.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Write a fixture file, for --fixtures, instead of asking a server. `-` is standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A bar that is seen by people only.
pub fn progress(length: u64, what: &'static str) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}");
    let bar = ProgressBar::with_draw_target(Some(length), target).with_message(what);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

impl Seed {
    /// Carries it out.
    pub fn run(&self) -> Result<(), String> {
        match &self.out {
            Some(file) => self.write(file),
            None => self.send(),
        }
    }

    fn write(&self, file: &Path) -> Result<(), String> {
        let name = file.display().to_string();
        let failed = |error: std::io::Error| format!("{name}: {error}");
        let out: Box<dyn Write> = if file.as_os_str() == "-" {
            Box::new(std::io::stdout().lock())
        } else {
            Box::new(File::create(file).map_err(failed)?)
        };
        let mut out = BufWriter::new(out);
        let bar = progress(self.customers, "writing customers");
        let Self { customers, seed, first, .. } = *self;
        let generation = Generation { customers, seed, first, past: true };
        writeln!(out, "{{\n \"seed\": {},\n \"customers\": [", self.seed).map_err(failed)?;
        for (index, story) in generation.stories().enumerate() {
            let separator = if index == 0 { "  " } else { ",\n  " };
            let story = serde_json::to_string(&story).map_err(|error| error.to_string())?;
            write!(out, "{separator}{story}").map_err(failed)?;
            bar.inc(1);
        }
        write!(out, "\n ]\n}}\n").and_then(|()| out.flush()).map_err(failed)?;
        bar.finish_and_clear();
        Ok(())
    }

    fn send(&self) -> Result<(), String> {
        let bar = progress(self.customers, "making customers");
        let mut made = 0;
        let mut answer = Value::Null;
        while made < self.customers {
            let customers = AT_ONCE.min(self.customers - made);
            let first = self.first.checked_add(made).ok_or("--first is too large")?;
            let body = json!({ "customers": customers, "seed": self.seed, "first": first });
            answer = self.remote.ask_json(Method::POST, "/_mock/customers", Some(&body))?;
            made += customers;
            bar.set_position(made);
        }
        bar.finish_and_clear();
        self.remote.show(&answer, |world| {
            println!(
                "{} customers, {} orders, {} reservations",
                text(world, "customers"),
                text(world, "orders"),
                text(world, "reservations"),
            );
        });
        Ok(())
    }
}
