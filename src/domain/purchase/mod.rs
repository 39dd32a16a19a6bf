//! What one line of a cart or an order asks for, whether it can be bought, and at which price. The
//! same judgement makes a line error in a cart and a refusal in an order
//! (contract: partner-center-carts-orders.md §1 and §3).

mod addon;
mod fault;
mod groups;
mod judge;
mod limits;
mod line;

pub use addon::judge_addon;
pub use fault::PurchaseFault;
pub use groups::{Group, group_names, group_of};
pub use judge::judge;
pub use limits::check_limits;
pub use line::{LineRequest, PricedLine, ReservationTerms};
