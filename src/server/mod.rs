//! The server: one port that speaks HTTP and TLS, and everything between a connection and an
//! operation. What the operations answer does not live here.

pub mod app;
pub mod docs;
pub mod hosts;
pub mod listener;
mod proxy;
mod response_body;
pub mod tls;
