//! `tiendo demo`: a service with the real plan in one command, and lines to paste.

use std::path::Path;

use super::{
    load, migrate, serve,
    terminal::{block_on, operator, say, store, told},
};
use crate::{
    access::clients::{self, model::NewClient},
    base::{
        clock::Clock,
        db::{
            Store, Url,
            migrate::{Step, run as run_migrations},
            types::ClientId,
        },
        problem::Problem,
        settings::{DEMO_DEFAULTS, Settings},
    },
    exchange::plans,
    reference::calendars::{self, Frequency},
    server::telemetry,
};

/// The three clients: variable in the lines, name, organization, profile, source.
const CLIENTS: [(&str, &str, &str, &str, Option<&str>); 3] = [
    ("PLATFORM", "Nền tảng quản lý văn bản", "LC", "document-platform", Some("qlvb")),
    ("OFFICE", "Văn phòng Thanh tra tỉnh", "LC-TTR", "executing-agency", None),
    ("DEPARTMENT", "Sở Khoa học và Công nghệ", "LC", "science-department", None),
];

#[derive(clap::Args)]
#[command(after_help = defaults_help())]
pub struct Arguments {
    /// Give the three clients new secrets and print the lines again
    #[arg(long)]
    new_secrets: bool,
}

fn defaults_help() -> String {
    let defaults = DEMO_DEFAULTS.map(|(name, value)| format!("{name}={value}"));
    format!("Settings are those of `tiendo serve --help`; unless they are set, {}", defaults.join(" and "))
}

pub fn run(arguments: &Arguments) -> Result<(), String> {
    let settings = Settings::for_demo()?;
    telemetry::start(settings.log.clone())?;
    let Url::Sqlite(path) = &settings.database else {
        return Err(
            "DATABASE_URL: the demo keeps its data in SQLite; for PostgreSQL use migrate, load, client add and serve"
                .to_owned(),
        );
    };
    // Before the secrets are shown: another service on this address would be sent them.
    let listener = serve::listen(&settings)?;
    let is_new = !Path::new(path).exists();
    run_migrations(&settings.database, &settings.tls()?, Step::Up).map_err(|error| format!("{path}: {error}"))?;
    let secrets = block_on(prepare(&settings, arguments.new_secrets))?;
    say(&format!("{} {path}", if is_new { "Created" } else { "Using the data in" }), false);
    match secrets {
        Some(secrets) => say(&lines(&settings, &secrets), false),
        None => say("The clients keep their secrets. To get new ones: tiendo demo --new-secrets", false),
    }
    say(
        &format!(
            "Serving on http://{} (documentation: http://{}/docs/); stop with Ctrl-C.",
            settings.listen, settings.listen
        ),
        false,
    );
    block_on(serve::serve(settings, listener))
}

/// Loads the plan, and makes the clients or their new secrets: id and secret of each, when there are new ones.
async fn prepare(settings: &Settings, new_secrets: bool) -> Result<Option<Vec<(ClientId, String)>>, String> {
    let store = store(settings).await?;
    migrate::complete(settings).await?;
    let report = load::load(&store, plans::LAI_CHAU).await?;
    say(&format!("The plan of the Lai Châu Inspectorate: {}", load::summary(&report)), false);
    let known = store.read(async |db| Ok::<_, Problem>(clients::store::list(db).await?)).await.map_err(told)?;
    let mut secrets = Vec::new();
    for (_, name, organization, profile, source) in CLIENTS {
        let existing = known.iter().find(|client| client.name.as_str() == name).map(|client| client.id);
        match existing {
            None => secrets.push(add(&store, name, organization, profile, source).await?),
            Some(id) if new_secrets => secrets.push((id, rotate(&store, id).await?)),
            Some(_) => return Ok(None),
        }
    }
    Ok(Some(secrets))
}

async fn add(
    store: &Store,
    name: &str,
    organization: &str,
    profile: &str,
    source: Option<&str>,
) -> Result<(ClientId, String), String> {
    let wrong = |rule: crate::base::i18n::Bilingual| rule.en.into_owned();
    let new = NewClient {
        name: name.parse().map_err(wrong)?,
        organization: organization.parse().map_err(wrong)?,
        source: source.map(str::parse).transpose().map_err(wrong)?,
        scopes: profile.to_owned(),
        jwks: None,
    };
    let caller = operator(new.organization.clone(), None);
    let (client, secret) = store.write(async move |db| clients::create(db, &caller, new).await).await.map_err(told)?;
    Ok((client.id, secret.unwrap_or_default()))
}

async fn rotate(store: &Store, id: ClientId) -> Result<String, String> {
    let caller = operator("LC".parse().map_err(|_| "LC")?, None);
    store.write(async move |db| clients::rotate(db, &caller, id).await).await.map(|(_, secret)| secret).map_err(told)
}

/// Lines for a shell: get tokens, push, pull.
fn lines(settings: &Settings, secrets: &[(ClientId, String)]) -> String {
    let base = format!("http://{}", settings.listen);
    let today = calendars::today(Clock::system().now().utc());
    let month = calendars::shipped("ND09").and_then(|calendar| calendar.containing(today, Frequency::Month));
    let month = month.map_or_else(String::new, |month| month.to_string());
    let mut tokens = String::new();
    for ((variable, name, ..), (id, secret)) in CLIENTS.iter().zip(secrets) {
        let line = TOKEN.replace("{variable}", variable).replace("{name}", name).replace("{base}", &base);
        tokens += &line.replace("{id}", &id.to_string()).replace("{secret}", secret);
    }
    LINES
        .replace("{base}", &base)
        .replace("{tokens}", &tokens)
        .replace("{month}", &month)
        .replace("{today}", &today.to_string())
}

const LINES: &str = include_str!("demo.txt");

/// Gets a token without any tool but curl and sed.
const TOKEN: &str = r#"# {name}
{variable}=$(curl -s {base}/oauth2/token -u {id}:{secret} -d grant_type=client_credentials | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
"#;
