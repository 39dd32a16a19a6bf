//! What is noted of each call, rule by rule.

use actix_web::http::Method;
use actix_web::http::header::{HeaderName, IF_MATCH, LOCATION, RETRY_AFTER, USER_AGENT};
use chrono::TimeDelta;

use super::MOST_CALLS;
use super::memory::{Accepted, Asked, Memory, Pages, Tokens, Wait, Write, hash};
use super::rules::{
    CONTINUATION_BY_HAND, CORRELATION_ID_REUSED, REFUSAL_RETRIED, REQUEST_ID_CHANGED,
    REQUEST_ID_MISSING, REQUEST_ID_REUSED, RETIRED_AUDIENCE, RETRIED_EARLY, SECRET_IN_QUERY,
    TIGHT_POLLING, TOKEN_NOT_KEPT, UNKNOWN_VERSION, UPDATE_WITHOUT_ETAG, USER_AGENT_MISSING,
};
use crate::api::journal::{Entry, customer_of, is_credential};
use crate::api::operation::{Operation, Surface};
use crate::api::request::{Query, Request, decode};

static REQUEST_ID: HeaderName = HeaderName::from_static("ms-requestid");
static CORRELATION_ID: HeaderName = HeaderName::from_static("ms-correlationid");
static CONTINUATION: HeaderName = HeaderName::from_static("ms-continuationtoken");
static ASYNC_OPERATION: HeaderName = HeaderName::from_static("azure-asyncoperation");

/// Questions after the same resource within a second that are no loop yet.
const POLLS_PER_SECOND: u32 = 10;
/// Tokens in ten minutes that are not too many: clients that start again ask again.
const TOKENS: u32 = 10;
const TOKENS_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// How long after a failure the same write counts as its repeat.
const REPEAT_WITHIN: TimeDelta = TimeDelta::minutes(5);
/// Final refusals one after another that are too many.
const REFUSALS: usize = 3;
/// Most that is remembered of what is under way.
const MOST_ACCEPTED: usize = 500;
/// Bytes at the end of a list that hold its links.
const TAIL: usize = 1024;

impl Memory {
    /// Takes note of a call.
    pub(super) fn observe(&mut self, request: &Request<'_>, answer: &[u8], entry: &Entry) {
        self.count(entry);
        if entry.surface == Surface::Identity {
            self.tokens(request, entry);
        } else {
            self.audience(entry);
            self.waiting(entry);
        }
        if !request.headers.contains_key(USER_AGENT) {
            self.find(&USER_AGENT_MISSING, entry, &[], || "no User-Agent".to_owned());
        }
        if has_secret(&entry.query) {
            self.find(&SECRET_IN_QUERY, entry, &[], || entry.target());
        }
        if !entry.trace.unknown.is_empty() {
            self.note_unknown(entry);
        }
        if entry.surface == Surface::PartnerCenter {
            self.correlation(request, entry);
        }
        if entry.method == Method::GET {
            self.polling(entry);
            self.following(entry);
            if let Some(operation) = entry.operation.filter(|operation| operation.is_paged()) {
                self.paging(request, answer, entry, operation);
            }
        } else if entry.surface == Surface::PartnerCenter
            && entry.operation.is_some_and(|operation| operation.idempotent)
        {
            self.writing(request, entry);
        }
        if let Some(operation) = entry.operation {
            version(self, entry, operation);
            if entry.status == 202 {
                self.accept(entry, operation);
            }
        }
    }

    /// PCM010: the retired audience.
    fn audience(&mut self, entry: &Entry) {
        const RETIRED: [&str; 2] = ["graph.windows.net", "00000002-0000-0000-c000-000000000000"];
        let Some(token) = &entry.trace.token else { return };
        let audience = &token.claims.audience;
        let host = audience.rsplit_once("//").map_or(&**audience, |(_, host)| host);
        if RETIRED.contains(&host.split('/').next().unwrap_or(host)) {
            self.find(&RETIRED_AUDIENCE, entry, &[], || format!("audience {audience}"));
        }
    }

