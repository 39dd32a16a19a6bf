//! `pcmock faults`: list, arm and take away the faults of a running server.

use std::io::Read;

use clap::{Args, Subcommand, ValueEnum};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::remote::Remote;

/// What to do with which faults.
#[derive(Debug, Args)]
pub struct Faults {
    #[command(flatten)]
    remote: Remote,
    /// The faults for every world, instead of one world's.
    #[arg(long, global = true)]
    server: bool,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the faults that are armed, with how often each struck (the default).
    List,
    /// Arm a fault by flags, or faults in JSON; prints their names.
    Add(Box<Add>),
    /// Take a fault away, or all.
    Clear {
        /// Names of the faults; all when there is none.
        names: Vec<String>,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// A rule in JSON, or an array of them; `-` reads it from standard input.
    #[arg(conflicts_with_all = ["id", "operation", "first", "error", "status", "latency", "lose"])]
    rule: Option<String>,
    /// Name of the rule.
    #[arg(long)]
    id: Option<String>,
    /// Operation that is meant, by its id; may be repeated.
    #[arg(long)]
    operation: Vec<String>,
    /// Surface that is meant: partner-center, azure or identity.
    #[arg(long)]
    surface: Option<String>,
    /// Method that is meant.
    #[arg(long)]
    method: Option<String>,
    /// Path that is meant: `{}` is a segment, `*` anything within one, `**` any number of them.
    #[arg(long)]
    path: Option<String>,
    /// Customer that is meant.
    #[arg(long)]
    customer: Option<String>,
    /// Member of the body that is meant, for example lineItems[0].quantity=2; may be repeated.
    #[arg(long, value_name = "PATH=VALUE", value_parser = pair)]
    body: Vec<(String, String)>,
    /// Header that is meant; may be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    header: Vec<(String, String)>,
    /// Strike the first so many calls.
    #[arg(long, value_name = "N")]
    first: Option<u64>,
    /// Strike every so many-th call.
    #[arg(long, value_name = "N")]
    every: Option<u64>,
    /// Strike all but the first so many calls.
    #[arg(long, value_name = "N")]
    after: Option<u64>,
    /// Strike this share of the calls.
    #[arg(long, value_name = "SHARE")]
    probability: Option<f64>,
    /// Strike at most so many times.
    #[arg(long, value_name = "N")]
    times: Option<u64>,
    /// Answer with this documented error of the operation.
    #[arg(long, value_name = "CODE")]
    error: Option<String>,
    /// Answer with this status.
    #[arg(long)]
    status: Option<u16>,
    /// Seconds of Retry-After.
    #[arg(long, value_name = "SECONDS")]
    retry_after: Option<u32>,
    /// Hold the answer back: PT0.5S, PT0.1S..PT2S for anything between, or PT1S~PT0.2S for a mean and
    /// its deviation.
    #[arg(long, value_name = "DURATION")]
    latency: Option<String>,
    /// Carry the operation out and answer so much later.
    #[arg(long, value_name = "DURATION")]
    late: Option<String>,
    /// Reset the connection; nothing is carried out.
    #[arg(long)]
    reset: bool,
    /// Cut the body of the answer off: bytes, or a share such as 50%.
    #[arg(long, value_name = "AMOUNT")]
    truncate: Option<String>,
    /// Write the body of the answer in pieces of so many bytes.
    #[arg(long, value_name = "BYTES")]
    drip: Option<u64>,
    /// Pause before each piece.
    #[arg(long, value_name = "DURATION", requires = "drip")]
    drip_pause: Option<String>,
    /// Lose the request before anything is carried out, or the answer after all is.
    #[arg(long)]
    lose: Option<Lost>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Lost {
    Request,
    Answer,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A number, a truth value or `null` as JSON writes it, else a text.
fn plain(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(value) if !value.is_object() && !value.is_array() => value,
        _ => text.into(),
    }
}

fn put(members: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        members.insert(name.to_owned(), value.into());
    }
}

impl Add {
    fn body(self) -> Result<Value, String> {
        let text = match self.rule.as_deref() {
            None => return Ok(self.rule_of_flags()),
            Some("-") => {
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text).map_err(|error| error.to_string())?;
                text
            }
            Some(text) => text.to_owned(),
        };
        serde_json::from_str(&text).map_err(|error| format!("the rule is not JSON: {error}"))
    }

