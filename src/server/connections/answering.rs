//! The layer between a connection and the application: it says when a request begins and ends to be served, and hands an
//! answer on in pieces, so that a connection never holds two copies of a large one.

use std::{
    collections::VecDeque,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::ConnectionType,
    middleware::Next,
    web::Bytes,
};

use super::{
    exchange::{Exchange, Serving},
    framing::Framing,
};

/// The largest piece of an answer.
const PIECE: usize = 16 * 1024;

/// Of an answer that comes in pieces, what is taken before its reader asks for it: what made the answer, a compressor for
/// example, is mostly larger, and is gone with the last piece.
const TAKEN: usize = 64 * 1024;

/// An answer on its way.
pub struct Answer {
    /// None once all was taken.
    body: Option<BoxBody>,
    size: BodySize,
    taken: VecDeque<Bytes>,
    _serving: Option<Serving>,
}

type Piece = Result<Bytes, <BoxBody as MessageBody>::Error>;

impl Answer {
    fn new(body: BoxBody, serving: Option<Serving>) -> Self {
        Self { size: body.size(), body: Some(body), taken: VecDeque::new(), _serving: serving }
    }

    /// Takes what is ready.
    fn take(&mut self, context: &mut Context<'_>) -> Result<(), <BoxBody as MessageBody>::Error> {
        let mut count = self.taken.iter().map(Bytes::len).sum::<usize>();
        while let Some(body) = self.body.as_mut().filter(|_| count < TAKEN) {
            match Pin::new(body).poll_next(context) {
                Poll::Ready(Some(piece)) => {
                    let piece = piece?;
                    count += piece.len();
                    self.taken.push_back(piece);
                }
                Poll::Ready(None) => self.body = None,
                Poll::Pending => break,
            }
        }
        Ok(())
    }
}

impl MessageBody for Answer {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Piece>> {
        if let Err(error) = self.take(context) {
            return Poll::Ready(Some(Err(error)));
        }
        let Some(mut piece) = self.taken.pop_front() else {
            return if self.body.is_some() { Poll::Pending } else { Poll::Ready(None) };
        };
        let rest = piece.split_off(piece.len().min(PIECE));
        if !rest.is_empty() {
            self.taken.push_front(rest);
        }
        Poll::Ready(Some(Ok(piece)))
    }
}

/// The layer. The request's body outlives it (`keep_payload`): were it dropped when all of the answer is taken, the
/// framework would wait for the rest of the body.
///
/// # Errors
/// What the framework itself could not turn into an answer.
pub async fn answering(mut request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<Answer>, Error> {
    let exchange = request.request().conn_data::<Rc<Exchange>>().cloned();
    let serving = exchange.map(|exchange| exchange.begin(framing(&mut request)));
    // Whoever offers another protocol (h2c, as Java and curl do) is answered in this one. The framework does not keep such a
    // connection, and would not say so.
    let is_upgrade = request.head().upgrade();
    let mut response = next.call(request).await?;
    if is_upgrade {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response.map_body(|_, body| Answer::new(body, serving)))
}

fn framing(request: &mut ServiceRequest) -> Framing {
    match request.take_payload() {
        Payload::None => Framing::None,
        payload => {
            request.set_payload(payload);
            Framing::of(request)
        }
    }
}
