//! How the connection to PostgreSQL is protected.

use std::sync::Arc;

use rustls::pki_types::{CertificateDer, pem::PemObject};

/// How the connection to PostgreSQL is protected.
#[derive(Clone)]
pub enum Tls {
    /// Plain text: a Unix socket, loopback or a network that protects it.
    Off,
    /// TLS 1.2 or 1.3 with a verified certificate.
    On(Arc<rustls::ClientConfig>),
}

impl Tls {
    /// Trusts exactly the certificate authorities of a PEM file.
    ///
    /// # Errors
    /// When the file holds no certificate.
    pub fn verified(path: &str) -> Result<Self, String> {
        let mut roots = rustls::RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())? {
            roots.add(certificate.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        }
        if roots.is_empty() {
            return Err("holds no certificate".to_owned());
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self::On(Arc::new(config)))
    }
}
