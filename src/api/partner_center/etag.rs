//! Optimistic concurrency: the version that a client saw, from the header or from the body
//! (contract: partner-center-conventions.md §6).

use crate::api::call::Call;
use crate::domain::error::{Error, Result};

/// Refuses a stale version. The header wins over the body; `*` and nothing at all pass [choice].
pub fn check(call: &Call<'_>, in_body: Option<&str>, current: &str) -> Result<()> {
    let header = call.request.header("if-match");
    let supplied = [header, in_body].into_iter().flatten().map(bare).find(|it| !it.is_empty());
    if supplied.is_none_or(|supplied| supplied == "*" || supplied == current) {
        Ok(())
    } else {
        Err(Error::StaleEtag)
    }
}

/// An etag without quotes and weakness mark.
fn bare(etag: &str) -> &str {
    let etag = etag.trim();
    etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"')
}

#[cfg(test)]
mod tests {
    #[test]
    fn quotes_and_weakness_do_not_count() {
        for text in ["abc", "\"abc\"", "W/\"abc\"", " \"abc\" "] {
            assert_eq!(super::bare(text), "abc");
        }
    }
}
