//! The bodies that the process reads and handles at a time, and the large ones of them, which are parsed one after another.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::Semaphore,
    task::spawn_blocking,
    time::{Instant, timeout},
};

use super::room::{Place, Room, full};
use crate::base::{http::BODY_LIMIT, problem::Problem, settings::Settings};

/// How many large bodies are inflated and parsed at a time; each takes a core, and several times its size.
const AT_ONCE: usize = 1;

/// What all bodies of the process share.
pub struct Bodies {
    pub(super) room: Arc<Room>,
    pub(super) time: Duration,
    pub(super) wait: Duration,
    turns: Arc<Semaphore>,
}

impl Bodies {
    /// As the settings say.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self {
            room: Room::of(settings.bodies_mib << 20),
            time: settings.body_time,
            wait: settings.database_wait,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Runs work that takes long on a thread of its own, when its turn comes. Whoever asked may go away meanwhile: the
    /// turn is held until the work has ended.
    async fn aside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let turn = timeout(self.wait, Arc::clone(&self.turns).acquire_owned()).await.map_err(|_| full())?;
        let turn = turn.map_err(Problem::internal)?;
        let work = move || {
            let _turn = turn;
            work()
        };
        spawn_blocking(work).await.map_err(Problem::internal)
    }
}

/// The room of a body until it is handled; none for a small one, which is handled as soon as it is here.
#[derive(Default)]
pub struct Held(Option<(Place, Arc<Bodies>)>);

impl Held {
    pub(super) fn of(place: Place, bodies: Arc<Bodies>) -> Self {
        Self(Some((place, bodies)))
    }

    /// Runs work on the body: at once when it is small, else aside.
    pub(super) async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<(T, Self), Problem> {
        if self.0.as_ref().is_some_and(|(place, _)| place.is_large()) {
            let Some((place, bodies)) = self.0 else { return Err(without_room()) };
            let (done, place) = bodies.aside(move || (work(), place)).await?;
            return Ok((done?, Self(Some((place, bodies)))));
        }
        // The room of a small body is free again when it is parsed: what is made of it is no larger.
        Ok((work()?, Self(None)))
    }

    /// Runs work on a compressed body aside, with room for all that it may hold; of that as much stays taken as the work
    /// says that it held.
    pub(super) async fn unpack<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<(T, usize), Problem> + Send + 'static,
    ) -> Result<(T, Self), Problem> {
        let Some((mut place, bodies)) = self.0 else { return Err(without_room()) };
        place.grow(2 * BODY_LIMIT, Instant::now() + bodies.wait).await?;
        let (done, mut place) = bodies.aside(move || (work(), place)).await?;
        let (value, held) = done?;
        place.shrink(2 * held);
        Ok((value, Self(Some((place, bodies)))))
    }
}

fn without_room() -> Problem {
    Problem::internal("a body without room")
}
