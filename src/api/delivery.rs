//! How an answer reaches the client: as a rule at once and whole, under a fault late, in part, in drops
//! or not at all. What is done about it is in the server.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;

/// A body that is written as it comes about.
pub type Source = Pin<Box<dyn Stream<Item = Bytes>>>;

/// What opens a body that comes about while it is written. An answer can be kept and given again, so it
/// carries the way to its body.
#[derive(Clone)]
pub struct Opening(Arc<dyn Fn() -> Source + Send + Sync>);

impl Opening {
    /// A body that `open` begins.
    pub fn new(open: impl Fn() -> Source + Send + Sync + 'static) -> Self {
        Self(Arc::new(open))
    }
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opening")
    }
}

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
    pub fn streamed(opening: &Opening) -> Self {
        Self { delay: Duration::ZERO, form: Form::Streamed((opening.0)()) }
    }
}
