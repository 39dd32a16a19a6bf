//! `pcmock serve`: flags to settings, then run until told to stop.

use std::io::IsTerminal;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use partner_center_mock::api::service::{LARGEST_BODY, Options};
use partner_center_mock::api::throttle::Mode;
use partner_center_mock::domain::delay::Delay;
use partner_center_mock::domain::duration::IsoDuration;
use partner_center_mock::domain::settings::{
    AddressAnswer, Profile, PurchaseStates, SecondCheckout, Settings, Transition,
};
use partner_center_mock::identity::token::AuthLevel;
use partner_center_mock::server::hosts::Pattern;
use partner_center_mock::server::tls::{CertificateAuthority, TlsSource};
use partner_center_mock::{Content, MockServer, Throttling};
use tracing_subscriber::EnvFilter;

use super::banner;

/// Settings of the server. Every flag is also an environment variable.
#[derive(Debug, Args)]
pub struct Serve {
    /// Port; 0 takes a free one and prints one line of JSON with the URL.
    #[arg(long, short, env = "PCMOCK_PORT")]
    port: Option<u16>,
    /// Address to listen on.
    #[arg(long, env = "PCMOCK_HOST", default_value = "127.0.0.1")]
    host: IpAddr,
    /// Number of worker threads; the number of cores when absent.
    #[arg(long, env = "PCMOCK_WORKERS")]
    workers: Option<usize>,
    /// Fixtures: a JSON file, a folder of them, or `empty`.
    #[arg(long, env = "PCMOCK_FIXTURES", value_name = "PATH")]
    fixtures: Option<PathBuf>,
    /// `production`, or `sandbox` with its limits.
    #[arg(long, env = "PCMOCK_PROFILE", default_value = "production", value_parser = profile)]
    profile: Profile,
    /// How closely tokens are looked at: off, standard, strict.
    #[arg(long, env = "PCMOCK_AUTH", default_value = "standard")]
    auth: AuthLevel,
    /// Seed of all identifiers.
    #[arg(long, env = "PCMOCK_SEED")]
    seed: Option<u64>,
    /// Make so many customers up from the seed, beside those of the fixtures.
    #[arg(long, env = "PCMOCK_CUSTOMERS", default_value_t = 0)]
    customers: u64,
    /// World time at the start, for example 2026-01-31T09:00:00Z; the present when absent.
    #[arg(long, env = "PCMOCK_TIME")]
    time: Option<DateTime<Utc>>,
    /// World time stands still until it is advanced.
    #[arg(long, env = "PCMOCK_FREEZE", value_parser = BoolishValueParser::new())]
    freeze: bool,
    /// How long a transition takes: a duration of world time (order-provisioning=PT30S), a number of
    /// times that a client is told to wait (refund=3polls), or manual (until it is released through
    /// /_mock/clock/release); may be repeated. One of
    /// order-provisioning, order-listing, subscription-registration, subscription-provisioning,
    /// reservation-change, refund, exchange-calculation, exchange, invoice-issue, support-ticket,
    /// support-step.
    #[arg(long = "delay", env = "PCMOCK_DELAY", value_delimiter = ',', value_name = "WHAT=DELAY")]
    delays: Vec<Slow>,
    /// How long a cart lives; PT15M as documents of 2021 say.
    #[arg(long, env = "PCMOCK_CART_LIFETIME", default_value = "P7D", value_parser = positive_span)]
    cart_lifetime: TimeDelta,
    /// Answer a second checkout of a cart with the first one's orders instead of refusing it.
    #[arg(long, env = "PCMOCK_REPEAT_CHECKOUT", value_parser = BoolishValueParser::new())]
    repeat_checkout: bool,
    /// Let app-only tokens call operations that the real service keeps for users.
    #[arg(long, env = "PCMOCK_ALLOW_APP_ONLY", value_parser = BoolishValueParser::new())]
    allow_app_only: bool,
    /// What the validation of an address answers: `verdict`, or `plain` as documents of 2021 say.
    #[arg(long, env = "PCMOCK_ADDRESS_ANSWER", default_value = "verdict", value_parser = address_answer)]
    address_answer: AddressAnswer,
    /// Sell no reservation after the end-of-sale date of the catalogue.
    #[arg(long, env = "PCMOCK_ENFORCE_LAST_SALE", value_parser = BoolishValueParser::new())]
    enforce_last_sale: bool,
    /// Keep entitlements for users, as documents of 2021 say.
    #[arg(long, env = "PCMOCK_ENTITLEMENTS_NEED_USER", value_parser = BoolishValueParser::new())]
    entitlements_need_user: bool,
    /// Ask for partnerOnRecordAttestationAccepted where a reseller is named.
    #[arg(long, env = "PCMOCK_REQUIRE_PARTNER_ATTESTATION", value_parser = BoolishValueParser::new())]
    require_partner_attestation: bool,
    /// Let reservation orders move to another directory, which Azure refuses for a partner's customers.
    #[arg(long, env = "PCMOCK_ALLOW_CHANGE_DIRECTORY", value_parser = BoolishValueParser::new())]
    allow_change_directory: bool,
    /// Which states a purchase in Azure passes through: `short` as recorded, or `long` as specified.
    #[arg(long, env = "PCMOCK_PURCHASE_STATES", default_value = "short", value_parser = purchase_states)]
    purchase_states: PurchaseStates,
    /// Days before its end from which a reservation is shown as expiring.
    #[arg(long, env = "PCMOCK_EXPIRING_DAYS", default_value_t = 30, value_parser = clap::value_parser!(i64).range(0..=3650))]
    expiring_days: i64,
    /// Accept a PATCH of a reservation that changes nothing, instead of refusing it.
    #[arg(long, env = "PCMOCK_ACCEPT_EMPTY_CHANGE", value_parser = BoolishValueParser::new())]
    accept_empty_change: bool,
    #[command(flatten)]
    refunds: super::refunds::RefundFlags,
    #[command(flatten)]
    watching: super::watching::WatchFlags,
    /// Whether callers are throttled: `off`, or `documented`.
    #[arg(long, env = "PCMOCK_THROTTLING", default_value = "off", value_parser = throttling)]
    throttling: Mode,
    /// Calls of throttled operations of Partner Center that are served within a window.
    #[arg(long, env = "PCMOCK_THROTTLING_LIMIT", default_value_t = 500, value_name = "CALLS", value_parser = clap::value_parser!(u32).range(1..))]
    throttling_limit: u32,
    /// Length of that window in wall time.
    #[arg(long, env = "PCMOCK_THROTTLING_WINDOW", default_value = "PT1M", value_name = "DURATION")]
    throttling_window: IsoDuration,
    /// Words in requests such as mock-status-503 are data and no faults.
    #[arg(long, env = "PCMOCK_NO_MAGIC_FAULTS", value_parser = BoolishValueParser::new())]
    no_magic_faults: bool,
    /// Refuse members of bodies that the service does not know.
    #[arg(long, env = "PCMOCK_STRICT", value_parser = BoolishValueParser::new())]
    strict: bool,
    /// Most worlds at once.
    #[arg(long, env = "PCMOCK_MAX_WORLDS", default_value_t = 10_000)]
    max_worlds: usize,
    /// Delete worlds, other than the default one, that were not called for so long, for example PT1H.
    #[arg(long, env = "PCMOCK_WORLD_IDLE", value_name = "DURATION", value_parser = positive_span)]
    world_idle: Option<TimeDelta>,
    /// How many past states each world keeps, for diffs and reads of the past.
    #[arg(long, env = "PCMOCK_HISTORY", default_value_t = 200)]
    history: usize,
    /// Largest body in bytes.
    #[arg(long, env = "PCMOCK_MAX_BODY", default_value_t = LARGEST_BODY)]
    max_body: usize,
    /// Base URL for absolute links, instead of what each request says.
    #[arg(long, env = "PCMOCK_PUBLIC_URL")]
    public_url: Option<String>,
    /// Listen on this port, too: 443, where a hosts file leads the real host names here.
    #[arg(long, env = "PCMOCK_HTTPS_PORT", value_name = "PORT")]
    https_port: Option<u16>,
    /// Let the proxy connect to other hosts: a name, *.domain, or * for all; all when no host is named.
    /// The hosts of the real service are never let through.
    #[arg(long, env = "PCMOCK_PROXY_PASSTHROUGH", value_name = "HOST", num_args = 0..=1, require_equals = true, default_missing_value = "*", value_delimiter = ',', value_parser = Pattern::parse)]
    proxy_passthrough: Vec<Pattern>,
    /// Further host names to answer for, besides loopback and the real service's.
    #[arg(long = "allow-host", env = "PCMOCK_ALLOW_HOST", value_delimiter = ',')]
    allow_hosts: Vec<String>,
    /// Folder that keeps the certificate authority, so that clients trust it once.
    #[arg(long, env = "PCMOCK_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// Keep nothing on disk: a new certificate authority with every start.
    #[arg(long, env = "PCMOCK_EPHEMERAL", value_parser = BoolishValueParser::new())]
    ephemeral: bool,
    /// Certificate chain in PEM, instead of the mock's own authority.
    #[arg(long, env = "PCMOCK_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate, in PEM.
    #[arg(long, env = "PCMOCK_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Private key in PEM that signs tokens, instead of the public test key.
    #[arg(long, env = "PCMOCK_SIGNING_KEY", value_name = "FILE")]
    signing_key: Option<PathBuf>,
    /// Keep all worlds in this file: read at the start where it exists, written at the end and now and
    /// then. What it holds counts, whatever fixtures and settings of worlds are named besides.
    #[arg(long, env = "PCMOCK_STATE", value_name = "FILE")]
    state: Option<PathBuf>,
    /// How often the state file is written when something changed.
    #[arg(long, env = "PCMOCK_STATE_EVERY", value_name = "DURATION", default_value = "PT30S")]
    state_every: IsoDuration,
    /// Form of the log lines.
    #[arg(long, env = "PCMOCK_LOG_FORMAT", default_value = "text")]
    log_format: LogFormat,
    /// What is logged: error, warn, info (a line per request), debug, or a filter.
    #[arg(long, env = "PCMOCK_LOG", default_value = "info,actix_server=warn")]
    log: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy)]
