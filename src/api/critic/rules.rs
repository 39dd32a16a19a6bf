//! What a client is told off for: the rules by id, with why they matter and where that is written. Ids
//! are for ever: a rule that goes leaves its id unused.

use serde::Serialize;
use utoipa::ToSchema;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Will cause trouble under load, or when something goes wrong.
    Warning,
    /// Breaks against the real service, or costs money.
    Error,
}

impl Severity {
    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Id, such as `PCM001`.
    pub id: &'static str,
    /// Name in words joined by `-`.
    pub name: &'static str,
    /// How bad it is to break it.
    pub severity: Severity,
    /// What the client did.
    pub title: &'static str,
    /// Why it matters and what to do instead.
    pub why: &'static str,
    /// Where that is written.
    pub source: &'static str,
}

macro_rules! rules {
    ($($constant:ident $id:literal $name:literal $severity:ident $title:literal $why:literal $source:literal;)+) => {
        $(#[doc = $title] pub const $constant: Rule = Rule {
            id: $id, name: $name, severity: Severity::$severity, title: $title, why: $why, source: $source,
        };)+

        /// Every rule.
        pub const RULES: &[&Rule] = &[$(&$constant),+];
    };
}

const _: () = assert!(RULES.len() == 18, "docs/report.md lists every rule");

rules! {
    RETRIED_EARLY "PCM001" "retried-before-retry-after" Error
        "A request was sent again before Retry-After had passed"
        "The service counts such requests as well and keeps refusing. Wait as many seconds as Retry-After says."
        "partner-center-conventions.md#10-throttling";
    TIGHT_POLLING "PCM002" "tight-polling" Warning
        "A resource was asked for in a tight loop"
        "Polling uses up the budget of the partner. Wait between two questions: as long as Retry-After says, else some seconds."
        "partner-center-conventions.md#10-throttling";
    REQUEST_ID_CHANGED "PCM003" "request-id-changed-on-retry" Error
        "A failed write was sent again as a new call"
        "The service may have carried it out before the answer was lost; under a new MS-RequestId it does so twice. Repeat the MS-RequestId of the first attempt."
        "partner-center-conventions.md#9-idempotency-and-retries";
    REQUEST_ID_REUSED "PCM004" "request-id-reused" Warning
        "One MS-RequestId was used for different calls"
        "The id names one call. The service may answer the second with what it kept of the first. Make a new id for each call, and keep it for the retries of that call only."
        "partner-center-conventions.md#9-idempotency-and-retries";
    REQUEST_ID_MISSING "PCM005" "request-id-missing" Note
        "A write carries no MS-RequestId"
        "When its answer is lost, it cannot be repeated safely: the service cannot tell the repeat from a new call."
        "partner-center-conventions.md#3-headers";
    CORRELATION_ID_REUSED "PCM006" "correlation-id-reused" Note
        "One correlation id spans writes for different customers"
        "It groups the calls of one action; support and audit records cannot tell the actions apart. Make one per action."
        "partner-center-conventions.md#3-headers";
    CORRELATION_ID_MISSING "PCM007" "correlation-id-missing" Note
        "No call carries MS-CorrelationId"
        "The service makes one per call then, so that the calls of one action cannot be found together in logs and audit records."
        "partner-center-conventions.md#3-headers";
    PAGE_TWO_IGNORED "PCM008" "page-two-ignored" Warning
        "A list had a next page that was never asked for"
        "What is on later pages does not exist for the client: a list is complete when it has no link to a next page."
        "partner-center-conventions.md#7-paging";
    CONTINUATION_BY_HAND "PCM009" "continuation-by-hand" Warning
        "A continuation was put together by hand"
        "Seeking works with the token of the page before, in the header MS-ContinuationToken. Follow the link and its headers as they stand."
        "partner-center-conventions.md#7-paging";
    RETIRED_AUDIENCE "PCM010" "retired-audience" Error
        "A token for the retired Azure AD Graph was used"
        "The service refuses tokens for graph.windows.net (900420). Ask for https://api.partnercenter.microsoft.com/.default."
        "partner-center-conventions.md#2-authentication";
    UNKNOWN_MEMBER "PCM011" "unknown-member" Warning
        "A body has members that the service does not know"
        "They are ignored without a word; most often a name is misspelt or belongs to another resource."
        "partner-center-conventions.md#4-json-conventions";
    UNKNOWN_VERSION "PCM012" "unknown-api-version" Note
        "An api-version is none of those of the operation"
        "The mock serves it as the newest; Azure refuses versions that a resource type does not have."
        "azure-reservations.md#1";
    REFUSAL_RETRIED "PCM013" "refusal-retried" Warning
        "A write was sent again and again after a final refusal"
        "400, 403, 404 and 417 stay what they are: nothing had changed in between. Retry 429 and 5xx only."
        "partner-center-conventions.md#9-idempotency-and-retries";
    TOKEN_NOT_KEPT "PCM014" "token-not-kept" Warning
        "Tokens were asked for far more often than they expire"
        "A token lasts about an hour. Keep it until shortly before `expires_in` has passed; sign-in is throttled too."
        "partner-center-conventions.md#2-authentication";
    UPDATE_WITHOUT_ETAG "PCM015" "update-without-etag" Note
        "A billing profile was replaced without its etag"
        "The documentation demands If-Match here; without it a change that somebody else made meanwhile is overwritten."
        "partner-center-conventions.md#6-resource-plumbing";
    OPERATION_ABANDONED "PCM016" "operation-abandoned" Warning
        "An accepted operation was never followed to its end"
        "202 says that the work has begun, not that it will succeed. Ask the address in Location until the answer is final."
        "azure-reservations.md#1";
    SECRET_IN_QUERY "PCM017" "secret-in-query" Error
        "A query holds a secret"
        "Queries end up in logs of servers and proxies. Send tokens in the Authorization header and secrets in the body."
        "https://www.rfc-editor.org/rfc/rfc6750#section-5.3";
    USER_AGENT_MISSING "PCM018" "user-agent-missing" Note
        "Requests carry no User-Agent"
        "It tells support which client is at work."
        "https://www.rfc-editor.org/rfc/rfc9110#section-10.1.5";
}
