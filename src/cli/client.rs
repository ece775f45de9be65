//! `tiendo client …`.

use std::path::{Path, PathBuf};

use super::terminal::{block_on, operator, say, store, told};
use crate::{
    access::clients::{
        self,
        model::{ClientPatch, ClientStatus, NewClient},
    },
    base::{
        db::{
            Db,
            types::{ClientId, OrgCode, ShortText, SourceCode},
        },
        i18n::{Bilingual, Language},
        problem::Problem,
        resource::Precondition,
        settings::Settings,
    },
};

#[derive(clap::Subcommand)]
pub enum Verb {
    /// Add a client; its secret is shown this once
    Add {
        /// What people call it
        #[arg(long)]
        name: String,
        /// Code of the organization it is bound to: it sees this one and those below
        #[arg(long)]
        organization: String,
        /// document-platform, executing-agency, science-department, administrator; or scopes separated by commas
        #[arg(long)]
        profile: String,
        /// Code of the source system whose records it owns
        #[arg(long)]
        source: Option<String>,
        /// File with its public keys (JWKS), for `private_key_jwt` instead of a secret
        #[arg(long)]
        jwks: Option<PathBuf>,
    },
    /// Give a client a new secret; the old one stops working
    Rotate {
        /// The client's id
        id: String,
    },
    /// Give a client other keys; those before, or its secret, stop working
    Keys {
        /// The client's id
        id: String,
        /// File with its public keys (JWKS)
        #[arg(long)]
        jwks: PathBuf,
    },
    /// Stop a client: it gets no token, and those it has end within seconds
    Suspend {
        /// The client's id
        id: String,
    },
    /// Let a suspended client call again
    Resume {
        /// The client's id
        id: String,
    },
    /// List the clients
    List,
}

pub fn run(verb: Verb) -> Result<(), String> {
    let settings = Settings::from_environment()?;
    block_on(async move {
        match verb {
            Verb::Add { name, organization, profile, source, jwks } => {
                let new = NewClient {
                    name: parsed::<ShortText>("--name", &name)?,
                    organization: parsed::<OrgCode>("--organization", &organization)?,
                    source: source.map(|source| parsed::<SourceCode>("--source", &source)).transpose()?,
                    scopes: profile,
                    jwks: jwks.map(std::fs::read_to_string).transpose().map_err(|error| format!("--jwks: {error}"))?,
                };
                add(&settings, new).await
            }
            Verb::Rotate { id } => rotate(&settings, &id).await,
            Verb::Keys { id, jwks } => update(&settings, &id, "keys changed", keys(&jwks)?).await,
            Verb::Suspend { id } => update(&settings, &id, "suspended", now(ClientStatus::Suspended)).await,
            Verb::Resume { id } => update(&settings, &id, "may call again", now(ClientStatus::Active)).await,
            Verb::List => list(&settings).await,
        }
    })
}

fn parsed<T: std::str::FromStr<Err = Bilingual>>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|rule: Bilingual| format!("{name}: {}", rule.say(Language::En)))
}

async fn add(settings: &Settings, new: NewClient) -> Result<(), String> {
    let caller = operator(new.organization.clone(), None);
    let created = store(settings).await?.write(async move |db| clients::create(db, &caller, new).await).await;
    let (client, secret) = created.map_err(told)?;
    say(&format!("client_id={}", client.id), false);
    if let Some(secret) = secret {
        say(&format!("client_secret={secret}"), false);
        say("Keep the secret now: it is not shown again.", true);
    }
    Ok(())
}

async fn rotate(settings: &Settings, id: &str) -> Result<(), String> {
    let (id, caller) = (identified(id)?, operator(parsed("organization", "operator")?, None));
    let secret = store(settings).await?.write(async move |db| clients::rotate(db, &caller, id).await).await;
    let (_, secret) = secret.map_err(told)?;
    say(&format!("client_secret={secret}"), false);
    Ok(())
}

fn identified(id: &str) -> Result<ClientId, String> {
    id.parse().map_err(|_| "the id must be a client's UUID; `tiendo client list` shows it".to_owned())
}

fn keys(path: &Path) -> Result<ClientPatch, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("--jwks: {error}"))?;
    let jwks = serde_json::from_str(&text).map_err(|error| format!("--jwks: not a JSON object: {error}"))?;
    Ok(ClientPatch { jwks: Some(jwks), status: None })
}

fn now(status: ClientStatus) -> ClientPatch {
    ClientPatch { status: Some(status), jwks: None }
}

async fn update(settings: &Settings, id: &str, outcome: &str, patch: ClientPatch) -> Result<(), String> {
    let (id, caller) = (identified(id)?, operator(parsed("organization", "operator")?, None));
    let update = async move |db: &mut Db| clients::update(db, &caller, id, &Precondition::Any, patch).await;
    let client = store(settings).await?.write(update).await.map_err(told)?;
    say(&format!("{} ({}): {outcome}", client.id, client.name), false);
    Ok(())
}

async fn list(settings: &Settings) -> Result<(), String> {
    let found = store(settings).await?.read(async |db| Ok::<_, Problem>(clients::store::list(db).await?)).await;
    for client in found.map_err(told)? {
        say(
            &format!("{}  {}  {}  {}  {}", client.id, client.status, client.organization, client.name, client.scopes),
            false,
        );
    }
    Ok(())
}
