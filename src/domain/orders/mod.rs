//! Orders: how they are placed, fulfilled and changed (contract: partner-center-carts-orders.md §3).

mod change;
mod order;
mod place;

pub use change::{Change, change, line_returned};
pub use order::{LineStatus, Order, OrderLine, OrderStatus, TransactionKind};
pub use place::{MOST_LINES, NewOrder, fulfil, list, place, place_group};
