//! The journal as it grows: server-sent events.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use super::{ControlFault, chosen, filter, json_of, value};
use crate::api::call::Call;
use crate::api::delivery::{Opening, Source};
use crate::api::instruments::Instruments;
use crate::api::journal::{Entry, Filter};
use crate::api::reply::Reply;

/// Seconds between comments, unless another number is asked for.
const HEARTBEAT: u64 = 10;

struct Watch {
    listener: Receiver<Arc<Entry>>,
    /// What was answered before and is sent first.
    kept: VecDeque<Arc<Entry>>,
    /// What of it may come by again.
    sent: HashSet<u64>,
    filter: Arc<Filter>,
    heartbeat: Duration,
    has_begun: bool,
}

/// Opens a stream of the entries that are meant.
pub(super) fn stream(call: &Call<'_>) -> Result<Reply, ControlFault> {
    let seconds: u64 = value(call, "heartbeat")?.unwrap_or(HEARTBEAT).clamp(1, 60);
    let mut filter = filter(call)?;
    let seen = call.request.header("last-event-id").and_then(|id| id.trim().parse().ok());
    filter.since = filter.since.or(seen);
    let instruments = call.world.attachment::<Instruments>();
    // Whoever listens from now on hears what is answered while the kept entries are collected.
    let first = instruments.journal.listen();
    let kept = if filter.since.is_some() { chosen(call, &filter).0 } else { Vec::new() };
    let (filter, kept): (_, Arc<[_]>) = (Arc::new(filter), kept.into());
    // The world may go on without this journal; then the stream ends.
    let journal = Arc::downgrade(&instruments);
    let first = std::sync::Mutex::new(Some(first));
    Ok(Reply::streamed(
        "text/event-stream",
        Opening::new(move || {
            let listener = first.lock().ok().and_then(|mut first| first.take());
            let listener = listener.or_else(|| Some(journal.upgrade()?.journal.listen()));
            let Some(listener) = listener else { return Box::pin(stream::empty()) as Source };
            let sent = kept.iter().map(|entry| entry.number).collect();
            let (kept, filter) = (kept.iter().cloned().collect(), Arc::clone(&filter));
            let heartbeat = Duration::from_secs(seconds);
            let watch = Watch { listener, kept, sent, filter, heartbeat, has_begun: false };
            Box::pin(stream::unfold(watch, next))
        }),
    )
    .with(actix_web::http::header::CACHE_CONTROL, "no-store"))
}

/// The next piece of the stream; none when there will be no more.
async fn next(mut watch: Watch) -> Option<(Bytes, Watch)> {
    if !watch.has_begun {
        watch.has_begun = true;
        return Some((Bytes::from_static(b": listening\n\n"), watch));
    }
    if let Some(entry) = watch.kept.pop_front() {
        return Some((event(&entry), watch));
    }
    loop {
        let piece = match timeout(watch.heartbeat, watch.listener.recv()).await {
            Err(_) => Bytes::from_static(b": heartbeat\n\n"),
            Ok(Err(RecvError::Closed)) => return None,
            Ok(Err(RecvError::Lagged(missed))) => {
                Bytes::from(format!("event: missed\ndata: {}\n\n", json!({ "missed": missed })))
            }
            Ok(Ok(entry)) => {
                if watch.sent.contains(&entry.number) || !watch.filter.takes(&entry) {
                    continue;
                }
                event(&entry)
            }
        };
        return Some((piece, watch));
    }
}

fn event(entry: &Entry) -> Bytes {
    let body = json_of(&entry.view());
    Bytes::from(format!("event: request\nid: {}\ndata: {body}\n\n", entry.number))
}
