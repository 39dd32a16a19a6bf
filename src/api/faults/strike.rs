//! What a fault makes of a call: another answer, or the operation's on a worse way to the client.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderName;

use super::documented;
use super::rule::{Amount, Answer, Effect, LONGEST_WAIT, Wire};
use crate::api::azure::headers::NOTICE;
use crate::api::call::Call;
use crate::api::delivery::{Delivery, Form};
use crate::api::reply::Reply;

/// Header that names the fault in an answer that was struck.
pub static FAULT_HEADER: HeaderName = HeaderName::from_static("x-mock-fault");

/// A fault that strikes one call.
#[derive(Debug)]
pub struct Strike {
    /// The rule, or the word; none where there is only something to say.
    name: Option<Box<str>>,
    words: String,
    /// The answer in place of the operation's, which then is not carried out.
    instead: Option<Reply>,
    /// Whether the connection is reset in place of an answer.
    is_lost: bool,
    delay: Duration,
    wire: Wire,
    notice: Option<String>,
}

impl Strike {
    /// What `effect` makes of a call, after a wait.
    pub(super) fn new(call: &Call<'_>, name: &str, effect: &Effect, delay: Duration) -> Self {
        let lost = || Reply::empty(StatusCode::SERVICE_UNAVAILABLE);
        let instead = match &effect.answer {
            Answer::Own | Answer::LostAnswer => None,
            Answer::Error { code, status } => {
                let found = documented::find(call.operation, code, *status).into_iter().next();
                found.map(|fault| documented::reply(call, &fault, effect.retry_after))
            }
            Answer::Status(status) => {
                Some(documented::status_reply(call, *status, effect.retry_after))
            }
            Answer::LostRequest => Some(lost()),
        };
        Self {
            name: Some(name.into()),
            words: effect.words(),
            instead,
            is_lost: matches!(effect.answer, Answer::LostRequest | Answer::LostAnswer),
            delay,
            wire: effect.wire,
            notice: None,
        }
    }

    /// Nothing but something to say about the call.
    pub(super) fn notice(text: String) -> Self {
        Self {
            name: None,
            words: String::new(),
            instead: None,
            is_lost: false,
            delay: Duration::ZERO,
            wire: Wire::Whole,
            notice: Some(text),
        }
    }

    /// The same with something to say about the call.
    pub(super) fn with_notice(mut self, text: Option<String>) -> Self {
        self.notice = text;
        self
    }

    pub(super) fn does_something(&self) -> bool {
        self.name.is_some()
    }

    /// What it does, for the journal.
    pub(super) fn words(&self) -> String {
        let mut words = format!("{}: {}", self.name.as_deref().unwrap_or(""), self.words);
        if !self.delay.is_zero() {
            let delay = format!(" by {} ms", self.delay.as_millis());
            words.push_str(&delay);
        }
        words
    }

    /// What becomes of the call.
    pub fn apply(self, carry_out: impl FnOnce() -> Reply) -> (Reply, Delivery) {
        let mut reply = self.instead.unwrap_or_else(carry_out);
        if let Some(name) = &self.name {
            reply = reply.with(FAULT_HEADER.clone(), name);
        }
        if let Some(notice) = &self.notice {
            reply = reply.with(NOTICE.clone(), notice);
        }
        let form = if self.is_lost { Form::Reset } else { form(self.wire, reply.body.len()) };
        (reply, Delivery { delay: self.delay, form })
    }
}

/// How a body of that length is written. At least its last byte is missing when it is cut off; the
/// whole of it takes at most [`LONGEST_WAIT`] in drops.
fn form(wire: Wire, length: usize) -> Form {
    match wire {
        Wire::Whole => Form::Whole,
        Wire::Truncated(_) if length == 0 => Form::Reset,
        Wire::Truncated(amount) => {
            let wanted = match amount {
                Amount::Bytes(bytes) => bytes,
                #[allow(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    clippy::cast_precision_loss,
                    reason = "a share of a length is one"
                )]
                Amount::Share(share) => (length as f64 * share) as usize,
            };
            Form::Truncated(wanted.min(length - 1))
        }
        Wire::Dripping(piece, pause) => {
            let most = LONGEST_WAIT.as_millis() / pause.as_millis().max(1);
            let most = usize::try_from(most).unwrap_or(usize::MAX).max(1);
            Form::Dripping { piece: piece.max(length.div_ceil(most)), pause }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_lose_at_least_a_byte_and_drip_for_a_limited_time() {
        let cut = |amount, length| match form(Wire::Truncated(amount), length) {
            Form::Truncated(bytes) => Some(bytes),
            _ => None,
        };
        assert_eq!(cut(Amount::Bytes(500), 100), Some(99));
        assert_eq!(cut(Amount::Bytes(0), 100), Some(0));
        assert_eq!(cut(Amount::Share(0.5), 100), Some(50));
        assert_eq!(cut(Amount::Share(0.5), 0), None);
        let Form::Dripping { piece, .. } = form(Wire::Dripping(1, Duration::from_secs(60)), 1000)
        else {
            panic!("it does not drip")
        };
        assert_eq!(piece, 100);
    }
}
