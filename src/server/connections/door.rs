//! The door: a connection is counted, protected and given its bounds, or told to come again later.

use std::{io, net::SocketAddr, rc::Rc, sync::Arc};

use actix_http::error::DispatchError;
use actix_web::{rt::net::TcpStream, web::Bytes};
use socket2::SockRef;
use tokio_rustls::TlsAcceptor;

use super::{
    bounds::{Bounds, SEND_BUFFER, TURNED_AWAY},
    certificate::{self, Certificate},
    connection::Connection,
    gate::{Gate, Permit},
    lingering::linger,
    refusal::{self, Words},
    stream::Stream,
};
use crate::{
    base::{clock::Clock, settings::Settings},
    server::{
        safety_headers::SafetyHeaders,
        telemetry::{Cut, Metrics, TurnedAway},
    },
};

/// What the doors of all workers share.
#[derive(Clone)]
pub struct Opened {
    bounds: Bounds,
    gate: Arc<Gate>,
    certificate: Option<Arc<Certificate>>,
    words: Words,
    metrics: Arc<Metrics>,
}

/// A worker's door.
pub struct Door {
    opened: Opened,
    tls: Option<TlsAcceptor>,
}

impl Opened {
    /// No connection yet.
    #[must_use]
    pub fn of(
        settings: &Settings,
        certificate: Option<Arc<Certificate>>,
        clock: Arc<Clock>,
        metrics: &Arc<Metrics>,
    ) -> Self {
        let bounds = Bounds::of(settings);
        let gate = Gate::new(bounds, settings.proxies(), metrics.connections.clone());
        let headers = SafetyHeaders::new(settings.is_https());
        let words = Words { clock, refusals: metrics.refusals.clone(), headers };
        Self { bounds, gate, certificate, words, metrics: Arc::clone(metrics) }
    }

    /// How many connections each of so many workers may be given, with those that are turned away.
    #[must_use]
    pub fn most_of_a_worker(&self, workers: usize) -> usize {
        (self.bounds.connections + TURNED_AWAY).div_ceil(workers)
    }
}

impl Door {
    /// A door of the process.
    #[must_use]
    pub fn new(opened: Opened) -> Self {
        let tls = opened.certificate.as_ref().map(|certificate| certificate.acceptor());
        Self { opened, tls }
    }

    /// Lets a connection in.
    ///
    /// # Errors
    /// When there is no room for it, or its handshake fails.
    pub async fn enter(self: Rc<Self>, stream: TcpStream) -> Result<(Connection, Option<SocketAddr>), DispatchError> {
        let peer = stream.peer_addr()?;
        match self.opened.gate.admit(peer.ip()) {
            Ok(permit) => {
                // A last short piece is not held back until the peer has acknowledged what came before it.
                let _ = stream.set_nodelay(true);
                let _ = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER as usize);
                let stream = self.protect(stream).await?;
                let Opened { bounds, words, metrics, .. } = &self.opened;
                let connection = Connection::new(stream, peer.ip(), permit, *bounds, words, metrics);
                Ok((connection, Some(peer)))
            }
            Err(why) => {
                if let Some(permit) = self.opened.gate.turn_away(why) {
                    self.turn_away(stream, peer, permit, why).await;
                }
                Err(io::Error::from(io::ErrorKind::QuotaExceeded).into())
            }
        }
    }

    /// The handshake, which the connection keeps its place for as long as it may take.
    async fn protect(&self, stream: TcpStream) -> io::Result<Stream> {
        let Some(tls) = &self.tls else { return Ok(Stream::Plain(stream)) };
        let shaking = tls.accept_with(stream, |session| session.set_buffer_limit(Some(certificate::BUFFER)));
        let shaken = match tokio::time::timeout(self.opened.bounds.head, shaking).await {
            Ok(shaken) => shaken,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        };
        if let Err(error) = &shaken {
            self.opened.metrics.connections.cut(Cut::Handshake);
            tracing::debug!(error = %error, "a TLS handshake failed");
        }
        shaken.map(|stream| Stream::Tls(Box::new(stream)))
    }

    /// Says that there is no room, where it can be said without a handshake.
    async fn turn_away(&self, stream: TcpStream, peer: SocketAddr, permit: Permit, why: TurnedAway) {
        tracing::debug!(address = %peer.ip(), reason = why.as_str(), "a connection was turned away");
        let words = match &self.tls {
            None => self.opened.words.of(&refusal::no_room(), peer.ip()),
            Some(_) => Bytes::new(),
        };
        linger(Stream::Plain(stream), words, Some(permit)).await;
    }
}
