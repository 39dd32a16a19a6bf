//! Everything that is tested over HTTP, in one binary: each test starts a server or takes a world of
//! its own.

mod concurrency;
mod control;
mod errors;
mod hostile;
mod identity;
mod openapi;
mod partner_center;
mod scenarios;
mod support;