    /// PCM001 and the second half of PCM002: sent before Retry-After had passed.
    fn waiting(&mut self, entry: &Entry) {
        let status = entry.status.as_u16();
        let tells_to_wait = matches!(status, 202 | 429 | 503);
        if !tells_to_wait && self.waits.is_empty() {
            return;
        }
        let path = entry.path.to_ascii_lowercase();
        let key = hash(&[entry.method.as_str().as_bytes(), path.as_bytes()]);
        if let Some(wait) = self.waits.get_mut(key) {
            let arrived = entry.at - TimeDelta::from_std(entry.took).unwrap_or_default();
            let early = (wait.wall - arrived).num_milliseconds();
            if early > 0 && entry.world_time < wait.world {
                let (told, seconds) = (wait.told, wait.seconds);
                let rule = if seconds < 0 { &TIGHT_POLLING } else { &RETRIED_EARLY };
                self.find(rule, entry, &[told], || {
                    format!("Retry-After was {} s; sent {early} ms too early", seconds.abs())
                });
            }
        }
        if !tells_to_wait {
            return;
        }
        let told = entry.response_header(RETRY_AFTER.as_str()).and_then(|it| it.parse().ok());
        let Some(seconds) = told.filter(|seconds: &i64| (1..=86_400).contains(seconds)) else {
            return;
        };
        let wait = |seconds: i64| {
            let span = TimeDelta::seconds(seconds.abs());
            let (wall, world) = (entry.at + span, entry.world_time + span);
            Wait { wall, world, told: entry.number, seconds }
        };
        if status == 202 {
            for path in locations(entry) {
                self.waits.put(hash(&[b"GET", path.as_bytes()]), wait(-seconds));
            }
        } else {
            self.waits.put(key, wait(seconds));
        }
    }

    /// PCM002: a resource asked for in a loop.
    fn polling(&mut self, entry: &Entry) {
        let key = hash(&[entry.path.as_bytes(), entry.query.as_bytes()]);
        let Some(asked) = self.asked.get_mut(key) else {
            let asked = Asked { since: entry.at, count: 1, first: entry.number };
            self.asked.put(key, asked);
            return;
        };
        if entry.at - asked.since >= TimeDelta::seconds(1) {
            *asked = Asked { since: entry.at, count: 1, first: entry.number };
            return;
        }
        asked.count += 1;
        if asked.count > POLLS_PER_SECOND {
            let (count, first) = (asked.count, asked.first);
            // The next run begins with the next question, so that one loop is not a thousand findings.
            *asked = Asked { since: entry.at, count: 0, first: entry.number };
            self.find(&TIGHT_POLLING, entry, &[first], || {
                format!("{count} questions after {} within a second", entry.path)
            });
        }
    }

    /// PCM006, PCM007.
    fn correlation(&mut self, request: &Request<'_>, entry: &Entry) {
        let Some(id) = request.headers.get(&CORRELATION_ID) else {
            if !self.is_correlated && self.uncorrelated.len() < MOST_CALLS {
                self.uncorrelated.push(entry.number);
            }
            return;
        };
        self.is_correlated = true;
        if entry.method == Method::GET {
            return;
        }
        let Some(customer) = customer_of(entry) else { return };
        let (key, whose) = (hash(&[id.as_bytes()]), hash(&[customer.as_bytes()]));
        match self.correlations.get_mut(key).copied() {
            Some((other, first)) if other != whose => {
                self.find(&CORRELATION_ID_REUSED, entry, &[first], || {
                    "the same MS-CorrelationId as for another customer".to_owned()
                });
            }
            Some(_) => {}
            None => self.correlations.put(key, (whose, entry.number)),
        }
    }

    /// PCM003, PCM004, PCM005, PCM013, PCM015.
    fn writing(&mut self, request: &Request<'_>, entry: &Entry) {
        let method = entry.method.as_str().as_bytes();
        let target = [method, entry.path.as_bytes(), entry.query.as_bytes(), &request.body];
        let key = hash(&target);
        let id = request.headers.get(&REQUEST_ID).filter(|id| !id.is_empty());
        let id = id.map(|id| hash(&[id.as_bytes()]));
        self.naming(entry, key, id);
        let status = entry.status.as_u16();
        let failed = (status >= 500 && status != 501) || entry.is_lost;
        let mut refusals = Vec::new();
        if let Some(before) = self.writes.get_mut(key) {
            let (number, since) = (before.number, entry.at - before.at);
            let changed =
                before.failed && since < REPEAT_WITHIN && (id.is_none() || id != before.id);
            let what = before.status;
            if matches!(status, 400 | 403 | 404 | 417)
                && before.status == status
                && before.version == entry.version
                && since < REPEAT_WITHIN
            {
                refusals = std::mem::take(&mut before.refusals);
            }
            if changed {
                let how = if id.is_none() { "without an MS-RequestId" } else { "under a new one" };
                self.find(&REQUEST_ID_CHANGED, entry, &[number], || {
                    format!("call {number} failed or was lost ({what}); its repeat came {how}")
                });
            }
        }
        if matches!(status, 400 | 403 | 404 | 417) && refusals.len() < MOST_CALLS {
            refusals.push(entry.number);
        }
        if refusals.len() >= REFUSALS {
            self.find(&REFUSAL_RETRIED, entry, &refusals, || {
                format!("answered {status} {} times in a row", refusals.len())
            });
        }
        let (number, at, version) = (entry.number, entry.at, entry.version_after);
        self.writes.put(key, Write { number, at, status, id, failed, refusals, version });
        if entry.operation.is_some_and(|it| it.id == "updateCustomerBillingProfile") {
            self.etag(request, entry);
        }
    }

