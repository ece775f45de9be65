//! Background workers: run again whatever happens, stopped with the service, led by one instance, fenced.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use chrono::TimeDelta;
use tiendo::{
    base::{
        db::{
            Url,
            prelude::*,
            schema::{idempotency_keys, leases, revoked_tokens, signing_keys, used_assertions},
            types::{ClientId, Instant},
        },
        lease::{self, Fence},
        problem::Problem,
    },
    server::{
        app::AppState,
        workers::{Outcome, Worker, Workers},
    },
};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::{
    harness::{Api, Database, NOW, block_on},
    on_both,
};

const HOUR: Duration = Duration::from_hours(1);

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn later(text: &str, days: i64) -> Instant {
    Instant::from(at(text).utc() + TimeDelta::days(days))
}

/// The value of a metric of a worker.
fn metric(api: &Api, name: &str, worker: &str) -> String {
    let text = api.stranger().get(200, "/metrics").text;
    let line = format!("tiendo_worker_{name}{{worker=\"{worker}\"}} ");
    let value = text.lines().find_map(|each| each.strip_prefix(&line));
    value.unwrap_or_else(|| panic!("{line}: {text}")).to_owned()
}

async fn revoke(db: &mut Db, jti: &str, expires_at: Instant) -> Result<usize, Problem> {
    let values = (revoked_tokens::jti.eq(jti.to_owned()), revoked_tokens::expires_at.eq(expires_at));
    Ok(both!(db, |c| diesel::insert_into(revoked_tokens::table).values(values).execute(c))?)
}

async fn revoked(state: &AppState) -> Vec<String> {
    let read = async |db: &mut Db| {
        Ok::<_, Problem>(both!(db, |c| revoked_tokens::table
            .order(revoked_tokens::jti)
            .select(revoked_tokens::jti)
            .load(c))?)
    };
    state.store.read(read).await.unwrap()
}

/// A led worker that writes one row.
fn writer(state: &AppState, jti: &'static str) -> Worker {
    let store = (**state.store).clone();
    Worker::led("writer", HOUR, move |fence: Fence| {
        let store = store.clone();
        async move { fence.write(&store, async move |db| revoke(db, jti, at(NOW)).await).await.map(drop) }
    })
}

/// Workers that lead, when nobody else does.
async fn leading(state: &AppState, workers: Vec<Worker>) -> Workers {
    let workers = Workers::with(state, workers);
    assert_eq!(workers.run_once("leadership").await, Some(Outcome::Done));
    workers
}

