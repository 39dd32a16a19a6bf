//! `$filter` of the lists of support: comparisons joined by `and`, of which each property knows some
//! (contract: azure-support.md §3.3, §4).

use crate::api::azure::error::ArmFault;
use crate::api::azure::odata::{Filter, Value};
use crate::api::call::Call;

/// Reads the filter of a call. `equal` can be compared with `eq` only; `createdDate` with `gt` and
/// `ge` only.
pub(super) fn read(call: &Call<'_>, equal: &[&str]) -> Result<Option<Filter>, ArmFault> {
    let Some(text) = call.query().get("$filter").filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    let known: Vec<&str> = equal.iter().copied().chain(["createdDate"]).collect();
    let refuse = |reason: &dyn std::fmt::Display| ArmFault::invalid("$filter", reason);
    let filter = Filter::parse(text)
        .and_then(|filter| filter.resolve(&known, &[]))
        .map_err(|error| refuse(&error))?;
    let Some(conditions) = filter.conditions() else {
        return Err(refuse(&"only comparisons joined by `and` are possible"));
    };
    for condition in conditions {
        let is_date = condition.property == "createdDate";
        let possible: &[&str] = if is_date { &["gt", "ge"] } else { &["eq"] };
        if !possible.contains(&condition.operator) {
            return Err(refuse(&format!(
                "{} is compared with {}, not with {}",
                condition.property,
                possible.join(" or "),
                condition.operator
            )));
        }
        let is_moment = matches!(condition.wanted, Some(Value::Date(_) | Value::Moment(_)));
        let is_text = matches!(condition.wanted, Some(Value::Text(_)));
        if is_date && !is_moment {
            let help = "createdDate is compared with a moment without quotes: createdDate ge 2026-01-01T00:00:00Z";
            return Err(refuse(&help));
        }
        if !is_date && !is_text {
            let help = format!("{0} is compared with text: {0} eq '…'", condition.property);
            return Err(refuse(&help));
        }
    }
    Ok(Some(filter))
}

/// The last segment of an id, so that a full id and a bare GUID mean the same.
pub(super) fn last_segment(text: &str) -> &str {
    text.trim_end_matches('/').rsplit('/').next().unwrap_or(text)
}
