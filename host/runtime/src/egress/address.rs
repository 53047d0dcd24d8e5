//! Which addresses a plugin may reach: the public ones, and those the operator lists.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::origin::{HostPattern, InvalidOrigin};

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    const fn new(address: IpAddr, bits: u8) -> Self {
        Self { address, bits }
    }

    /// Whether `address` lies in the range. Ranges of one family hold none of the other.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| ())?)),
            None => (text, None),
        };
        let address: IpAddr = address.trim_start_matches('[').trim_end_matches(']').parse().map_err(|_| ())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits > most { Err(()) } else { Ok(Self { address, bits }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// An entry of `network.allow_private`: a host by name, or a range of addresses (`10.1.0.0/16`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrivateAllowance {
    /// Whatever this name resolves to, or every name below it.
    Host(HostPattern),
    /// Addresses in this range, whatever name leads there.
    Range(Network),
}

impl FromStr for PrivateAllowance {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        if let Ok(range) = text.parse() {
            return Ok(Self::Range(range));
        }
        text.parse().map(Self::Host).map_err(|error: InvalidOrigin| InvalidOrigin {
            wanted: "a host such as `forum.internal` or a range such as `10.1.0.0/16`",
            ..error
        })
    }
}

/// An address that was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{host} leads to {address}, {kind}")]
pub(crate) struct PrivateAddress {
    pub(crate) host: String,
    pub(crate) address: IpAddr,
    pub(crate) kind: &'static str,
}

/// Whether `host` may be reached at `address`.
pub(crate) fn judge(host: &str, address: IpAddr, allowed: &[PrivateAllowance]) -> Result<(), PrivateAddress> {
    let Some(kind) = special(address) else { return Ok(()) };
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let listed = allowed.iter().any(|allowance| match allowance {
        PrivateAllowance::Host(pattern) => pattern.covers(&name),
        PrivateAllowance::Range(range) => range.contains(address),
    });
    if listed { Ok(()) } else { Err(PrivateAddress { host: host.to_owned(), address, kind }) }
}

macro_rules! ranges {
    ($($kind:literal: $($address:literal / $bits:literal),+;)*) => {
        &[$($(($address, $bits, $kind)),+),*]
    };
}

/// What is not the public internet. IPv6 forms that carry an IPv4 address inside are refused as a whole: nothing public needs
/// them in a name's answer, and each is a way around a list of IPv4 ranges.
///
/// # Source
/// IANA IPv4 and IPv6 Special-Purpose Address Registries.
const SPECIAL: &[(&str, u8, &str)] = ranges! {
    "an unspecified address": "0.0.0.0"/8, "::"/128;
    "a private address": "10.0.0.0"/8, "172.16.0.0"/12, "192.168.0.0"/16, "fc00::"/7, "fec0::"/10;
    "a carrier-grade address": "100.64.0.0"/10;
    "a loopback address": "127.0.0.0"/8, "::1"/128;
    "a link-local address": "169.254.0.0"/16, "fe80::"/10;
    "a reserved address": "192.0.0.0"/24, "198.18.0.0"/15, "240.0.0.0"/4, "100::"/64, "2001::"/23, "5f00::"/16;
    "a documentation address": "192.0.2.0"/24, "198.51.100.0"/24, "203.0.113.0"/24, "2001:db8::"/32, "3fff::"/20;
    "a multicast address": "224.0.0.0"/4, "ff00::"/8;
    "a mapped IPv4 address": "::ffff:0:0"/96, "::ffff:0:0:0"/96, "::"/96;
    "a translated IPv4 address": "64:ff9b::"/96, "64:ff9b:1::"/48, "2002::"/16, "192.88.99.0"/24;
};

fn special(address: IpAddr) -> Option<&'static str> {
    SPECIAL.iter().find_map(|(base, bits, kind)| {
        let base: IpAddr = base.parse().ok()?;
        Network::new(base, *bits).contains(address).then_some(*kind)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<&'static str> {
        special(text.parse().expect("an address"))
    }

    #[test]
    fn every_range_of_the_table_is_readable() {
        for (base, bits, _) in SPECIAL {
            assert!(format!("{base}/{bits}").parse::<Network>().is_ok(), "{base}/{bits}");
        }
    }

    #[test]
    fn what_is_not_public_is_named() {
        for (address, named) in [
            ("127.0.0.1", "loopback"),
            ("127.255.0.9", "loopback"),
            ("::1", "loopback"),
            ("0.0.0.0", "unspecified"),
            ("::", "unspecified"),
            ("10.9.8.7", "private"),
            ("172.31.255.255", "private"),
            ("192.168.0.1", "private"),
            ("fd12:3456::1", "private"),
            ("100.64.0.1", "carrier-grade"),
            ("169.254.169.254", "link-local"),
            ("fe80::1", "link-local"),
            ("224.0.0.251", "multicast"),
            ("ff02::1", "multicast"),
            ("192.0.2.1", "documentation"),
            ("2001:db8::1", "documentation"),
            ("255.255.255.255", "reserved"),
            ("198.19.0.1", "reserved"),
            ("::ffff:127.0.0.1", "mapped"),
            ("::ffff:8.8.8.8", "mapped"),
            ("::127.0.0.1", "mapped"),
            ("64:ff9b::7f00:1", "translated"),
            ("2002:7f00:1::", "translated"),
            ("2001:0:7f00:1::", "reserved"),
        ] {
            assert!(kind(address).is_some_and(|kind| kind.contains(named)), "{address} is {:?}", kind(address));
        }
        for address in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "9.255.255.255", "2606:4700::1111", "2a00:1450:4001::1"] {
            assert_eq!(kind(address), None, "{address}");
        }
    }

    #[test]
    fn the_operator_may_list_hosts_and_ranges() {
        let allowed: Vec<PrivateAllowance> =
            ["forum.internal", "*.lan.example", "10.1.0.0/16", "::1"].map(|text| text.parse().expect("an allowance")).into();
        let may = |host: &str, address: &str| judge(host, address.parse().expect("an address"), &allowed).is_ok();
        assert!(may("forum.internal", "127.0.0.1"));
        assert!(may("FORUM.internal.", "127.0.0.1"));
        assert!(may("a.lan.example", "192.168.1.1"));
        assert!(may("anything.example", "10.1.200.3"));
        assert!(may("[::1]", "::1"));
        assert!(!may("anything.example", "10.2.0.1"));
        assert!(!may("other.internal", "127.0.0.1"));
        for text in ["10.0.0.0/33", "", "*foo", "a/b", "10.0.0.0/x"] {
            assert!(text.parse::<PrivateAllowance>().is_err(), "{text}");
        }
    }
}
