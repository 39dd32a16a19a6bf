//! Azure Resource Manager over HTTP.

mod orders;
mod resources;
