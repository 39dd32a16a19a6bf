//! Whole stories over several families of operations.

mod story;