struct Slow(Transition, Delay);

impl FromStr for Slow {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (what, delay) = text.split_once('=').ok_or("write WHAT=DELAY")?;
        let names: Vec<&str> = Transition::ALL.iter().map(|t| t.name()).collect();
        let what = Transition::named(what)
            .ok_or_else(|| format!("`{what}` is not one of {}", names.join(", ")))?;
        let delay = delay.parse().map_err(|error| format!("{error}"))?;
        Ok(Self(what, delay))
    }
}

/// A span of time, written as an ISO 8601 duration.
fn positive_span(text: &str) -> Result<TimeDelta, String> {
    let duration: IsoDuration = text.parse().map_err(|error| format!("{error}"))?;
    let epoch = DateTime::<Utc>::UNIX_EPOCH;
    let span = duration.after(epoch).map(|end| end - epoch);
    span.filter(|span| *span > TimeDelta::zero()).ok_or_else(|| "must be positive".to_owned())
}

fn throttling(text: &str) -> Result<Mode, String> {
    Mode::named(text).ok_or_else(|| "off or documented".to_owned())
}

fn profile(text: &str) -> Result<Profile, String> {
    Profile::named(text).ok_or_else(|| "production or sandbox".to_owned())
}

fn purchase_states(text: &str) -> Result<PurchaseStates, String> {
    PurchaseStates::named(text).ok_or_else(|| "must be short or long".to_owned())
}

