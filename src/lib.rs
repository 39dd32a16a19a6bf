//! A stateful mock of the Microsoft Partner Center REST API and the Azure APIs behind it, for Azure
//! reservations.

pub mod api;
pub mod domain;
pub mod fixtures;
pub mod identity;
pub mod server;
pub mod store;
pub mod world;
