//! placeholder
#![forbid(unsafe_code)]
pub mod identity;
pub mod server;