on_both! {
    fn a_step_that_panics_or_fails_is_counted_and_run_again(api: &Api) {
        let count = Rc::new(Cell::new(0));
        block_on(async {
            let worker = Worker::everywhere("shaky", HOUR, move |_| {
                count.set(count.get() + 1);
                let turn = count.get();
                async move {
                    assert_ne!(turn, 1, "the first time");
                    if turn == 2 { Err(Problem::internal("the second time")) } else { Ok(()) }
                }
            });
            let workers = Workers::with(&api.state, vec![worker]);
            for expected in [Outcome::Panicked, Outcome::Failed, Outcome::Done] {
                assert_eq!(workers.run_once("shaky").await, Some(expected));
            }
            assert_eq!(workers.run_once("nobody").await, None);
        });
        let values = ["runs_total", "panics_total", "failures_total"].map(|name| metric(api, name, "shaky"));
        assert_eq!(values, ["3", "1", "1"]);
        assert_eq!(metric(api, "last_success_timestamp_seconds", "shaky"), at(NOW).utc().timestamp().to_string());
    }

    fn a_worker_that_panics_is_started_again_by_itself(api: &Api) {
        block_on(async {
            let (told, mut ran) = mpsc::unbounded_channel();
            let count = Rc::new(Cell::new(0));
            let worker = Worker::everywhere("shaky", HOUR, move |_| {
                count.set(count.get() + 1);
                told.send(count.get()).unwrap();
                assert_ne!(count.get(), 1, "the first time");
                async { Ok(()) }
            });
            let running = Workers::with(&api.state, vec![worker]).start();
            assert_eq!((ran.recv().await, ran.recv().await), (Some(1), Some(2)));
            running.stop().await;
        });
    }

    fn a_worker_is_woken_before_its_time(api: &Api) {
        block_on(async {
            let (told, mut ran) = mpsc::unbounded_channel();
            let wake = Arc::new(Notify::new());
            let worker = Worker::everywhere("sleeper", HOUR, move |_| {
                told.send(()).unwrap();
                async { Ok(()) }
            });
            let running = Workers::with(&api.state, vec![worker.woken_by(Arc::clone(&wake))]).start();
            ran.recv().await.unwrap();
            wake.notify_one();
            ran.recv().await.unwrap();
            running.stop().await;
        });
    }

    fn a_step_that_runs_comes_to_its_end_before_the_service_stops(api: &Api) {
        block_on(async {
            let ((begun, begins), (go_on, gate)) = (oneshot::channel(), oneshot::channel::<()>());
            let (once, ended) = (RefCell::new(Some((begun, gate))), Rc::new(Cell::new(false)));
            let end = Rc::clone(&ended);
            let worker = Worker::everywhere("slow", HOUR, move |_| {
                let (begun, gate) = once.take().unwrap();
                let end = Rc::clone(&end);
                async move {
                    begun.send(()).unwrap();
                    gate.await.unwrap();
                    end.set(true);
                    Ok(())
                }
            });
            let running = Workers::with(&api.state, vec![worker]).start();
            begins.await.unwrap();
            tokio::join!(running.stop(), async { go_on.send(()).unwrap() });
            assert!(ended.get());
        });
    }

    fn the_leaders_workers_begin_when_it_begins_to_lead(api: &Api) {
        block_on(async {
            let (told, mut ran) = mpsc::unbounded_channel();
            let worker = Worker::led("led", HOUR, move |_| {
                told.send(()).unwrap();
                async { Ok(()) }
            });
            let running = Workers::with(&api.state, vec![worker]).start();
            ran.recv().await.unwrap();
            running.stop().await;
        });
    }

    fn what_has_expired_is_deleted_in_batches_and_what_lives_stays(api: &Api) {
        let (id, _) = api.credentials("LC", "tasks:read", None);
        let client: ClientId = id.parse().unwrap();
        let rows = async move |db: &mut Db| {
            for (name, expires_at) in [("over", later(NOW, -1)), ("alive", later(NOW, 1))] {
                revoke(db, name, expires_at).await?;
                let values = (used_assertions::client.eq(client), used_assertions::jti.eq(name), used_assertions::expires_at.eq(expires_at));
                both!(db, |c| diesel::insert_into(used_assertions::table).values(values).execute(c))?;
            }
            for number in 0..1_100 {
                let created_at = Instant::from(later(NOW, -7).utc() + TimeDelta::microseconds(number - 1_050));
                let values = (idempotency_keys::client.eq(client), idempotency_keys::key.eq(format!("key-{number}")),
                    idempotency_keys::fingerprint.eq("x"), idempotency_keys::status.eq(201),
                    idempotency_keys::body.eq("{}"), idempotency_keys::created_at.eq(created_at));
                both!(db, |c| diesel::insert_into(idempotency_keys::table).values(values).execute(c))?;
            }
            Ok(())
        };
        api.write(rows).unwrap();
        block_on(async {
            let workers = Workers::of(&api.state);
            assert_eq!(workers.run_once("retention").await, Some(Outcome::NotLeading));
            workers.run_once("leadership").await.unwrap();
            assert_eq!(workers.run_once("retention").await, Some(Outcome::Done));
            assert_eq!(revoked(&api.state).await, ["alive"]);
        });
        let left = api.write(async |db| Ok((
            both!(db, |c| used_assertions::table.select(used_assertions::jti).load::<String>(c))?,
            both!(db, |c| idempotency_keys::table.order(idempotency_keys::created_at).select(idempotency_keys::key).load::<String>(c))?,
        )));
        let (assertions, answers) = left.unwrap();
        assert_eq!(assertions, ["alive"]);
        assert_eq!((answers.len(), answers[0].as_str()), (50, "key-1050"), "an answer is kept for seven days to the microsecond");
    }

    fn the_leader_makes_the_next_key_and_every_instance_reads_it(api: &Api) {
        let known = || api.stranger().get(200, "/.well-known/jwks.json").body["keys"].as_array().unwrap().len();
        let kept = || api.write(async |db| Ok(both!(db, |c| signing_keys::table.count().get_result::<i64>(c))?)).unwrap();
        assert_eq!((known(), kept()), (2, 2));
        api.wait_seconds(91 * 86_400);
        block_on(async {
            let workers = Workers::of(&api.state);
            assert_eq!(workers.run_once("signing_keys").await, Some(Outcome::Done));
            let keys = async |db: &mut Db| Ok::<_, Problem>(both!(db, |c| signing_keys::table.count().get_result::<i64>(c))?);
            assert_eq!(api.state.store.read(keys).await.unwrap(), 2, "only the leader makes keys");
            workers.run_once("leadership").await.unwrap();
            workers.run_once("signing_keys").await.unwrap();
        });
        assert_eq!((known(), kept()), (3, 3));
    }
}

/// Lets the lease run out, as time does.
async fn expire(api: &Api) {
    let ended = at("2020-01-01T00:00:00Z");
    let expire = async move |db: &mut Db| {
        Ok::<_, Problem>(both!(db, |c| diesel::update(leases::table).set(leases::expires_at.eq(ended)).execute(c))?)
    };
    assert_eq!(api.state.store.write(expire).await.unwrap(), 1);
}

