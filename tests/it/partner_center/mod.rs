//! Partner Center.

mod conventions;
