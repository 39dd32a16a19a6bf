//! The mock's own routes.

mod clock;
mod documented_errors;
mod fault_delivery;
mod fault_refusals;
mod faults;
mod magic_faults;
mod throttling;
mod utilization;
mod worlds;
