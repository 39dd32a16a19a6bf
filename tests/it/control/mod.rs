//! The mock's own routes.

mod clock;
mod journal;
mod snapshots;
mod utilization;
mod verify;
mod worlds;
