//! Everything that is tested over HTTP, in one binary: each test starts a server or takes a world of
//! its own.

#![allow(clippy::unwrap_used)] // what tests call may fail the test

mod azure;
mod clients;
mod concurrency;
mod control;
mod documented;
mod errors;
mod hostile;
mod identity;
mod openapi;
mod partner_center;
mod proxy;
mod scenarios;
mod server;
mod support;
mod tidy;
mod wire_shapes;
