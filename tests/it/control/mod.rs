//! The mock's own routes.

mod clock;
mod journal;
mod utilization;
mod verify;
mod worlds;
