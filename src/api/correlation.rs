//! Ids of requests that the client did not name: made from the number of the call, so that the same
//! calls to the same world get the same ids.

use uuid::Uuid;

use super::operation::Surface;
use super::request::Request;
use super::{azure, partner_center};
use crate::domain::ids::parse_guid;

/// A mix of all bits (SplitMix64): numbers next to each other give values far apart.
pub fn mix(mut value: u64) -> u64 {
    value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// A GUID for a call; `salt` tells the ids of one call apart.
fn id(call: u64, salt: u64) -> Uuid {
    let high = mix(call ^ (salt << 56));
    let low = mix(high ^ salt);
    let bits = (u128::from(high) << 64) | u128::from(low);
    uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
}

/// The text of a GUID for a call; `salt` tells the ids of one call apart.
pub fn guid(call: u64, salt: u64) -> [u8; 36] {
    let mut text = [0_u8; 36];
    id(call, salt).hyphenated().encode_lower(&mut text);
    text
}

/// What groups a call with others of its client: the id that the client sent, else the one that the
/// answer will carry. None when the client sent something that is no GUID.
pub fn correlation_id(request: &Request<'_>, surface: Surface, call: u64) -> Option<Uuid> {
    let (header, salt) = match surface {
        Surface::PartnerCenter => (&partner_center::correlation::CORRELATION_ID, 2),
        Surface::Azure => (&azure::headers::CORRELATION_ID, 4),
        Surface::Identity | Surface::Control => return None,
    };
    match request.header(header) {
        Some(sent) => parse_guid(sent).ok(),
        None => Some(id(call, salt)),
    }
}
