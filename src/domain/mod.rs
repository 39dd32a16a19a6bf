//! The rules of the mocked services: pure, free of HTTP, JSON shapes, clock and randomness.

pub mod billing_cycle;
pub mod catalogue;
pub mod term;