fn address_answer(text: &str) -> Result<AddressAnswer, String> {
    AddressAnswer::named(text).ok_or_else(|| "verdict or plain".to_owned())
}

/// The port when none is named.
const DEFAULT_PORT: u16 = 4580;

impl Serve {
    /// Serves until SIGINT or SIGTERM.
    pub fn run(self) -> Result<(), String> {
        self.start_log()?;
        let wished = match self.port {
            Some(port) => port,
            None => std::env::var("PORT").ok().and_then(|p| p.parse().ok()).unwrap_or(DEFAULT_PORT),
        };
        let tls = self.tls_source()?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut builder = MockServer::builder()
            .address(SocketAddr::new(self.host, wished))
            .workers(self.workers.unwrap_or(cores))
            .content(self.content())
            .customers(self.customers)
            .settings(self.settings()?)
            .options(self.options()?)
            .limits(partner_center_mock::world::Limits {
                worlds: self.max_worlds.max(1),
                idle: self.world_idle,
                history: self.history,
                journal: self.watching.journal,
                journal_body: self.watching.journal_body,
            })
            .allow_hosts(self.allow_hosts.clone())
            .proxy_passthrough(self.proxy_passthrough.clone())
            .tls(tls)
            .log_requests(tracing::enabled!(target: "pcmock::request", tracing::Level::INFO));
        if let Some(seed) = self.seed {
            builder = builder.seed(seed);
        }
        if let Some(time) = self.time {
            builder = builder.starting_at(time);
        }
        if let Some(port) = self.https_port {
            builder = builder.https_port(port);
        }
        if self.freeze {
            builder = builder.frozen();
        }
        if let Some(file) = &self.state {
            builder = builder.state_file(file, self.state_every()?);
        }
        if let Some(file) = &self.signing_key {
            let pem = std::fs::read_to_string(file)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            builder = builder.signing_key(pem);
        }
        let server = builder.start_blocking().map_err(|error| explain(&error))?;
        if wished == 0 {
            println!("{}", banner::line(&server));
        } else {
            banner::print(&server, self.ca_file().as_deref());
        }
        let stopper = server.stopper();
        std::thread::spawn(move || wait_for_signal(&stopper));
        server.join();
        Ok(())
    }

