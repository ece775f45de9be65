//! How many connections there are, in all and from one address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::bounds::{Bounds, TURNED_AWAY};
use crate::{
    base::networks::{Networks, origin},
    server::telemetry::{ConnectionMetrics, TurnedAway},
};

/// Counts the connections of the process.
pub struct Gate {
    bounds: Bounds,
    proxies: Networks,
    metrics: ConnectionMetrics,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    all: usize,
    by_origin: HashMap<IpAddr, usize>,
    turned_away: usize,
}

/// A place for a connection; given back when dropped.
pub struct Permit {
    gate: Arc<Gate>,
    place: Place,
}

enum Place {
    Inside(Option<IpAddr>),
    TurnedAway,
}

impl Gate {
    pub fn new(bounds: Bounds, proxies: Networks, metrics: ConnectionMetrics) -> Arc<Self> {
        Arc::new(Self { bounds, proxies, metrics, open: Mutex::default() })
    }

    /// A place, or why there is none.
    pub fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Permit, TurnedAway> {
        // Through a proxy come many.
        let origin = (!self.proxies.contains(peer)).then(|| origin(peer));
        let mut open = self.open();
        if open.all >= self.bounds.connections {
            return Err(TurnedAway::Full);
        }
        if let Some(origin) = origin {
            let count = open.by_origin.entry(origin).or_default();
            if *count >= self.bounds.per_address {
                return Err(TurnedAway::Address);
            }
            *count += 1;
        }
        open.all += 1;
        self.metrics.opened();
        Ok(Permit { gate: Arc::clone(self), place: Place::Inside(origin) })
    }

    /// A place for one that is told to come again later, while there are few of them.
    pub fn turn_away(self: &Arc<Self>, why: TurnedAway) -> Option<Permit> {
        self.metrics.turned_away(why);
        let mut open = self.open();
        if open.turned_away >= TURNED_AWAY {
            return None;
        }
        open.turned_away += 1;
        Some(Permit { gate: Arc::clone(self), place: Place::TurnedAway })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.gate.open();
        let origin = match self.place {
            Place::TurnedAway => {
                open.turned_away -= 1;
                return;
            }
            Place::Inside(origin) => origin,
        };
        open.all -= 1;
        self.gate.metrics.closed();
        if let Some(origin) = origin
            && let Some(count) = open.by_origin.get_mut(&origin)
        {
            *count -= 1;
            if *count == 0 {
                open.by_origin.remove(&origin);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn gate(connections: usize, per_address: usize, proxies: &str) -> Arc<Gate> {
        let time = Duration::from_secs(1);
        let bounds = Bounds { connections, per_address, head: time, keep_alive: time, write: time };
        Gate::new(bounds, proxies.parse().unwrap(), ConnectionMetrics::default())
    }

    fn of(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_part_and_gives_it_back() {
        let gate = gate(3, 2, "");
        let held = [gate.admit(of("10.0.0.1")).ok(), gate.admit(of("10.0.0.1")).ok()];
        assert_eq!(gate.admit(of("10.0.0.1")).err(), Some(TurnedAway::Address));
        assert_eq!(gate.admit(of("::ffff:10.0.0.1")).err(), Some(TurnedAway::Address));
        let other = gate.admit(of("10.0.0.2")).ok();
        assert_eq!(gate.admit(of("10.0.0.3")).err(), Some(TurnedAway::Full));
        drop((held, other));
        assert!(gate.admit(of("10.0.0.1")).is_ok());
        assert!(gate.open().by_origin.is_empty());
    }

    #[test]
    fn one_network_of_ipv6_is_one_origin() {
        let gate = gate(9, 1, "");
        let _held = gate.admit(of("2001:db8:1:2::1")).ok();
        assert_eq!(gate.admit(of("2001:db8:1:2:ffff::9")).err(), Some(TurnedAway::Address));
        assert!(gate.admit(of("2001:db8:1:3::1")).is_ok());
    }

    #[test]
    fn a_listed_proxy_is_many() {
        let gate = gate(3, 1, "10.0.0.0/8");
        let held: Vec<_> = (0..3).map(|_| gate.admit(of("10.1.2.3")).ok()).collect();
        assert!(held.iter().all(Option::is_some));
        assert_eq!(gate.admit(of("10.1.2.3")).err(), Some(TurnedAway::Full));
    }
}
