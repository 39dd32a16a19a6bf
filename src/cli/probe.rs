//! `pcmock status` and `pcmock wait`: ask a running server.

use std::time::{Duration, Instant};

use clap::Args;
use partner_center_mock::server::tls::provider;

/// Which server to ask.
#[derive(Debug, Args)]
pub struct Probe {
    /// Base URL of the server.
    #[arg(long, env = "PCMOCK_URL", default_value = "http://127.0.0.1:4580")]
    url: String,
}

/// How long to wait for which server.
#[derive(Debug, Args)]
pub struct Wait {
    #[command(flatten)]
    probe: Probe,
    /// Give up after so many seconds.
    #[arg(long, default_value_t = 30)]
    timeout: u64,
}

impl Probe {
    /// Prints the server's health.
    pub fn run(self) -> Result<(), String> {
        let health = self.ask()?;
        println!("{health}");
        Ok(())
    }

    fn ask(&self) -> Result<String, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        runtime.block_on(async {
            let url = format!("{}/_mock/health", self.url.trim_end_matches('/'));
            let response =
                client()?.get(&url).send().await.map_err(|error| format!("{url}: {error}"))?;
            if !response.status().is_success() {
                return Err(format!("{url} answered {}", response.status()));
            }
            response.text().await.map_err(|error| format!("{url}: {error}"))
        })
    }
}

impl Wait {
    /// Returns once the server answers.
    pub fn run(self) -> Result<(), String> {
        let end = Instant::now() + Duration::from_secs(self.timeout);
        loop {
            match self.probe.ask() {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() >= end => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

/// A client for a server of this machine.
pub(super) fn client() -> Result<reqwest::Client, String> {
    let tls = rustls::ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .timeout(Duration::from_secs(5))
        .build()
        .map_err(|error| error.to_string())
}
