//! The mock's own routes.

mod clock;
mod fidelity;
mod journal;
mod report;
mod snapshots;
mod utilization;
mod verify;
mod worlds;
