//! Leadership over all instances: a lease in the database that runs out unless it is renewed, and a fencing token.
//!
//! A lease alone does not keep two instances from working at once: one that was paused (swapped out, a suspended VM)
//! wakes up and goes on as if it still led. So each new holder gets a higher token, and a leader's transaction
//! first locks the lease's row with its own token: what an earlier leader still wants to write is refused, and a new
//! one waits for what the earlier one is just committing.

mod store;

use crate::base::{
    db::{Db, Store},
    problem::Problem,
};

/// A lease that was held when it was given; whether it still is, [`Fence::check`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    name: &'static str,
    /// `None` on SQLite, where the one process that serves the file leads without asking.
    token: Option<i64>,
}

/// Takes the lease; `None` while another holder has it. A holder that has it already gets a new token.
///
/// # Errors
/// When the database cannot be reached.
pub async fn take(store: &Store, name: &'static str, holder: &str) -> Result<Option<Fence>, Problem> {
    let is_taken = store.read(async |db| Ok::<_, Problem>(store::is_taken(db, name, holder.to_owned()).await?)).await?;
    if is_taken {
        return Ok(None);
    }
    let holder = holder.to_owned();
    let outcome = store.write(async move |db| Ok::<_, Problem>(store::take(db, name, holder).await?)).await?;
    Ok(match outcome {
        None => Some(Fence { name, token: None }),
        Some(token) => token.map(|token| Fence { name, token: Some(token) }),
    })
}

/// Writes, to no effect: whether a write would be taken now.
///
/// # Errors
/// Why it would not.
pub async fn touch(store: &Store) -> Result<(), Problem> {
    store.write(async |db| Ok::<_, Problem>(store::touch(db).await?)).await
}

impl Fence {
    /// Keeps the lease; false when another holder has taken it since.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn renew(&self, store: &Store) -> Result<bool, Problem> {
        let (name, Some(token)) = (self.name, self.token) else { return Ok(true) };
        let renewed = store.write(async move |db| Ok::<_, Problem>(store::renew(db, name, token).await?)).await?;
        Ok(renewed > 0)
    }

    /// Gives the lease up, so that another instance need not wait until it runs out.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn release(self, store: &Store) -> Result<(), Problem> {
        let (name, Some(token)) = (self.name, self.token) else { return Ok(()) };
        store.write(async move |db| Ok::<_, Problem>(store::release(db, name, token).await?)).await.map(drop)
    }

    /// Passes when the lease is still held, and keeps it from being taken until the transaction ends.
    ///
    /// # Errors
    /// When another holder has taken it: nothing may be written then.
    pub async fn check(&self, db: &mut Db) -> Result<(), Problem> {
        let Some(token) = self.token else { return Ok(()) };
        if store::lock(db, self.name, token).await? {
            Ok(())
        } else {
            Err(Problem::internal(format!("another instance has taken the lease `{}`", self.name)))
        }
    }

    /// A leader's transaction: [`Store::write`] behind [`Fence::check`].
    ///
    /// # Errors
    /// What `f` says, or that the lease is lost.
    pub async fn write<T, F>(&self, store: &Store, f: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: AsyncFnOnce(&mut Db) -> Result<T, Problem> + Send + 'static,
    {
        let fence = self.clone();
        store
            .write(async move |db| {
                fence.check(db).await?;
                f(db).await
            })
            .await
    }
}
