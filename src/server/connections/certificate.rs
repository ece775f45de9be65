//! The certificate of the service and its key, read again when their files change.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio_rustls::TlsAcceptor;

use crate::base::settings::Settings;

/// What the TLS of one connection holds of an answer.
pub const BUFFER: usize = 16 * 1024;

const CERTIFICATE: &str = "TIENDO_TLS_CERTIFICATE_FILE";
const KEY: &str = "TIENDO_TLS_KEY_FILE";

/// The two files, and what is shown of them.
pub struct Certificate {
    paths: [String; 2],
    /// What they held when they were read last and were of use.
    read: Mutex<[Vec<u8>; 2]>,
    shown: Arc<Shown>,
    acceptor: TlsAcceptor,
}

/// The certificate that new connections are shown.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl Certificate {
    /// The one that the settings name, if they do.
    ///
    /// # Errors
    /// The setting that is wrong, and why.
    pub fn open(settings: &Settings) -> Result<Option<Arc<Self>>, String> {
        let paths = match (&settings.tls_certificate_file, &settings.tls_key_file) {
            (None, None) => return Ok(None),
            (Some(_), None) => return Err(format!("{KEY}: must be set when {CERTIFICATE} is")),
            (None, Some(_)) => return Err(format!("{CERTIFICATE}: must be set when {KEY} is")),
            (Some(certificate), Some(key)) => [certificate.clone(), key.clone()],
        };
        let read = read(&paths)?;
        let shown = Arc::new(Shown(RwLock::new(Arc::new(certified(&read, &paths)?))));
        let acceptor = acceptor(&shown).map_err(|error| format!("{CERTIFICATE}: {error}"))?;
        Ok(Some(Arc::new(Self { paths, read: Mutex::new(read), shown, acceptor })))
    }

    /// Makes the TLS of a new connection.
    #[must_use]
    pub fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// Reads the files again, and shows what they hold when it is new. What is of no use changes nothing.
    ///
    /// # Errors
    /// The setting whose file is wrong, and why.
    pub fn renew(&self) -> Result<(), String> {
        let found = read(&self.paths)?;
        let mut last = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if *last == found {
            return Ok(());
        }
        let renewed = certified(&found, &self.paths)?;
        *last = found;
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(renewed);
        tracing::info!("the certificate was renewed");
        Ok(())
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn acceptor(shown: &Arc<Shown>) -> Result<TlsAcceptor, rustls::Error> {
    let shown: Arc<dyn ResolvesServerCert> = Arc::<Shown>::clone(shown);
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(shown);
    // No HTTP/2: its streams and their headers would need bounds of their own.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config).into())
}

fn read([certificate, key]: &[String; 2]) -> Result<[Vec<u8>; 2], String> {
    let read = |name, path: &str| std::fs::read(path).map_err(|error| format!("{name}: {path}: {error}"));
    Ok([read(CERTIFICATE, certificate)?, read(KEY, key)?])
}

/// The chain and the key, which must fit each other.
fn certified([chain, key]: &[Vec<u8>; 2], [chain_path, key_path]: &[String; 2]) -> Result<CertifiedKey, String> {
    let in_chain = |reason: String| format!("{CERTIFICATE}: {chain_path}: {reason}");
    let in_key = |reason: String| format!("{KEY}: {key_path}: {reason}");
    let chain = CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| in_chain(error.to_string()))?;
    if chain.is_empty() {
        return Err(in_chain("holds no certificate in PEM".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| in_key("holds no private key in PEM".to_owned()))?;
    CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => in_key(format!("is not the key of {CERTIFICATE}")),
        rustls::Error::InvalidCertificate(_) => in_chain(error.to_string()),
        _ => in_key(error.to_string()),
    })
}
