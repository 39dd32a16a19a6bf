//! Reading a world as it was: the header `X-Mock-As-Of` names a mark, the number of a version, or a
//! moment of world time.

use actix_web::http::header::HeaderName;
use chrono::{DateTime, Utc};

use super::refusal::Refusal;
use super::request::Request;
use crate::world::marks::Marks;
use crate::world::{View, World};

/// The header.
pub static AS_OF_HEADER: HeaderName = HeaderName::from_static("x-mock-as-of");

/// What the request wants to read; none where it means the present.
pub fn view(request: &Request<'_>, world: &World) -> Result<Option<View>, Refusal> {
    if !request.headers.contains_key(&AS_OF_HEADER) {
        return Ok(None);
    }
    let refuse = |reason: &str| Refusal::AsOf(format!("X-Mock-As-Of: {reason}"));
    if !request.method.is_safe() {
        return Err(refuse(
            "the past can be read and not changed; leave the header out, or restore a snapshot",
        ));
    }
    let wanted =
        request.header(&AS_OF_HEADER).ok_or_else(|| refuse("is not readable text"))?.trim();
    if let Ok(mark) = world.attachment::<Marks>().find(wanted) {
        return Ok(Some(View { state: mark.state, now: mark.at }));
    }
    if !wanted.is_empty() && wanted.bytes().all(|byte| byte.is_ascii_digit()) {
        let kept = world.history();
        let number = wanted.parse::<u64>().ok();
        if let Some(version) = kept.iter().find(|version| Some(version.number) == number) {
            return Ok(Some(View { state: version.state.clone(), now: version.since }));
        }
        let range = kept.first().zip(kept.last()).map_or_else(String::new, |(first, last)| {
            format!("{} to {}", first.number, last.number)
        });
        return Err(refuse(&format!("there is no version {wanted:.20}; kept are {range}")));
    }
    let shown: String = wanted.chars().take(64).collect();
    let Ok(moment) = wanted.parse::<DateTime<Utc>>() else {
        return Err(refuse(&format!(
            "`{shown}` is no mark of this world (GET /_mock/marks lists them), no number of a version, and no moment such as 2026-03-01T12:00:00Z"
        )));
    };
    world.at_time(moment).map(Some).ok_or_else(|| {
        let kept = world.history();
        let first = kept.first().map(|version| version.since.to_rfc3339()).unwrap_or_default();
        refuse(&format!(
            "the world at {shown} is not known: what is kept begins at {first} and ends now, at {}",
            world.view().now.to_rfc3339()
        ))
    })
}
