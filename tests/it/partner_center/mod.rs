//! Partner Center.

mod carts;
mod conventions;
mod entitlements;
mod orders;