    /// PCM004, PCM005: what a request id is used for.
    fn naming(&mut self, entry: &Entry, key: u64, id: Option<u64>) {
        match id {
            None if entry.method == Method::POST => {
                self.find(&REQUEST_ID_MISSING, entry, &[], || "no MS-RequestId".to_owned());
            }
            None => {}
            Some(id) => match self.ids.get_mut(id).copied() {
                Some((other, first)) if other != key => {
                    self.find(&REQUEST_ID_REUSED, entry, &[first], || {
                        format!("the MS-RequestId of call {first}, which asked for something else")
                    });
                }
                Some(_) => {}
                None => self.ids.put(id, (key, entry.number)),
            },
        }
    }

    /// PCM015: replaced without the version that was read.
    fn etag(&mut self, request: &Request<'_>, entry: &Entry) {
        if !entry.status.is_success() || request.headers.contains_key(IF_MATCH) {
            return;
        }
        let body = crate::api::json::parse_value(&request.body).unwrap_or_default();
        let member = |value: &serde_json::Value, name: &str| {
            let members = value.as_object()?;
            let found = members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.clone())
        };
        let etag = member(&body, "attributes").and_then(|attributes| member(&attributes, "etag"));
        if etag.is_none_or(|etag| etag.as_str().is_none_or(str::is_empty)) {
            self.find(&UPDATE_WITHOUT_ETAG, entry, &[], || {
                "neither If-Match nor attributes.etag".to_owned()
            });
        }
    }

    /// PCM008, PCM009.
    fn paging(
        &mut self,
        request: &Request<'_>,
        answer: &[u8],
        entry: &Entry,
        operation: &'static Operation,
    ) {
        let query = Query::parse(&entry.query);
        let seeks = query.get("seekOperation").is_some();
        let token = request.headers.contains_key(&CONTINUATION)
            || query.get("MS-ContinuationToken").is_some();
        let skips = ["offset", "$skiptoken"]
            .iter()
            .any(|name| query.get(name).is_some_and(|value| value != "0"));
        if seeks && operation.surface == Surface::PartnerCenter {
            let direction = query.get("seekOperation").unwrap_or_default();
            let needs_token = ["next", "previous", "0", "1"]
                .iter()
                .any(|word| direction.eq_ignore_ascii_case(word));
            if needs_token && !token {
                self.find(&CONTINUATION_BY_HAND, entry, &[], || {
                    format!("seekOperation={direction} without a continuation token")
                });
            } else if token && entry.status == 400 && entry.code.as_deref() == Some("2000") {
                self.find(&CONTINUATION_BY_HAND, entry, &[], || {
                    "a continuation token that was never given, or is used up".to_owned()
                });
            }
        }
        let key = hash(&[entry.path.as_bytes()]);
        let turned = seeks || token || skips;
        if turned {
            self.turned_page(operation.id);
        }
        let has_next = !turned && entry.status == 200 && has_next(answer, entry.surface);
        match self.pages.get_mut(key) {
            Some(pages) => {
                pages.turned |= turned;
                if has_next && pages.with_next.len() < MOST_CALLS {
                    pages.with_next.push(entry.number);
                }
            }
            None if turned || has_next => {
                let with_next = if has_next { vec![entry.number] } else { Vec::new() };
                let pages =
                    Pages { operation: operation.id, path: entry.path.clone(), with_next, turned };
                self.pages.put(key, pages);
            }
            None => {}
        }
    }

    /// PCM016: what has begun.
    fn accept(&mut self, entry: &Entry, operation: &'static Operation) {
        // An answer of 202 to a question tells that something goes on; it is not what began it.
        if entry.method == Method::GET || self.accepted.len() >= MOST_ACCEPTED {
            return;
        }
        let paths = locations(entry);
        let Some(location) = paths.first() else { return };
        let place = self.accepted.len();
        for path in &paths {
            self.locations.put(hash(&[path.as_bytes()]), place);
        }
        self.accepted.push(Accepted {
            operation: operation.id,
            number: entry.number,
            location: location.as_str().into(),
            polls: 0,
            ended: false,
        });
    }

    /// PCM016: what became of it.
    fn following(&mut self, entry: &Entry) {
        if self.accepted.is_empty() {
            return;
        }
        let path = entry.path.to_ascii_lowercase();
        let Some(place) = self.locations.get_mut(hash(&[path.as_bytes()])).copied() else { return };
        let Some(accepted) = self.accepted.get_mut(place) else { return };
        accepted.polls += 1;
        accepted.ended |= entry.status != 202 && !goes_on(entry);
    }

    /// PCM010, PCM014: tokens as they are asked for.
    fn tokens(&mut self, request: &Request<'_>, entry: &Entry) {
        if !entry.path.ends_with("/token") || entry.method != Method::POST {
            return;
        }
        let form = &request.body;
        if contains(form, b"graph.windows.net") {
            self.find(&RETIRED_AUDIENCE, entry, &[], || {
                "a token for https://graph.windows.net was asked for".to_owned()
            });
        }
        if !entry.status.is_success() {
            return;
        }
        let key = hash(&[entry.path.as_bytes(), form]);
        match self.tokens.get_mut(key) {
            Some(tokens) if entry.at - tokens.since < TOKENS_WITHIN => {
                tokens.count += 1;
                if tokens.calls.len() < MOST_CALLS {
                    tokens.calls.push(entry.number);
                }
                if tokens.count > TOKENS {
                    let (count, calls) = (tokens.count, tokens.calls.clone());
                    self.find(&TOKEN_NOT_KEPT, entry, &calls, || {
                        format!("more than {} in ten minutes, in the same words", count - 1)
                    });
                }
            }
            _ => {
                let tokens = Tokens { since: entry.at, calls: vec![entry.number], count: 1 };
                self.tokens.put(key, tokens);
            }
        }
    }
}

