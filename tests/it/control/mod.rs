//! The mock's own routes.

mod clock;
mod marks;
mod snapshots;
mod state_file;
mod utilization;
mod worlds;
