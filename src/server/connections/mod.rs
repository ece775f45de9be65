//! Connections, from the moment that they are accepted until their socket is closed: how many there may be, how long a
//! peer may take for what, and what one is told that finds no room.

mod answering;
mod bare;
mod bounds;
mod certificate;
mod connection;
mod descriptors;
mod door;
mod exchange;
mod framing;
mod gate;
mod head;
mod idleness;
mod lingering;
mod pace;
mod refusal;
mod stream;

use std::rc::Rc;

use actix_http::{HttpServiceBuilder, KeepAlive, Request};
use actix_service::{ServiceFactory, ServiceFactoryExt};
use actix_web::{
    Error,
    body::MessageBody,
    dev::{Response, fn_service},
    rt::net::TcpStream,
};

pub use answering::answering;
pub use bounds::Bounds;
pub use certificate::Certificate;
pub use descriptors::fitted;
pub use door::{Door, Opened};

use connection::Connection;

/// How long a closed answer waits for its reader to close too.
const DISCONNECT: std::time::Duration = std::time::Duration::from_secs(1);

/// What serves a worker's connections: the door before the framework's HTTP/1.1 (there is no other), which calls `app`.
/// `draining` resolves when the service begins to stop.
pub fn service<S, B, D>(
    opened: Opened,
    app: S,
    draining: impl Fn() -> D + 'static,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = actix_http::error::DispatchError, InitError = ()>
where
    S: ServiceFactory<Request, Config = (), Error = Error> + 'static,
    S::InitError: std::fmt::Debug,
    S::Response: Into<Response<B>>,
    S::Service: 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
    D: Future<Output = ()> + 'static,
{
    let door = Rc::new(Door::new(opened));
    // The connection bounds itself what the framework would: the framework looks at the first head of a connection only.
    let http = HttpServiceBuilder::default()
        .keep_alive(KeepAlive::Os)
        .client_request_timeout(std::time::Duration::ZERO)
        .client_disconnect_timeout(DISCONNECT)
        // Who closes the connection does not wait for the answer: what it asked is left.
        .h1_allow_half_closed(false)
        .graceful_shutdown_signal(draining)
        .on_connect_ext(|connection: &Connection, data| {
            data.insert(Rc::clone(connection.exchange()));
        })
        .h1(app);
    fn_service(move |stream: TcpStream| Rc::clone(&door).enter(stream)).and_then(http)
}
