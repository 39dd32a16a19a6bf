//! The mock's own routes.

mod clock;
mod fidelity;
mod journal;
mod marks;
mod replay;
mod report;
mod settings;
mod snapshots;
mod state_file;
mod utilization;
mod verify;
mod worlds;
