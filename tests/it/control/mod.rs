//! The mock's own routes.

mod clock;
mod documented_errors;
mod fault_delivery;
mod fault_refusals;
mod faults;
mod fidelity;
mod journal;
mod magic_faults;
mod marks;
mod replay;
mod report;
mod settings;
mod snapshots;
mod state_file;
mod throttling;
mod utilization;
mod verify;
mod worlds;
