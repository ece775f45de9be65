//! Where a request comes from. A listed proxy is believed when it says for whom it asks, and nobody else.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use actix_web::http::header::{self, HeaderMap, HeaderName};

use crate::base::networks::Networks;

const X_FORWARDED_FOR: HeaderName = header::X_FORWARDED_FOR;

/// The last address on the way that is no listed proxy.
pub fn address(peer: Option<SocketAddr>, headers: &HeaderMap, proxies: &Networks) -> IpAddr {
    let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
    if !proxies.contains(peer) {
        return peer;
    }
    // A proxy writes one of the two headers and passes the other on, which may be anyone's: where they differ, neither
    // is believed.
    let standard = headers.contains_key(header::FORWARDED).then(|| last(peer, headers, Header::Standard, proxies));
    let usual = headers.contains_key(X_FORWARDED_FOR).then(|| last(peer, headers, Header::Usual, proxies));
    match (standard, usual) {
        (Some(one), Some(other)) if one != other => peer,
        (found, other) => found.or(other).unwrap_or(peer),
    }
}

#[derive(Clone, Copy)]
enum Header {
    /// `Forwarded` (RFC 7239).
    Standard,
    /// `X-Forwarded-For`.
    Usual,
}

/// The way back from the peer, until somebody who is no listed proxy; what is no address says no more.
fn last(peer: IpAddr, headers: &HeaderMap, header: Header, proxies: &Networks) -> IpAddr {
    let name = match header {
        Header::Standard => header::FORWARDED,
        Header::Usual => X_FORWARDED_FOR,
    };
    let values: Vec<_> = headers.get_all(name).filter_map(|value| value.to_str().ok()).collect();
    let mut nearest = peer;
    for element in values.iter().rev().flat_map(|value| value.rsplit(',')) {
        let node = match header {
            Header::Standard => element.split(';').find_map(named_for),
            Header::Usual => Some(element.trim()),
        };
        let Some(address) = node.and_then(address_of) else { return nearest };
        nearest = address;
        if !proxies.contains(address) {
            return address;
        }
    }
    nearest
}

/// The value of a pair `for=…`.
fn named_for(pair: &str) -> Option<&str> {
    let (name, value) = pair.trim().split_once('=')?;
    name.eq_ignore_ascii_case("for").then(|| value.trim_matches('"'))
}

/// An address, as it is or with a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
fn address_of(node: &str) -> Option<IpAddr> {
    let address = node.parse().ok().or_else(|| node.parse::<SocketAddr>().ok().map(|address| address.ip()));
    let bracketed = || node.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    address.or_else(bracketed).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn found(peer: &str, headers: &[(&'static str, &'static str)]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let proxies = "10.0.0.0/8,2001:db8::1".parse().unwrap();
        address(Some(format!("{peer}:9").parse().unwrap()), &map, &proxies).to_string()
    }

    #[test]
    fn a_listed_proxy_says_for_whom_it_asks() {
        for (header, value, expected) in [
            ("x-forwarded-for", "192.0.2.1", "192.0.2.1"),
            ("x-forwarded-for", "1.1.1.1, 192.0.2.1", "192.0.2.1"),
            ("x-forwarded-for", "1.1.1.1, 192.0.2.1, 10.0.0.9", "192.0.2.1"),
            ("x-forwarded-for", "192.0.2.1:4711", "192.0.2.1"),
            ("x-forwarded-for", "::ffff:192.0.2.1", "192.0.2.1"),
            ("x-forwarded-for", "2001:db8::7", "2001:db8::7"),
            ("x-forwarded-for", "10.0.0.9", "10.0.0.9"),
            ("x-forwarded-for", "1.1.1.1, unknown", "10.0.0.1"),
            ("x-forwarded-for", "", "10.0.0.1"),
            ("forwarded", "for=192.0.2.1", "192.0.2.1"),
            ("forwarded", "for=1.1.1.1, FOR=\"192.0.2.1:80\";proto=https;by=10.0.0.1", "192.0.2.1"),
            ("forwarded", "proto=https;for=\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("forwarded", "for=1.1.1.1, for=_hidden", "10.0.0.1"),
            ("forwarded", "for=1.1.1.1, proto=https", "10.0.0.1"),
        ] {
            assert_eq!(found("10.0.0.1", &[(header, value)]), expected, "{header}: {value}");
        }
        assert_eq!(found("[2001:db8::1]", &[("forwarded", "for=192.0.2.1")]), "192.0.2.1");
        let two = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(found("10.0.0.1", &two), "192.0.2.1");
    }

    #[test]
    fn where_the_two_headers_differ_neither_is_believed() {
        let same = [("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(found("10.0.0.1", &same), "192.0.2.1");
        let forged = [("forwarded", "for=1.1.1.1"), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(found("10.0.0.1", &forged), "10.0.0.1");
    }

    #[test]
    fn nobody_else_is_believed() {
        for header in ["forwarded", "x-forwarded-for"] {
            let value = if header == "forwarded" { "for=192.0.2.1" } else { "192.0.2.1" };
            assert_eq!(found("192.0.2.66", &[(header, value)]), "192.0.2.66");
        }
    }
}
