//! `pcmock status` and `pcmock wait`: ask a running server how it is.

use std::time::{Duration, Instant};

use clap::Args;
use reqwest::Method;

use super::remote::{Remote, text};

/// `pcmock status`.
#[derive(Debug, Args)]
pub struct Status {
    #[command(flatten)]
    remote: Remote,
}

/// `pcmock wait`.
#[derive(Debug, Args)]
pub struct Wait {
    #[command(flatten)]
    remote: Remote,
    /// Give up after so many seconds.
    #[arg(long, default_value_t = 30)]
    timeout: u64,
}

impl Status {
    /// Prints the server's health.
    pub fn run(&self) -> Result<(), String> {
        let health = self.remote.ask_json(Method::GET, "/_mock/health", None)?;
        self.remote.show(&health, |health| {
            println!(
                "{}  pcmock {}, {} worlds, {} operations, auth {}",
                text(health, "status"),
                text(health, "version"),
                text(health, "worlds"),
                text(health, "operations"),
                text(health, "auth"),
            );
        });
        Ok(())
    }
}

impl Wait {
    /// Returns once the server answers.
    pub fn run(&self) -> Result<(), String> {
        let end = Instant::now() + Duration::from_secs(self.timeout);
        loop {
            match self.remote.ask(Method::GET, "/_mock/health", None) {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() >= end => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}
