//! Counters of a server in the text format of Prometheus. They belong to the server and not to a world:
//! a counter never goes back, and worlds do.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use dashmap::DashMap;

use super::operation::{Operation, Surface};

/// Upper bounds of the histogram in microseconds.
const BOUNDS: [u64; 12] =
    [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000];

/// How long answers took.
#[derive(Debug, Default)]
struct Histogram {
    buckets: [AtomicU64; BOUNDS.len()],
    count: AtomicU64,
    nanos: AtomicU64,
}

/// The counters of a server.
#[derive(Debug)]
pub struct Metrics {
    started: Instant,
    /// By operation, none for calls that matched none, and status.
    requests: DashMap<(&'static str, &'static str, u16), u64>,
    /// By [`Surface`].
    durations: [Histogram; Surface::ALL.len()],
}

impl Default for Metrics {
    fn default() -> Self {
        Self { started: Instant::now(), requests: DashMap::new(), durations: Default::default() }
    }
}

impl Metrics {
    /// Counts an answer.
    pub(super) fn count(
        &self,
        surface: Surface,
        operation: Option<&'static Operation>,
        status: u16,
        took: Duration,
    ) {
        let id = operation.map_or("", |operation| operation.id);
        *self.requests.entry((surface.name(), id, status)).or_insert(0) += 1;
        let histogram = &self.durations[surface as usize];
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.iter().position(|bound| nanos <= bound * 1000);
        if let Some(bucket) = bucket {
            histogram.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        }
        histogram.count.fetch_add(1, Ordering::Relaxed);
        histogram.nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    /// All counters as text.
    pub fn text(&self, worlds: usize) -> String {
        let mut out = String::new();
        // Writing into a string cannot fail.
        let _ = self.write(worlds, &mut out);
        out
    }

    fn write(&self, worlds: usize, out: &mut String) -> std::fmt::Result {
        let version = env!("CARGO_PKG_VERSION");
        head(out, "pcmock_build_info", "gauge", "Version of the server.")?;
        writeln!(out, "pcmock_build_info{{version=\"{version}\"}} 1")?;
        head(out, "pcmock_uptime_seconds", "gauge", "Seconds since the start.")?;
        writeln!(out, "pcmock_uptime_seconds {}", self.started.elapsed().as_secs_f64())?;
        head(out, "pcmock_worlds", "gauge", "Worlds.")?;
        writeln!(out, "pcmock_worlds {worlds}")?;
        head(
            out,
            "pcmock_requests_total",
            "counter",
            "Requests by operation and status; calls that matched no operation have none.",
        )?;
        let requests: BTreeMap<_, _> =
            self.requests.iter().map(|it| (*it.key(), *it.value())).collect();
        for ((surface, operation, status), count) in requests {
            writeln!(
                out,
                "pcmock_requests_total{{surface=\"{surface}\",operation=\"{operation}\",status=\"{status}\"}} {count}"
            )?;
        }
        let name = "pcmock_request_duration_seconds";
        head(out, name, "histogram", "How long making an answer took.")?;
        for surface in Surface::ALL {
            let histogram = &self.durations[surface as usize];
            let surface = surface.name();
            let mut sum = 0;
            for (bound, bucket) in BOUNDS.iter().zip(&histogram.buckets) {
                sum += bucket.load(Ordering::Relaxed);
                let seconds = Duration::from_micros(*bound).as_secs_f64();
                writeln!(out, "{name}_bucket{{surface=\"{surface}\",le=\"{seconds}\"}} {sum}")?;
            }
            // Counted apart and at once with others: the whole is never less than its parts.
            let count = histogram.count.load(Ordering::Relaxed).max(sum);
            let seconds = Duration::from_nanos(histogram.nanos.load(Ordering::Relaxed));
            writeln!(out, "{name}_bucket{{surface=\"{surface}\",le=\"+Inf\"}} {count}")?;
            writeln!(out, "{name}_sum{{surface=\"{surface}\"}} {}", seconds.as_secs_f64())?;
            writeln!(out, "{name}_count{{surface=\"{surface}\"}} {count}")?;
        }
        Ok(())
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) -> std::fmt::Result {
    writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}")
}
