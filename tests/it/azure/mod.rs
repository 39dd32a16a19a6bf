//! Azure Resource Manager over HTTP.

mod consumption;
mod orders;
mod utilization;
mod utilization_over_time;
