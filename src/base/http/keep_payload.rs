//! A body that was refused before its end. While its stream lives until the answer is sent, the server closes the
//! connection a second later; were it dropped, the server would wait for the rest of a chunked body for ever, and a
//! caller without a token could use up all connections.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    middleware::Next,
    web::Bytes,
};
use futures_util::Stream;

/// The request's body, read by the handler and held by the answer.
struct Shared(Rc<RefCell<Payload>>);

impl Stream for Shared {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// An answer that holds the request's body until it is sent.
struct Holding {
    answer: BoxBody,
    _request: Rc<RefCell<Payload>>,
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.answer).poll_next(context)
    }
}

/// The outermost layer: lets the request's body live as long as its answer.
///
/// # Errors
/// What the framework itself could not turn into an answer.
pub async fn keep_payload(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, Error> {
    let payload = match request.take_payload() {
        Payload::None => return Ok(next.call(request).await?.map_into_boxed_body()),
        payload => Rc::new(RefCell::new(payload)),
    };
    request.set_payload(Payload::Stream { payload: Box::pin(Shared(Rc::clone(&payload))) });
    let response = next.call(request).await?.map_into_boxed_body();
    Ok(response.map_body(|_, answer| BoxBody::new(Holding { answer, _request: payload })))
}
