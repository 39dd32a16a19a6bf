//! The rules of Partner Center as plain types and functions; no HTTP, no wire shapes, no clock.

pub mod customers;
