//! Azure Resource Manager over HTTP.

mod access;
mod orders;
mod strict;
