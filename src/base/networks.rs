//! Lists of addresses and networks, as an operator writes them.

use std::{
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

/// Addresses of the network's own peers, such as `10.0.0.0/8, ::1`.
#[derive(Debug, Clone, Default)]
pub struct Networks(Vec<(u128, u128)>);

impl Networks {
    /// Whether the address is in one of them.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let address = bits(address);
        self.0.iter().any(|(network, mask)| address & mask == *network)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Networks {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

/// The first address and the mask of a network.
fn network(text: &str) -> Result<(u128, u128), String> {
    let wrong = || format!("{text:?} is no IP address and no network such as 10.0.0.0/8");
    let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    let most: u32 = if address.is_ipv4() { 32 } else { 128 };
    let length = length.map_or(Ok(most), str::parse).ok().filter(|length| *length <= most).ok_or_else(wrong)?;
    let mask = u128::MAX.checked_shl(most - length).unwrap_or(0);
    let first = bits(address);
    if first & mask != first {
        return Err(format!("{text:?} has bits set behind its network; write the network's first address"));
    }
    Ok((first, mask))
}

/// What one caller can choose from: an address of IPv4, a /64 of IPv6.
#[must_use]
pub fn origin(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

/// An address as one of IPv6, in which those of IPv4 have a network of their own.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => Ipv6Addr::to_bits(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_its_network_however_it_is_written() {
        let networks: Networks = "10.1.0.0/16, 192.0.2.7 ,2001:db8::/32,::1".parse().unwrap();
        for inside in ["10.1.255.1", "::ffff:10.1.0.0", "192.0.2.7", "2001:db8:9::1", "::1"] {
            assert!(networks.contains(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["10.2.0.0", "192.0.2.8", "2001:db9::1", "::2", "127.0.0.1"] {
            assert!(!networks.contains(outside.parse().unwrap()), "{outside}");
        }
        assert!("0.0.0.0/0".parse::<Networks>().unwrap().contains([8, 8, 8, 8].into()));
        assert!(!"0.0.0.0/0".parse::<Networks>().unwrap().contains("2001:db8::1".parse().unwrap()));
        assert!("".parse::<Networks>().unwrap().is_empty());
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for wrong in ["proxy.local", "10.0.0.0/33", "10.0.0.1/8", "::/129", "10.0.0.0/-1", "10.0.0"] {
            assert!(wrong.parse::<Networks>().is_err(), "{wrong}");
        }
    }
}
