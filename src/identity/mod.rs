//! Identity: what the mock issues and accepts as proof of who calls.
//!
//! Here live signed tokens and their keys ([`jws`]). Which claims a token carries, and which grants
//! lead to one, is decided by the token endpoints; whether a token is still valid at a given time is
//! decided by whoever holds the clock.

pub mod jws;