    fn content(&self) -> Content {
        match &self.fixtures {
            None => Content::Default,
            Some(path) if path.as_os_str() == "empty" => Content::Empty,
            Some(path) => Content::Path(path.clone()),
        }
    }

    fn settings(&self) -> Result<Settings, String> {
        let mut settings = Settings { profile: self.profile, ..Settings::default() };
        for Slow(transition, delay) in &self.delays {
            settings.set_delay(*transition, *delay);
        }
        settings.cart_lifetime = self.cart_lifetime;
        if self.repeat_checkout {
            settings.second_checkout = SecondCheckout::Repeated;
        }
        settings.refuse_app_only = !self.allow_app_only;
        settings.address_answer = self.address_answer;
        settings.enforce_last_sale = self.enforce_last_sale;
        settings.entitlements_need_user = self.entitlements_need_user;
        settings.require_partner_attestation = self.require_partner_attestation;
        settings.allow_change_directory = self.allow_change_directory;
        settings.purchase_states = self.purchase_states;
        settings.expiring_days = self.expiring_days;
        settings.refuse_empty_change = !self.accept_empty_change;
        settings.spending_cap_usd = self.watching.spending_cap;
        self.refunds.apply(&mut settings)?;
        Ok(settings)
    }

    fn options(&self) -> Result<Options, String> {
        let epoch = DateTime::<Utc>::UNIX_EPOCH;
        let window = self.throttling_window.after(epoch).map(|end| end - epoch);
        let window = window
            .filter(|span| *span > TimeDelta::zero() && *span <= TimeDelta::days(1))
            .and_then(|span| span.to_std().ok())
            .ok_or("--throttling-window must be longer than nothing and at most P1D")?;
        let throttling = Throttling::default().budget(self.throttling_limit, window);
        Ok(Options {
            auth: self.auth,
            max_body: self.max_body,
            strict: self.strict,
            min_fidelity: self.watching.min_fidelity,
            public_url: self.public_url.clone(),
            magic_faults: !self.no_magic_faults,
            throttling: Throttling { mode: self.throttling, ..throttling },
            ..Options::default()
        })
    }

    fn state_every(&self) -> Result<std::time::Duration, String> {
        let epoch = DateTime::<Utc>::UNIX_EPOCH;
        self.state_every
            .after(epoch)
            .and_then(|end| (end - epoch).to_std().ok())
            .filter(|every| !every.is_zero())
            .ok_or_else(|| "--state-every must be positive".to_owned())
    }

