//! The mock's own routes.

mod clock;
mod journal;
mod marks;
mod snapshots;
mod state_file;
mod utilization;
mod verify;
mod worlds;