    fn rule_of_flags(self) -> Value {
        let mut matching = Map::new();
        if !self.operation.is_empty() {
            matching.insert("operation".to_owned(), self.operation.into());
        }
        put(&mut matching, "surface", self.surface);
        put(&mut matching, "method", self.method);
        put(&mut matching, "path", self.path);
        put(&mut matching, "customer", self.customer);
        if !self.body.is_empty() {
            let members = self.body.iter().map(|(path, value)| (path.clone(), plain(value)));
            matching.insert("body".to_owned(), Value::Object(members.collect()));
        }
        if !self.header.is_empty() {
            let headers = self.header.into_iter().map(|(name, value)| (name, value.into()));
            matching.insert("header".to_owned(), Value::Object(headers.collect()));
        }
        let mut rule = Map::new();
        put(&mut rule, "id", self.id);
        put(&mut rule, "match", (!matching.is_empty()).then_some(matching));
        put(&mut rule, "first", self.first);
        put(&mut rule, "every", self.every);
        put(&mut rule, "after", self.after);
        put(&mut rule, "probability", self.probability);
        put(&mut rule, "times", self.times);
        put(&mut rule, "error", self.error);
        put(&mut rule, "status", self.status);
        put(&mut rule, "retryAfter", self.retry_after);
        put(&mut rule, "latency", self.latency.map(|text| latency(&text)));
        put(&mut rule, "late", self.late);
        put(&mut rule, "reset", self.reset.then_some(true));
        put(&mut rule, "truncate", self.truncate.map(|text| plain(&text)));
        let pause = self.drip_pause;
        put(&mut rule, "drip", self.drip.map(|bytes| json!({ "bytes": bytes, "pause": pause })));
        put(
            &mut rule,
            "lose",
            self.lose.map(|lost| match lost {
                Lost::Request => "request",
                Lost::Answer => "answer",
            }),
        );
        Value::Object(rule)
    }
}

fn latency(text: &str) -> Value {
    if let Some((from, to)) = text.split_once("..") {
        return json!({ "from": from, "to": to });
    }
    match text.split_once('~') {
        Some((mean, deviation)) => json!({ "mean": mean, "deviation": deviation }),
        None => text.into(),
    }
}

impl Faults {
    /// Does it.
    pub fn run(mut self) -> Result<(), String> {
        match self.verb.take().unwrap_or(Verb::List) {
            Verb::List => {
                let faults = self.send(Method::GET, "", None)?;
                self.remote
                    .show(&faults, |faults| items(faults).for_each(|it| println!("{}", line(it))));
            }
            Verb::Add(add) => {
                let armed = self.send(Method::POST, "", Some(&add.body()?))?;
                self.remote.show(&armed, |armed| {
                    items(armed)
                        .for_each(|it| println!("{}", it["id"].as_str().unwrap_or_default()));
                });
            }
            Verb::Clear { names } if names.is_empty() => {
                self.send(Method::DELETE, "", None)?;
            }
            Verb::Clear { names } => {
                for name in names {
                    let name = utf8_percent_encode(&name, NON_ALPHANUMERIC);
                    self.send(Method::DELETE, &format!("/{name}"), None)?;
                }
            }
        }
        Ok(())
    }

    fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, String> {
        // A list of a world shows those for every world too.
        let scope = if self.server { "?scope=server" } else { "" };
        self.remote.ask_json(method, &format!("/_mock/faults{path}{scope}"), body)
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list["items"].as_array().into_iter().flatten()
}

fn line(fault: &Value) -> String {
    let text = |name: &str| fault[name].as_str().unwrap_or_default().to_owned();
    let count = |name: &str| fault[name].as_u64().unwrap_or_default();
    let rule = &fault["rule"];
    let meant = match &rule["match"] {
        Value::Null => "all calls".to_owned(),
        matching => matching.to_string(),
    };
    let trigger = ["first", "every", "after", "probability"]
        .into_iter()
        .find(|name| !rule[name].is_null())
        .map_or_else(String::new, |name| format!(", {name} {}", rule[name]));
    format!(
        "{} ({}): {meant}{trigger}: {}; struck {} of {}",
        text("id"),
        text("scope"),
        text("effect"),
        count("struck"),
        count("matched")
    )
}
