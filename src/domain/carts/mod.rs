//! Carts: lines collected, judged, grouped and checked out
//! (contract: partner-center-carts-orders.md §1 and §2).

mod cart;
mod checkout;

pub use cart::{Cart, CartLine, CartStatus, NewCart, create, find, replace};
pub use checkout::{Checkout, GroupFailure, checkout};
