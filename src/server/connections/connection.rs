//! A connection as the framework reads and writes it, within its bounds: it is handed one request at a time, its peer has
//! so long for a head, and an answer must move on.

use std::{
    io,
    mem::{self, MaybeUninit},
    net::IpAddr,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, ready},
};

use actix_web::web::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    bare,
    bounds::{AHEAD, Bounds, HEAD},
    exchange::Exchange,
    gate::Permit,
    head::Head,
    idleness::Idleness,
    lingering::linger,
    pace::Pace,
    refusal::{self, Words},
    stream::Stream,
};
use crate::{
    base::problem::Problem,
    server::telemetry::{Cut, Metrics},
};

/// A connection that was let in.
pub struct Connection {
    /// None once it is left to linger.
    stream: Option<Stream>,
    permit: Option<Permit>,
    peer: IpAddr,
    exchange: Rc<Exchange>,
    /// The head that is being read.
    head: Head,
    /// Whether a whole head was handed on, and the framework has not begun to serve it yet.
    is_handed: bool,
    /// What came behind the request that is being served.
    held: Vec<u8>,
    /// Whether the peer sends no more, or is no longer listened to.
    is_ended: bool,
    /// Whether a head is not read before what waits to be written is gone.
    is_reading_put_off: bool,
    idleness: Idleness,
    pace: Pace,
    /// What is still to be said of a refusal; nothing else is read or written after it has begun.
    last_words: Option<Bytes>,
    words: Words,
    metrics: Arc<Metrics>,
}

impl Connection {
    pub fn new(
        stream: Stream,
        peer: IpAddr,
        permit: Permit,
        bounds: Bounds,
        words: &Words,
        metrics: &Arc<Metrics>,
    ) -> Self {
        Self {
            stream: Some(stream),
            permit: Some(permit),
            peer,
            exchange: Exchange::new(),
            head: Head::default(),
            is_handed: false,
            held: Vec::new(),
            is_ended: false,
            is_reading_put_off: false,
            idleness: Idleness::new(bounds),
            pace: Pace::new(bounds.write),
            last_words: None,
            words: words.clone(),
            metrics: Arc::clone(metrics),
        }
    }

    /// What the layers of the application know of it.
    pub fn exchange(&self) -> &Rc<Exchange> {
        &self.exchange
    }

    fn stream(&mut self) -> io::Result<Pin<&mut Stream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn look_at_exchange(&mut self, context: &Context<'_>) {
        if self.exchange.take_begun() {
            self.is_handed = false;
            self.idleness.is_busy();
            // The beginning of the body came with the head, and can be handed on now.
            if !self.held.is_empty() && self.exchange.has_body_to_come() {
                context.waker().wake_by_ref();
            }
        }
    }

    fn refuse(&mut self, problem: &Problem) {
        self.last_words = Some(self.words.of(problem, self.peer));
    }

    fn poll_fresh(&mut self, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.is_ended { Poll::Ready(Ok(())) } else { self.stream()?.poll_read(context, into) }
    }

    /// Bytes of the next head, no more than its end.
    fn poll_head(&mut self, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.pace.is_waiting() {
            self.is_reading_put_off = true;
            return Poll::Pending;
        }
        let before = into.filled().len();
        if self.held.is_empty() {
            ready!(self.poll_fresh(context, into))?;
        } else {
            let count = self.held.len().min(into.remaining());
            into.put_slice(self.held.get(..count).unwrap_or_default());
            self.held.drain(..count);
        }
        let read = into.filled().get(before..).unwrap_or_default();
        if read.is_empty() {
            return Poll::Ready(Ok(()));
        }
        self.idleness.head_came();
        let size = self.head.size;
        let end = self.head.end(read);
        if size + end.unwrap_or(read.len()) > HEAD {
            into.set_filled(before);
            self.refuse(&refusal::head_too_large(HEAD));
        } else if let Some(end) = end {
            // Held bytes go on behind what came before them.
            let behind = read.get(end..).unwrap_or_default();
            drop(self.held.splice(..0, behind.iter().copied()));
            into.set_filled(before + end);
            self.is_handed = true;
        }
        Poll::Ready(Ok(()))
    }

