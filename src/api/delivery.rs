//! How an answer reaches the client: as a rule at once and whole, under a fault late, in part, in drops
//! or not at all. What is done about it is in the server.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;

/// A body that is written as it comes about.
pub type Source = Pin<Box<dyn Stream<Item = Bytes>>>;

/// How an answer reaches the client.
#[derive(Debug, Default)]
pub struct Delivery {
    /// How long it is held back, in wall time.
    pub delay: Duration,
    /// In which form it is written.
    pub form: Form,
}

/// In which form an answer is written.
#[derive(Default)]
pub enum Form {
    /// Whole.
    #[default]
    Whole,
    /// Not at all: the connection is reset.
    Reset,
    /// The head, and of the body only so many bytes; then the connection is reset.
    Truncated(usize),
    /// The body in pieces.
    Dripping {
        /// Bytes of a piece.
        piece: usize,
        /// Wall time before each piece.
        pause: Duration,
    },
    /// A body without end, in place of the answer's.
    Streamed(Source),
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole => f.write_str("Whole"),
            Self::Reset => f.write_str("Reset"),
            Self::Truncated(bytes) => write!(f, "Truncated({bytes})"),
            Self::Dripping { piece, pause } => write!(f, "Dripping({piece}, {pause:?})"),
            Self::Streamed(_) => f.write_str("Streamed"),
        }
    }
}

impl Delivery {
    /// An answer whose body comes about while it is written.
    pub fn streamed(source: Source) -> Self {
        Self { delay: Duration::ZERO, form: Form::Streamed(source) }
    }
}
