//! Turns at what there is little of: so many at once, shared out by client, with bounds on who waits and how long.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};
use uuid::Uuid;

use super::Error;
use crate::base::served::served;

/// Whose turn it is; nobody's is the service's own.
type Client = Option<Uuid>;

/// So many turns at once. Whoever waits gets the next one in the order in which they came, except that a client with
/// fewer turns goes before one with more.
#[derive(Clone)]
pub struct Turns(Arc<Shared>);

struct Shared {
    name: &'static str,
    at_once: usize,
    /// Of these, at most so many of one client.
    each: usize,
    /// At most so many wait, a quarter of them of one client.
    waiting: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    taken: usize,
    held: HashMap<Client, usize>,
    queue: VecDeque<Waiting>,
}

struct Waiting {
    client: Client,
    turn: oneshot::Sender<Turn>,
}

/// A turn; it ends when this is dropped.
pub struct Turn {
    turns: Turns,
    client: Client,
}

impl Turns {
    /// Nobody has a turn yet; `name` is what the log says when there is none.
    #[must_use]
    pub fn new(name: &'static str, at_once: usize, each: usize, waiting: usize) -> Self {
        let (at_once, each) = (at_once.max(1), each.max(1));
        Self(Arc::new(Shared { name, at_once, each, waiting, state: Mutex::default() }))
    }

    /// A turn for whom the present request serves.
    ///
    /// # Errors
    /// [`Error::Busy`] when none came within `wait`, or too many wait already.
    pub async fn take(&self, wait: Duration) -> Result<Turn, Error> {
        let busy = || Error::Busy(self.0.name);
        let client = served().and_then(|request| request.client());
        let coming = self.ask(client).ok_or_else(busy)?;
        timeout(wait, coming).await.ok().and_then(Result::ok).ok_or_else(busy)
    }

    /// A place in the queue, which may be served already; `None` when the queue is full.
    fn ask(&self, client: Client) -> Option<oneshot::Receiver<Turn>> {
        let (turn, coming) = oneshot::channel();
        let mut state = self.0.state.lock().ok()?;
        if state.taken >= self.0.at_once || !state.queue.is_empty() {
            state.queue.retain(|waiting| !waiting.turn.is_closed());
            let mine = state.queue.iter().filter(|waiting| waiting.client == client).count();
            if state.queue.len() >= self.0.waiting || mine >= self.0.waiting.div_ceil(4) {
                return None;
            }
        }
        state.queue.push_back(Waiting { client, turn });
        drop(state);
        self.serve();
        Some(coming)
    }

    /// Gives out the turns that are free.
    fn serve(&self) {
        while let Some((waiting, turn)) = self.next() {
            // Whoever has gone gives it back by dropping it.
            let _ = waiting.send(turn);
        }
    }

    fn next(&self) -> Option<(oneshot::Sender<Turn>, Turn)> {
        let mut state = self.0.state.lock().ok()?;
        if state.taken >= self.0.at_once {
            return None;
        }
        state.queue.retain(|waiting| !waiting.turn.is_closed());
        let held = |client: &Client| state.held.get(client).copied().unwrap_or_default();
        let may = |client: &Client| client.is_none() || held(client) < self.0.each;
        let candidates = state.queue.iter().enumerate().filter(|(_, waiting)| may(&waiting.client));
        let (at, _) = candidates.min_by_key(|(at, waiting)| (held(&waiting.client), *at))?;
        let Waiting { client, turn } = state.queue.remove(at)?;
        state.taken += 1;
        *state.held.entry(client).or_default() += 1;
        Some((turn, Turn { turns: self.clone(), client }))
    }

    fn give_back(&self, client: Client) {
        let Ok(mut state) = self.0.state.lock() else { return };
        state.taken = state.taken.saturating_sub(1);
        if let Some(held) = state.held.get_mut(&client) {
            *held -= 1;
            if *held == 0 {
                state.held.remove(&client);
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.give_back(self.client);
        self.turns.serve();
    }
}
