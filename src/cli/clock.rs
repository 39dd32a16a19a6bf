//! `pcmock clock`: the clock of a world, what is due, what waits to be released, how long things take.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};

use super::remote::{Remote, text};

/// `pcmock clock`.
#[derive(Debug, Args)]
pub struct Clock {
    #[command(flatten)]
    remote: Remote,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show the clock, what is due and what is held.
    Show,
    /// Move on by a duration (P1M) or to a moment (2027-01-01T00:00:00Z).
    Advance {
        /// How far.
        by: String,
    },
    /// Set world time.
    Set {
        /// To which moment.
        time: String,
    },
    /// Let world time stand still.
    Freeze,
    /// Let world time pass as wall time does.
    Run,
    /// Let world time pass so many times as fast.
    Scale {
        /// World seconds per wall second.
        factor: f64,
    },
    /// Go on to the next event.
    Step,
    /// End what is held: all of it, or that of a transition.
    Release {
        /// For example refund.
        transition: Option<String>,
    },
    /// Say how long a transition takes; without one, list all.
    Delay {
        /// For example order-provisioning=3polls.
        #[arg(value_name = "WHAT=DELAY")]
        delays: Vec<String>,
    },
}

impl Clock {
    /// Carries it out.
    pub fn run(&self) -> Result<(), String> {
        let post = |path, body: Value| self.remote.ask_json(Method::POST, path, Some(&body));
        let put = |body: Value| self.remote.ask_json(Method::PUT, "/_mock/clock", Some(&body));
        let answer = match self.verb.as_ref().unwrap_or(&Verb::Show) {
            Verb::Show => {
                let clock = self.remote.ask_json(Method::GET, "/_mock/clock", None)?;
                self.remote.show(&clock, show);
                return Ok(());
            }
            Verb::Delay { delays } => return self.delay(delays),
            Verb::Advance { by } if by.starts_with(['P', 'p']) => {
                post("/_mock/clock/advance", json!({ "by": by }))?
            }
            Verb::Advance { by } => post("/_mock/clock/advance", json!({ "to": by }))?,
            Verb::Set { time } => put(json!({ "now": time }))?,
            Verb::Freeze => put(json!({ "frozen": true }))?,
            Verb::Run => put(json!({ "frozen": false }))?,
            Verb::Scale { factor } => put(json!({ "scale": factor }))?,
            Verb::Step => self.remote.ask_json(Method::POST, "/_mock/clock/step", None)?,
            Verb::Release { transition: Some(transition) } => {
                post("/_mock/clock/release", json!({ "transition": transition }))?
            }
            Verb::Release { transition: None } => {
                self.remote.ask_json(Method::POST, "/_mock/clock/release", None)?
            }
        };
        self.remote.show(&answer, |moved| {
            println!("{}", text(moved, "now"));
            events(&moved["fired"]);
        });
        Ok(())
    }

    fn delay(&self, delays: &[String]) -> Result<(), String> {
        let mut wanted = serde_json::Map::new();
        for delay in delays {
            let (what, how) = delay.split_once('=').ok_or("write WHAT=DELAY")?;
            wanted.insert(what.to_owned(), how.into());
        }
        let answer = if wanted.is_empty() {
            self.remote.ask_json(Method::GET, "/_mock/delays", None)?
        } else {
            self.remote.ask_json(Method::PATCH, "/_mock/delays", Some(&wanted.into()))?
        };
        self.remote.show(&answer, |delays| {
            for (name, delay) in delays.as_object().into_iter().flatten() {
                println!("{name:26} {}", delay.as_str().unwrap_or(""));
            }
        });
        Ok(())
    }
}

fn show(clock: &Value) {
    let pace = if clock["frozen"] == true {
        "frozen".to_owned()
    } else {
        format!("running, {} world seconds per second", text(clock, "scale"))
    };
    println!("{}  {pace}", text(clock, "now"));
    events(&clock["due"]);
    for held in clock["held"].as_array().into_iter().flatten() {
        let waits = match held.get("pollsLeft") {
            Some(polls) => format!("told to wait {polls} more times"),
            None => "waits to be released".to_owned(),
        };
        println!(
            "  held {} {} {}  {waits}",
            text(held, "number"),
            text(held, "transition"),
            text(held, "id")
        );
    }
}

fn events(events: &Value) {
    for event in events.as_array().into_iter().flatten() {
        println!("  {}  {:24} {}", text(event, "at"), text(event, "event"), text(event, "id"));
    }
}
