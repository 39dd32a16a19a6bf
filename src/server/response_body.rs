//! Bodies of answers on their way to the socket: whole, cut off, in drops, or without end.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use actix_web::body::{BodySize, BodyStream, BoxBody, MessageBody, SizedStream};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};

use super::listener::{Connection, Stopping};
use crate::api::delivery::Form;

/// The body of an answer in its form. What resets the connection arms it here: the connection breaks
/// when the body is written.
pub(super) fn body_of(
    body: Bytes,
    form: Form,
    connection: Option<&Connection>,
    stopping: Option<&Stopping>,
) -> BoxBody {
    let reset = || {
        if let Some(connection) = connection {
            connection.cut.arm();
        }
    };
    match form {
        Form::Whole => BoxBody::new(body),
        Form::Reset => {
            reset();
            BoxBody::new(Broken)
        }
        Form::Truncated(bytes) => {
            let length = body.len() as u64;
            let begin = body.slice(..bytes.min(body.len()));
            let connection = connection.map(|connection| connection.cut.clone());
            // The head and the beginning are on their way before the break.
            let broken = stream::once(async move {
                actix_rt::time::sleep(Duration::from_millis(20)).await;
                if let Some(cut) = connection {
                    cut.arm();
                }
                Err(io::Error::from(io::ErrorKind::ConnectionReset))
            });
            let parts = stream::once(async move { Ok::<_, io::Error>(begin) }).chain(broken);
            BoxBody::new(SizedStream::new(length, Box::pin(parts)))
        }
        Form::Dripping { piece, pause } => {
            let length = body.len() as u64;
            BoxBody::new(SizedStream::new(length, Box::pin(drops(body, piece.max(1), pause))))
        }
        Form::Streamed(source) => {
            let stopping = stopping.cloned();
            // A listener must not hold up a server that stops.
            let stopped = Box::pin(async move {
                match stopping {
                    Some(stopping) => stopping.begun().await,
                    None => std::future::pending().await,
                }
            });
            let pieces = source.take_until(stopped).map(Ok::<_, Infallible>);
            BoxBody::new(BodyStream::new(pieces))
        }
    }
}

fn drops(
    body: Bytes,
    piece: usize,
    pause: Duration,
) -> impl Stream<Item = Result<Bytes, io::Error>> {
    stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        actix_rt::time::sleep(pause).await;
        let drop = rest.split_to(piece.min(rest.len()));
        Some((Ok(drop), rest))
    })
}

/// A body that cannot be written.
struct Broken;

impl MessageBody for Broken {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Bytes, io::Error>>> {
        std::task::Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }
}
