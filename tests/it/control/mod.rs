//! The mock's own routes.

mod clock;
mod snapshots;
mod utilization;
mod worlds;
