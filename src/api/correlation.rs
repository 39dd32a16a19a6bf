//! Ids of requests that the client did not name: made from the number of the call, so that the same
//! calls to the same world get the same ids.

/// A mix of all bits (SplitMix64): numbers next to each other give values far apart.
pub fn mix(mut value: u64) -> u64 {
    value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// The text of a GUID for a call; `salt` tells the ids of one call apart.
pub fn guid(call: u64, salt: u64) -> [u8; 36] {
    let high = mix(call ^ (salt << 56));
    let low = mix(high ^ salt);
    let mut text = [0_u8; 36];
    uuid::Builder::from_random_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes())
        .into_uuid()
        .hyphenated()
        .encode_lower(&mut text);
    text
}
