//! Partner Center.

mod catalog;
mod conventions;
mod registrations;
mod subscriptions;
