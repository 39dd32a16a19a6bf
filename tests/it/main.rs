//! Everything that is tested over HTTP, in one binary: each test starts a server or takes a world of
//! its own.

mod control;
mod identity;
mod openapi;
mod partner_center;
mod server;
mod support;
mod tidy;
