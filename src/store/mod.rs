//! Persistent tables: ordered maps whose clones share structure, so that a whole state is copied,
//! kept and compared for the price of a pointer. Knows nothing of what the rows mean.

mod row;
pub mod shared;
mod table;

pub use row::{Rendering, Row};
pub use shared::Shared;
pub use table::{Change, Table};