    /// Bytes of the body, no more than its end.
    fn poll_body(&mut self, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        if self.held.is_empty() {
            ready!(self.poll_fresh(context, into))?;
            let read = into.filled().get(before..).unwrap_or_default();
            let count = self.exchange.take_body(read);
            self.held.extend_from_slice(read.get(count..).unwrap_or_default());
            into.set_filled(before + count);
        } else {
            let some = self.held.get(..self.held.len().min(into.remaining())).unwrap_or_default();
            let count = self.exchange.take_body(some);
            into.put_slice(some.get(..count).unwrap_or_default());
            self.held.drain(..count);
        }
        Poll::Ready(Ok(()))
    }

    /// Looks whether the peer is still there, and keeps what it sends for later.
    fn poll_ahead(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut room = [MaybeUninit::uninit(); 2048];
        while self.held.len() < AHEAD && !self.is_ended {
            let mut into = ReadBuf::uninit(&mut room);
            match self.stream()?.poll_read(context, &mut into)? {
                Poll::Pending => break,
                Poll::Ready(()) => self.held.extend_from_slice(into.filled()),
            }
            self.is_ended = into.filled().is_empty();
        }
        if self.held.is_empty() && self.is_ended {
            return Poll::Ready(Ok(()));
        }
        if !self.held.is_empty() {
            self.exchange.wake_afterwards(context.waker());
        }
        Poll::Pending
    }

    /// Ends a connection that has been without a request for too long.
    fn poll_idle(&mut self, context: &mut Context<'_>) {
        let is_over = self.last_words.is_some() || self.is_ended || self.pace.is_waiting();
        if !is_over && self.idleness.poll_over(context).is_ready() {
            match self.idleness.too_slow() {
                Some(seconds) => self.refuse(&refusal::head_too_slow(seconds)),
                None => self.is_ended = true,
            }
        }
    }

    fn poll_last_words(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(words) = self.last_words.as_ref().filter(|words| words.has_remaining()).cloned() {
            let count = ready!(self.stream()?.poll_write(context, &words))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            if let Some(words) = &mut self.last_words {
                words.advance(count);
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Something waits to be written.
    fn poll_too_slow<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        ready!(self.pace.poll_too_slow(context));
        self.metrics.connections.cut(Cut::Write);
        tracing::info!(address = %self.peer, "a connection was cut: its peer does not read");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.look_at_exchange(context);
        let is_serving = this.exchange.is_serving();
        if !is_serving {
            this.poll_idle(context);
        }
        if this.last_words.is_some() {
            return Poll::Ready(Ok(()));
        }
        if this.exchange.has_body_to_come() {
            return this.poll_body(context, into);
        }
        if is_serving || this.is_handed { this.poll_ahead(context) } else { this.poll_head(context, into) }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.last_words.is_some() {
            return Poll::Ready(Ok(bytes.len()));
        }
        let until = match bare::refusal(bytes) {
            Some((0, status)) => {
                this.refuse(&refusal::unreadable(status));
                return Poll::Ready(Ok(bytes.len()));
            }
            Some((at, _)) => at,
            None => bytes.len(),
        };
        match this.stream()?.poll_write(context, bytes.get(..until).unwrap_or_default()) {
            Poll::Pending => this.poll_too_slow(context),
            Poll::Ready(written) => {
                this.pace.moved(written.as_ref().copied().unwrap_or_default());
                Poll::Ready(written)
            }
        }
    }

    /// The framework's last step of each turn.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.look_at_exchange(context);
        // What was handed on was no request.
        if mem::take(&mut this.is_handed) && !this.held.is_empty() {
            context.waker().wake_by_ref();
        }
        if this.poll_last_words(context)?.is_pending() || this.stream()?.poll_flush(context)?.is_pending() {
            return this.poll_too_slow(context);
        }
        this.pace.rest();
        let has_time = this.exchange.is_serving() || this.idleness.poll_over(context).is_pending();
        if mem::take(&mut this.is_reading_put_off) || !has_time {
            context.waker().wake_by_ref();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.poll_last_words(context)?.is_pending() {
            return this.poll_too_slow(context);
        }
        match this.stream()?.poll_shutdown(context) {
            Poll::Pending => this.poll_too_slow(context),
            done @ Poll::Ready(_) => done,
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let (stream, words) = (self.stream.take(), self.last_words.take());
        if let (Some(stream), Some(words), Ok(runtime)) = (stream, words, tokio::runtime::Handle::try_current()) {
            runtime.spawn(linger(stream, words, self.permit.take()));
        }
    }
}