#[test]
fn another_instance_leads_when_the_lease_runs_out_and_a_paused_leader_writes_nothing() {
    let api = Api::on(&Database::postgres());
    block_on(async {
        let first = leading(&api.state, vec![writer(&api.state, "first")]).await;
        let second = leading(&api.state, vec![writer(&api.state, "second")]).await;
        assert_eq!(first.run_once("writer").await, Some(Outcome::Done));
        assert_eq!(second.run_once("writer").await, Some(Outcome::NotLeading));
        // Renewed in time, the lease stays where it is.
        first.run_once("leadership").await.unwrap();
        second.run_once("leadership").await.unwrap();
        assert_eq!(second.run_once("writer").await, Some(Outcome::NotLeading));

        expire(&api).await;
        second.run_once("leadership").await.unwrap();
        // The first has slept through it all and still believes that it leads.
        assert_eq!(first.run_once("writer").await, Some(Outcome::Failed));
        assert_eq!(revoked(&api.state).await, ["first"]);
        assert_eq!(second.run_once("writer").await, Some(Outcome::Done));
        assert_eq!(revoked(&api.state).await, ["first", "second"]);
        first.run_once("leadership").await.unwrap();
        assert_eq!(first.run_once("writer").await, Some(Outcome::NotLeading));
    });
}

#[test]
fn a_stopping_leader_hands_the_lease_over() {
    let api = Api::on(&Database::postgres());
    block_on(async {
        let (told, mut ran) = mpsc::unbounded_channel();
        let led = Worker::led("led", HOUR, move |_| {
            told.send(()).unwrap();
            async { Ok(()) }
        });
        let running = Workers::with(&api.state, vec![led]).start();
        ran.recv().await.unwrap();
        assert_eq!(lease::take(&api.state.store, "workers", "another").await.unwrap(), None);
        assert_eq!(
            (metric(&api, "leads", "led"), metric(&api, "leads", "leadership")),
            ("1".to_owned(), "1".to_owned())
        );
        running.stop().await;
        assert_eq!(metric(&api, "leads", "led"), "0");
        lease::take(&api.state.store, "workers", "another").await.unwrap().unwrap();
    });
}

#[test]
fn the_one_process_of_a_file_leads_without_asking() {
    let api = Api::on(&Database::sqlite());
    block_on(async {
        let fence = lease::take(&api.state.store, "workers", "one").await.unwrap().unwrap();
        assert!(fence.renew(&api.state.store).await.unwrap());
        fence.write(&api.state.store, async |db| revoke(db, "one", at(NOW)).await).await.unwrap();
        let rows = async |db: &mut Db| Ok::<_, Problem>(both!(db, |c| leases::table.count().get_result::<i64>(c))?);
        assert_eq!(api.state.store.read(rows).await.unwrap(), 0);
    });
}

/// A connection past the service.
async fn connect(api: &Api) -> tokio_postgres::Client {
    let Url::Postgres(url) = api.database().url() else { panic!("not on a server") };
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    actix_web::rt::spawn(connection);
    client
}

/// Until as many sessions of this database wait for a lock.
async fn wait_for_lock_waits(client: &tokio_postgres::Client, count: i64) {
    let query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while client.query_one(query, &[]).await.unwrap().get::<_, i64>(0) != count {
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_take_over_waits_for_what_the_leader_is_committing_and_a_renewal_does_not() {
    let api = Api::on(&Database::postgres());
    block_on(async {
        let store = &api.state.store;
        let gate = connect(&api).await;
        gate.batch_execute("SELECT pg_advisory_lock(7)").await.unwrap();
        let fence = lease::take(store, "workers", "first").await.unwrap().unwrap();
        let writing = fence.write(store, async |db| {
            both!(db, pg | c | diesel::sql_query("SELECT pg_advisory_xact_lock(7)").execute(c)).unwrap()?;
            revoke(db, "first", at(NOW)).await
        });
        let ((), written, taken) = tokio::join!(
            async {
                wait_for_lock_waits(&gate, 1).await;
                assert!(fence.renew(store).await.unwrap(), "while a step runs");
                expire(&api).await;
                wait_for_lock_waits(&gate, 2).await;
                gate.batch_execute("SELECT pg_advisory_unlock(7)").await.unwrap();
            },
            writing,
            async {
                loop {
                    if let Some(fence) = lease::take(store, "workers", "second").await.unwrap() {
                        break (fence, revoked(&api.state).await);
                    }
                }
            },
        );
        assert_eq!(written.unwrap(), 1);
        assert_eq!(taken.1, ["first"], "the new leader sees what the old one wrote");
        assert!(!fence.renew(store).await.unwrap());
        assert!(fence.write(store, async |db| revoke(db, "late", at(NOW)).await).await.is_err());
    });
}
