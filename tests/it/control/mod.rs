//! The mock's own routes.

mod clock;
mod utilization;
mod worlds;
