//! TLS to PostgreSQL: a proxy that speaks it stands before the test's plain server.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tiendo::base::db::{Error, Options, Store, Tls, Url};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer, version::TLS13},
};

use crate::harness::{Database, block_on};

/// What a PostgreSQL client sends first when it wants TLS (protocol, 55.2.10).
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// An authority, and a server certificate for `localhost` that it signed.
struct Certificates {
    authority: tempfile::NamedTempFile,
    server: ServerConfig,
}

fn certificates() -> Certificates {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let authority = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(authority.path(), issuer.as_ref().pem()).unwrap();
    let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    Certificates { authority, server }
}

/// Takes TLS off and passes on; answers the address with which to reach the database through it.
async fn proxy(database: &Database, server: ServerConfig) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (start, rest) =
        database.address().rsplit_once('@').map(|(start, rest)| (start.to_owned(), rest.to_owned())).unwrap();
    let (plain, name) = rest.split_once('/').map(|(plain, name)| (plain.to_owned(), name.to_owned())).unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (acceptor, plain) = (acceptor.clone(), plain.clone());
            tokio::spawn(async move {
                let mut first = [0; 8];
                client.read_exact(&mut first).await.unwrap();
                assert_eq!(first, SSL_REQUEST, "the client must ask for TLS");
                client.write_all(b"S").await.unwrap();
                let Ok(mut client) = acceptor.accept(client).await else { return };
                let mut server = TcpStream::connect(plain).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    Url::Postgres(format!("{start}@localhost:{port}/{name}"))
}

fn options(authority: &tempfile::NamedTempFile) -> Options {
    let tls = Tls::verified(authority.path().to_str().unwrap()).unwrap();
    Options {
        pool_size: 2,
        readers: 1,
        reporters: 1,
        exports: 8,
        export_connections: 8,
        statement: std::time::Duration::from_secs(10),
        wait: std::time::Duration::from_secs(5),
        tls,
    }
}

#[test]
fn a_server_that_the_authority_vouches_for_is_used() {
    let database = Database::postgres();
    block_on(async {
        let made = certificates();
        let url = proxy(&database, made.server).await;
        let store = Store::open(&url, options(&made.authority)).await.unwrap();
        let keys = store.read(async |db| Ok::<_, Error>(tiendo::access::clients::store::list(db).await?)).await;
        assert!(keys.is_ok_and(|clients| clients.is_empty()));
    });
}

#[test]
fn a_server_of_another_authority_is_refused() {
    let database = Database::postgres();
    block_on(async {
        let url = proxy(&database, certificates().server).await;
        let error = Store::open(&url, options(&certificates().authority)).await.err().unwrap();
        assert!(error.to_string().contains("TLS"), "{error}");
    });
}

#[test]
fn a_server_without_tls_is_refused_when_tls_is_wanted() {
    let database = Database::postgres();
    block_on(async {
        let error = Store::open(database.url(), options(&certificates().authority)).await.err().unwrap();
        assert!(error.to_string().contains("TLS"), "{error}");
    });
}
