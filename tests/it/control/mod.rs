//! The mock's own routes.

mod clock;
mod worlds;
