//! The surfaces: how requests are read, routed, answered and documented. Shared machinery first, then
//! one folder per surface with one file per resource. Rules live in [`crate::domain`].

mod admission;
pub mod as_of;
mod auxiliary;
pub mod azure;
pub mod bundle;
pub mod call;
pub mod control;
pub mod correlation;
pub mod critic;
pub mod delivery;
pub mod dispatch;
pub mod document;
pub mod faults;
pub mod hosts;
pub mod idempotency;
pub mod identity;
pub mod instruments;
pub mod journal;
pub mod json;
pub mod near_miss;
pub mod operation;
pub mod partner_center;
pub mod refusal;
pub mod reply;
pub mod request;
pub mod route;
pub mod service;
pub mod throttle;
pub mod verification;
pub mod wire;
