//! Turns: so many at once, shared out by client, and nobody waits for ever or in a line without end.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use tiendo::base::{
    clock::new_id,
    db::{Error, Turn, Turns},
    served::{Served, serving},
};
use uuid::Uuid;

use crate::harness::block_on;

const SHORT: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_secs(10);

async fn take(turns: &Turns, client: Uuid, wait: Duration) -> Result<Turn, Error> {
    let request = Served::new("test".into(), Ipv4Addr::LOCALHOST.into());
    request.set_client(client);
    serving(Arc::new(request), turns.take(wait)).await
}

fn spawn(turns: &Turns, client: Uuid) -> tokio::task::JoinHandle<Result<Turn, Error>> {
    let turns = turns.clone();
    actix_web::rt::spawn(async move { take(&turns, client, LONG).await })
}

async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn no_client_has_more_than_its_share() {
    block_on(async {
        let (turns, greedy, other) = (Turns::new("test", 4, 2, 64), new_id(), new_id());
        let held = [take(&turns, greedy, SHORT).await.unwrap(), take(&turns, greedy, SHORT).await.unwrap()];
        assert!(matches!(take(&turns, greedy, SHORT).await, Err(Error::Busy("test"))));
        let _others = [take(&turns, other, SHORT).await.unwrap(), take(&turns, other, SHORT).await.unwrap()];
        assert!(matches!(take(&turns, new_id(), SHORT).await, Err(Error::Busy("test"))), "there are four");
        drop(held);
        take(&turns, new_id(), SHORT).await.unwrap();
    });
}

#[test]
fn whoever_has_fewer_turns_is_next() {
    block_on(async {
        let (turns, greedy, other) = (Turns::new("test", 2, 2, 64), new_id(), new_id());
        let first = take(&turns, greedy, SHORT).await.unwrap();
        let second = take(&turns, greedy, SHORT).await.unwrap();
        let more: Vec<_> = (0..8).map(|_| spawn(&turns, greedy)).collect();
        settle().await;
        let one = spawn(&turns, other);
        settle().await;
        drop(first);
        settle().await;
        assert!(one.is_finished() && more.iter().all(|waiting| !waiting.is_finished()));
        let _one = one.await.unwrap().unwrap();
        drop(second);
        settle().await;
        assert_eq!(more.iter().filter(|waiting| waiting.is_finished()).count(), 1);
    });
}

#[test]
fn a_line_has_an_end_and_one_client_fills_a_quarter_of_it() {
    block_on(async {
        let (turns, greedy) = (Turns::new("test", 1, 1, 8), new_id());
        let held = take(&turns, greedy, SHORT).await.unwrap();
        let waiting: Vec<_> = (0..2).map(|_| spawn(&turns, greedy)).collect();
        settle().await;
        let began = std::time::Instant::now();
        assert!(matches!(take(&turns, greedy, LONG).await, Err(Error::Busy("test"))));
        assert!(began.elapsed() < LONG / 10, "told at once");
        let others: Vec<_> = (0..6).map(|_| spawn(&turns, new_id())).collect();
        settle().await;
        assert!(matches!(take(&turns, new_id(), LONG).await, Err(Error::Busy("test"))), "eight wait");
        // Those that go away leave their place.
        for gone in waiting.iter().chain(&others) {
            gone.abort();
        }
        settle().await;
        let next = spawn(&turns, new_id());
        settle().await;
        drop(held);
        next.await.unwrap().unwrap();
    });
}

#[test]
fn a_turn_that_came_too_late_is_given_back() {
    block_on(async {
        let turns = Turns::new("test", 1, 1, 64);
        for _ in 0..200 {
            let held = take(&turns, new_id(), LONG).await.unwrap();
            let late = spawn(&turns, new_id());
            settle().await;
            late.abort();
            drop(held);
        }
        take(&turns, new_id(), SHORT).await.unwrap();
    });
}
