//! A stateful mock of the Microsoft Partner Center REST API and the Azure APIs behind it, for Azure
//! reservations.

pub mod api;
pub mod domain;
pub mod fixtures;
pub mod identity;
mod mock_server;
pub mod server;
pub mod snapshot;
pub mod store;
pub mod world;

pub use api::faults::{ArmedFault, Fault};
pub use api::throttle::{Throttling, Used};
pub use mock_server::{
    Builder, Called, ClockHandle, Content, MockServer, NewWorld, NotVerified, PARTNER_CENTER,
    StartError, Stopper, WorldHandle,
};
pub use snapshot::Diff;
pub use world::marks::Mark;
pub use world::snapshot::Snapshot;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
