//! Pages of Azure's lists: skip and take as clients send them, and the link to the next page
//! (contract: azure-reservations.md §1, §3.2).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::ArmFault;
use crate::api::call::Call;

/// What stands in a query as it is: nothing that a client's own encoding would change.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// What stands in a name as it is: clients look for `$skiptoken` in the link.
const NAME: &AsciiSet = &QUERY.remove(b'$');

/// A number of items in the query. Clients write it with or without decimals: `10`, `10.0`.
pub fn count(call: &Call<'_>, name: &'static str) -> Result<Option<usize>, ArmFault> {
    let Some(text) = call.query().get(name) else { return Ok(None) };
    let shown: String = text.chars().take(40).collect();
    let refuse = || {
        ArmFault::invalid(
            name,
            format!("must be a whole number from 0 to 1000000000, not `{shown}`"),
        )
    };
    let number: f64 = text.trim().parse().map_err(|_| refuse())?;
    if !(0.0..=1_000_000_000.0).contains(&number) || number.fract() != 0.0 {
        return Err(refuse());
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    Ok(Some(number as usize))
}

/// The items of the page that a call asks for with `token`, and the link to the next one.
pub fn page<T>(
    call: &Call<'_>,
    all: Vec<T>,
    token: &'static str,
    size: usize,
) -> Result<(Vec<T>, Option<String>), ArmFault> {
    let skip = count(call, token)?.unwrap_or(0);
    let more = skip.saturating_add(size) < all.len();
    let next = more.then(|| next_link(call, &[(token, (skip + size).to_string())]));
    Ok((all.into_iter().skip(skip).take(size).collect(), next))
}

/// The link to the next page: the same request with other values of these parameters.
pub fn next_link(call: &Call<'_>, changed: &[(&str, String)]) -> String {
    let kept = call
        .query()
        .iter()
        .filter(|(name, _)| !changed.iter().any(|(new, _)| new.eq_ignore_ascii_case(name)))
        .map(|(name, value)| (name, value.to_owned()));
    let all = kept.chain(changed.iter().map(|(name, value)| (*name, value.clone())));
    let query: Vec<String> = all
        .map(|(name, value)| {
            let name = utf8_percent_encode(name, NAME);
            format!("{name}={}", utf8_percent_encode(&value, QUERY))
        })
        .collect();
    call.url(&format!("{}?{}", call.request.path, query.join("&")))
}
