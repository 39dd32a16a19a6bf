//! `pcmock worlds` and `pcmock reset`: make, list, delete worlds, and put one back to its start.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::remote::{Remote, text};

/// `pcmock worlds`.
#[derive(Debug, Args)]
pub struct Worlds {
    #[command(flatten)]
    remote: Remote,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the worlds.
    List,
    /// Make a world.
    Create(New),
    /// Delete a world with all it holds.
    Delete {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, Args)]
struct New {
    /// Name: 1 to 64 letters, digits, `-`, `_`, `.`.
    name: String,
    /// World to fork.
    #[arg(long)]
    from: Option<String>,
    /// Snapshot of the server's to begin with.
    #[arg(long, conflicts_with_all = ["from", "fixtures", "empty", "seed"])]
    snapshot: Option<String>,
    /// With the partner and nothing else.
    #[arg(long, conflicts_with_all = ["from", "fixtures"])]
    empty: bool,
    /// With what a fixture file tells.
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    fixtures: Option<PathBuf>,
    /// Seed of its identifiers.
    #[arg(long)]
    seed: Option<u64>,
    /// World time at its start.
    #[arg(long)]
    time: Option<String>,
    /// Its clock stands still.
    #[arg(long)]
    freeze: bool,
    /// Client ids whose tokens lead to it.
    #[arg(long = "client-id", value_delimiter = ',')]
    client_ids: Vec<String>,
    /// Tenants whose tokens lead to it.
    #[arg(long = "tenant", value_delimiter = ',')]
    tenants: Vec<String>,
}

/// `pcmock reset`.
#[derive(Debug, Args)]
pub struct Reset {
    #[command(flatten)]
    remote: Remote,
    /// Leave the partner and nothing else.
    #[arg(long)]
    empty: bool,
}

impl Worlds {
    /// Carries it out.
    pub fn run(&self) -> Result<(), String> {
        match self.verb.as_ref().unwrap_or(&Verb::List) {
            Verb::List => {
                let list = self.remote.ask_json(Method::GET, "/_mock/worlds", None)?;
                self.remote.show(&list, |list| {
                    list["worlds"].as_array().into_iter().flatten().for_each(show);
                });
            }
            Verb::Create(new) => {
                let made =
                    self.remote.ask_json(Method::POST, "/_mock/worlds", Some(&new.body()?))?;
                self.remote.show(&made, show);
            }
            Verb::Delete { name } => {
                let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
                self.remote.ask(Method::DELETE, &format!("/_mock/worlds/{name}"), None)?;
            }
        }
        Ok(())
    }
}

impl New {
    fn body(&self) -> Result<Value, String> {
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("name", json!(self.name));
        if let Some(from) = &self.from {
            put("from", json!(from));
        }
        if let Some(snapshot) = &self.snapshot {
            put("snapshot", json!(snapshot));
        }
        if self.empty {
            put("content", json!("empty"));
        }
        if let Some(file) = &self.fixtures {
            let told = std::fs::read_to_string(file)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            let told: Value = serde_json::from_str(&told)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            put("fixtures", told);
        }
        if let Some(seed) = self.seed {
            put("seed", json!(seed));
        }
        if let Some(time) = &self.time {
            put("time", json!(time));
        }
        if self.freeze {
            put("frozen", json!(true));
        }
        put("clientIds", json!(self.client_ids));
        put("tenants", json!(self.tenants));
        Ok(body.into())
    }
}

impl Reset {
    /// Carries it out.
    pub fn run(&self) -> Result<(), String> {
        let to = if self.empty { "empty" } else { "seed" };
        let world = self.remote.ask_json(Method::POST, &format!("/_mock/reset?to={to}"), None)?;
        self.remote.show(&world, show);
        Ok(())
    }
}

fn show(world: &Value) {
    println!(
        "{:24} {}  {}  {} calls  {} customers, {} orders, {} reservations",
        text(world, "name"),
        text(world, "now"),
        text(world, "profile"),
        text(world, "calls"),
        text(&world["counts"], "customers"),
        text(&world["counts"], "orders"),
        text(&world["counts"], "reservations"),
    );
}
