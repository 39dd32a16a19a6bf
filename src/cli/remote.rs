//! A running server as the command line sees it: where it is, which world is meant, how answers are
//! shown.

use std::time::Duration;

use clap::Args;
use partner_center_mock::server::tls::provider;
use reqwest::Method;
use serde_json::Value;

/// Longest wait for an answer: some calls make thousands of customers.
const PATIENCE: Duration = Duration::from_secs(120);

/// Which server and which world.
#[derive(Debug, Clone, Args)]
pub struct Remote {
    /// Base URL of the server.
    #[arg(long, global = true, env = "PCMOCK_URL", default_value = "http://127.0.0.1:4580")]
    pub url: String,
    /// World that is meant; the default one when absent.
    #[arg(long, global = true, env = "PCMOCK_WORLD")]
    pub world: Option<String>,
    /// Print the server's answer as JSON, for scripts.
    #[arg(long, global = true)]
    pub json: bool,
}

/// A client that talks to a server over HTTP, or over HTTPS with this root certificate in PEM.
pub fn client(root: Option<&[u8]>, timeout: Duration) -> Result<reqwest::Client, String> {
    builder(root, timeout)?.no_proxy().build().map_err(|error| error.to_string())
}

/// The same with a proxy before everything.
pub fn proxied_client(
    root: &[u8],
    proxy: &str,
    timeout: Duration,
) -> Result<reqwest::Client, String> {
    let proxy = reqwest::Proxy::all(proxy).map_err(|error| error.to_string())?;
    builder(Some(root), timeout)?.proxy(proxy).build().map_err(|error| error.to_string())
}

fn builder(root: Option<&[u8]>, timeout: Duration) -> Result<reqwest::ClientBuilder, String> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(root.unwrap_or_default()) {
        let certificate = certificate.map_err(|error| format!("certificate: {error}"))?;
        roots.add(certificate).map_err(|error| format!("certificate: {error}"))?;
    }
    let tls = rustls::ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(reqwest::Client::builder().tls_backend_preconfigured(tls).timeout(timeout))
}

/// Runs what waits for answers.
pub fn block_on<T>(work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?
        .block_on(work)
}

/// An error with all that led to it: what reqwest says first is only that a request failed.
pub fn whole_reason(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

impl Remote {
    /// The base URL without trailing slash.
    pub fn base(&self) -> &str {
        self.url.trim_end_matches('/')
    }

    /// Sends a request to a control route. Gives the text of the answer, or says what the server said.
    pub fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<String, String> {
        self.ask_with(method, path, body.map(ToString::to_string))
    }

    /// The same with a body that is text already.
    pub fn ask_with(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<String, String> {
        let url = format!("{}{path}", self.base());
        block_on(async {
            let mut request = client(None, PATIENCE)?.request(method, &url);
            if let Some(world) = &self.world {
                request = request.header("x-mock-world", world);
            }
            if let Some(body) = body {
                request = request.header("content-type", "application/json").body(body);
            }
            let response = request.send().await.map_err(|error| {
                format!("{}; is a server running there? `pcmock` starts one", whole_reason(&error))
            })?;
            let status = response.status();
            let text = response.text().await.map_err(|error| whole_reason(&error))?;
            if status.is_success() {
                return Ok(text);
            }
            let told: Option<Value> = serde_json::from_str(&text).ok();
            let message = told.as_ref().and_then(|told| told["error"]["message"].as_str());
            Err(message.map_or_else(|| format!("{url} answered {status}: {text}"), str::to_owned))
        })
    }

    /// The same where the answer is JSON.
    pub fn ask_json(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, String> {
        let text = self.ask(method, path, body)?;
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|error| format!("the answer is not JSON: {error}"))
    }

    /// Shows an answer: as JSON where scripts ask for it, else as `show` prints it.
    pub fn show(&self, answer: &Value, show: impl FnOnce(&Value)) {
        if self.json {
            println!("{answer}");
        } else {
            show(answer);
        }
    }
}

/// Text of a member, for showing it; empty when it is absent.
pub fn text(value: &Value, member: &str) -> String {
    match &value[member] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
