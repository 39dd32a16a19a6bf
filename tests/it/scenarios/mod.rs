//! Whole stories over several families of operations.

mod refund_both_ways;
mod story;