    fn data_dir(&self) -> Option<PathBuf> {
        if self.ephemeral || self.tls_cert.is_some() {
            return None;
        }
        self.data_dir.clone().or_else(|| {
            let home = |name| std::env::var_os(name).map(PathBuf::from);
            home("XDG_DATA_HOME")
                .or_else(|| home("LOCALAPPDATA"))
                .or_else(|| home("HOME").map(|home| home.join(".local/share")))
                .map(|base| base.join("pcmock"))
        })
    }

    fn ca_file(&self) -> Option<PathBuf> {
        self.data_dir().map(|dir| dir.join("ca.pem")).filter(|file| file.is_file())
    }

    fn tls_source(&self) -> Result<TlsSource, String> {
        if let (Some(cert), Some(key)) = (&self.tls_cert, &self.tls_key) {
            return TlsSource::server_certificate(cert, key).map_err(|error| error.to_string());
        }
        let Some(dir) = self.data_dir() else { return Ok(TlsSource::ephemeral()) };
        match CertificateAuthority::load_or_create(&dir) {
            Ok(authority) => Ok(TlsSource::authority(authority)),
            // A folder that was chosen must work; the usual one may be read-only, as in a container.
            Err(error) if self.data_dir.is_some() => Err(error.to_string()),
            Err(error) => {
                tracing::warn!(%error, "the certificate authority is not kept");
                Ok(TlsSource::ephemeral())
            }
        }
    }

    fn start_log(&self) -> Result<(), String> {
        let filter = EnvFilter::try_new(&self.log).map_err(|error| format!("--log: {error}"))?;
        let base = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
        match self.log_format {
            LogFormat::Json => base.json().flatten_event(true).init(),
            LogFormat::Text => {
                base.with_ansi(std::io::stderr().is_terminal()).with_target(false).init();
            }
        }
        Ok(())
    }
}

fn explain(error: &partner_center_mock::StartError) -> String {
    use partner_center_mock::StartError;
    match error {
        StartError::Listen { address, source } => {
            let port = address.port();
            match source.kind() {
                std::io::ErrorKind::AddrInUse => format!(
                    "port {port} is in use; choose another with --port, or 0 for a free one"
                ),
                std::io::ErrorKind::PermissionDenied => format!(
                    "port {port} is kept for the administrator: run as root, or allow it with `sudo setcap cap_net_bind_service=+ep $(command -v pcmock)`"
                ),
                _ => error.to_string(),
            }
        }
        other => other.to_string(),
    }
}

fn wait_for_signal(stopper: &partner_center_mock::Stopper) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "signals are not handled");
            return;
        }
    };
    runtime.block_on(async {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            if let Ok(mut terminate) = signal(SignalKind::terminate()) {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = tokio::signal::ctrl_c() => {}
                }
                return;
            }
        }
        let _ = tokio::signal::ctrl_c().await;
    });
    stopper.stop();
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        serve: Serve,
    }

    fn settings(flags: &[&str]) -> Settings {
        let line = std::iter::once("pcmock").chain(flags.iter().copied());
        Line::try_parse_from(line).unwrap().serve.settings().unwrap()
    }

    #[test]
    fn flags_about_reservations_reach_the_settings() {
        let plain = settings(&[]);
        assert!(plain.refuse_empty_change && !plain.allow_change_directory);
        assert!(settings(&["--allow-change-directory"]).allow_change_directory);
        assert!(!settings(&["--accept-empty-change"]).refuse_empty_change);
        assert_eq!(plain.purchase_states, PurchaseStates::Short);
        assert_eq!(settings(&["--purchase-states", "Long"]).purchase_states, PurchaseStates::Long);
        assert_eq!(settings(&["--expiring-days", "60"]).expiring_days, 60);
        let slow = settings(&["--delay", "reservation-change=PT10S"]);
        let wanted: Delay = "PT10S".parse().unwrap();
        assert_eq!(slow.delay(Transition::ReservationChange), wanted);
    }
}
