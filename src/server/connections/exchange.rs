//! What a connection and the layers of the application know of each other: whether a request is being served, and what of
//! its body is still to come.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    task::Waker,
};

use super::framing::Framing;

/// The state of a connection's present request.
pub struct Exchange {
    has_begun: Cell<bool>,
    is_serving: Cell<bool>,
    body: RefCell<Framing>,
    waker: Cell<Option<Waker>>,
}

/// A request that is being served, until its answer is written or given up.
pub struct Serving(Rc<Exchange>);

impl Exchange {
    /// No request has come.
    pub fn new() -> Rc<Self> {
        Rc::new(Self {
            has_begun: Cell::new(false),
            is_serving: Cell::new(false),
            body: RefCell::new(Framing::None),
            waker: Cell::new(None),
        })
    }

    /// A request begins to be served.
    pub fn begin(self: &Rc<Self>, body: Framing) -> Serving {
        self.has_begun.set(true);
        self.is_serving.set(true);
        self.body.replace(body);
        Serving(Rc::clone(self))
    }

    /// Whether a request has begun to be served since this was asked.
    pub fn take_begun(&self) -> bool {
        self.has_begun.take()
    }

    /// Whether a request is being served.
    pub fn is_serving(&self) -> bool {
        self.is_serving.get()
    }

    /// Whether more of the request's body is to come.
    pub fn has_body_to_come(&self) -> bool {
        !self.body.borrow().is_at_end()
    }

    /// How many of these bytes, the next that came, are of the request's body.
    pub fn take_body(&self, bytes: &[u8]) -> usize {
        self.body.borrow_mut().take(bytes)
    }

    /// Wakes that task when the request has been served.
    pub fn wake_afterwards(&self, waker: &Waker) {
        self.waker.set(Some(waker.clone()));
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.is_serving.set(false);
        if let Some(waker) = self.0.waker.take() {
            waker.wake();
        }
    }
}