/// PCM012.
fn version(memory: &mut Memory, entry: &Entry, operation: &'static Operation) {
    if operation.versions.is_empty() {
        return;
    }
    let Some(at) = entry.query.find("api-version=") else { return };
    let rest = &entry.query[at + "api-version=".len()..];
    let sent = rest.split('&').next().unwrap_or(rest);
    if !sent.is_empty() && !operation.versions.iter().any(|known| known.eq_ignore_ascii_case(sent))
    {
        memory.find(&UNKNOWN_VERSION, entry, &[], || {
            let shown: String = sent.chars().take(60).collect();
            format!("`{shown}`; known are {}", operation.versions.join(", "))
        });
    }
}

/// Whether a query has a parameter that is a secret.
fn has_secret(query: &str) -> bool {
    !query.is_empty()
        && query.split('&').any(|part| {
            part.split_once('=')
                .is_some_and(|(name, value)| !value.is_empty() && is_credential(&decode(name)))
        })
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

/// Whether the answer of a list names a next page: its links stand at its end.
fn has_next(body: &[u8], surface: Surface) -> bool {
    let tail = &body[body.len().saturating_sub(TAIL)..];
    if surface == Surface::Azure {
        contains(tail, b"\"nextLink\":\"")
    } else {
        contains(tail, b"\"next\":{")
    }
}

/// Whether the answer says that the work goes on.
fn goes_on(entry: &Entry) -> bool {
    const WORDS: [&[u8]; 5] = [
        b"\"status\":\"InProgress",
        b"\"status\":\"Running",
        b"\"status\":\"Pending",
        b"\"status\":\"NotStarted",
        b"\"status\":\"registering",
    ];
    let body = &entry.response_body.bytes;
    let begin = &body[..body.len().min(TAIL)];
    WORDS.iter().any(|word| contains(begin, word))
}

/// Where an accepted call says to ask, as paths of this server in lower case.
fn locations(entry: &Entry) -> Vec<String> {
    let base = entry.base.to_ascii_lowercase();
    [LOCATION.as_str(), ASYNC_OPERATION.as_str()]
        .into_iter()
        .filter_map(|name| entry.response_header(name))
        .filter_map(|location| {
            let location = location.to_ascii_lowercase();
            let path = location.split('?').next().unwrap_or(&location);
            let path = path.strip_prefix(&*base).unwrap_or(path);
            let path = match path.split_once("://") {
                Some((_, rest)) => &rest[rest.find('/')?..],
                None => path,
            };
            // Addresses of Partner Center are relative to its base, with `/v1` or without.
            let is_bare = entry.surface == Surface::PartnerCenter && !path.starts_with("/v1/");
            Some(if is_bare { format!("/v1{path}") } else { path.to_owned() })
        })
        .collect()
}
