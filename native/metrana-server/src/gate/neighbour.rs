//! Whether the other end of a connection on this machine belongs to the user whom the server runs as.
//!
//! Linux lists every socket of the machine with its owner. Where there is no such list, nobody is recognised.

use std::net::SocketAddr;

/// Whether `peer`, the other end of a connection to `local`, is a socket of this user.
#[cfg(target_os = "linux")]
pub(super) fn is_this_user(peer: SocketAddr, local: SocketAddr) -> bool {
    let user = rustix::process::geteuid().as_raw();
    peer.ip().is_loopback()
        && ["/proc/self/net/tcp", "/proc/self/net/tcp6"]
            .iter()
            .filter_map(|path| std::fs::read_to_string(path).ok())
            .any(|list| table::owner(&list, peer, local) == Some(user))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_this_user(_peer: SocketAddr, _local: SocketAddr) -> bool {
    false
}

/// The kernel's list of sockets: a line each, addresses in hexadecimal in words of the machine's order.
#[cfg(target_os = "linux")]
mod table {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

    const ESTABLISHED: &str = "01";

    /// Who owns the socket that is `here` and connected to `there`.
    pub(super) fn owner(list: &str, here: SocketAddr, there: SocketAddr) -> Option<u32> {
        let same = |text: &str, address: SocketAddr| {
            address_of(text).is_some_and(|found| {
                found.port() == address.port() && found.ip() == address.ip().to_canonical()
            })
        };
        list.lines().skip(1).find_map(|line| {
            let mut fields = line.split_ascii_whitespace().skip(1);
            let is_it =
                same(fields.next()?, here) && same(fields.next()?, there) && fields.next()? == ESTABLISHED;
            // Queues, timer and retransmissions stand before the owner.
            if is_it { fields.nth(3)?.parse().ok() } else { None }
        })
    }

    fn address_of(text: &str) -> Option<SocketAddr> {
        let (address, port) = text.split_once(':')?;
        let ip = match address.len() {
            8 => IpAddr::from(Ipv4Addr::from(word(address)?)),
            32 => {
                let mut bytes = [0; 16];
                for (place, four) in bytes.chunks_exact_mut(4).enumerate() {
                    four.copy_from_slice(&word(address.get(place * 8..place * 8 + 8)?)?);
                }
                IpAddr::from(Ipv6Addr::from(bytes)).to_canonical()
            }
            _ => return None,
        };
        Some(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?))
    }

    fn word(hexadecimal: &str) -> Option<[u8; 4]> {
        u32::from_str_radix(hexadecimal, 16).ok().map(u32::to_ne_bytes)
    }

    #[cfg(all(test, target_endian = "little"))]
    mod tests {
        use super::owner;

        const LIST: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1B9E 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1111 1
   1: 0100007F:A001 0100007F:1B9E 01 00000000:00000000 00:00000000 00000000  1001        0 2222 1
   2: 0100007F:A002 0100007F:1B9E 06 00000000:00000000 00:00000000 00000000  1002        0 0 1
   3: 00000000000000000000000001000000:A003 00000000000000000000000001000000:1B9E 01 0:0 00:0 0  1003 0 3333 1
   4: 0000000000000000FFFF00000100007F:A004 0000000000000000FFFF00000100007F:1B9E 01 0:0 00:0 0  1004 0 4444 1
   5: cut short";

        #[test]
        fn a_connection_has_the_owner_of_its_other_end() {
            let owner = |here: &str, there: &str| owner(LIST, here.parse().unwrap(), there.parse().unwrap());
            assert_eq!(owner("127.0.0.1:40961", "127.0.0.1:7070"), Some(1001));
            assert_eq!(owner("[::1]:40963", "[::1]:7070"), Some(1003));
            assert_eq!(owner("127.0.0.1:40964", "127.0.0.1:7070"), Some(1004), "an address of IPv4 in IPv6");
            assert_eq!(owner("127.0.0.1:40962", "127.0.0.1:7070"), None, "it has ended");
            assert_eq!(owner("127.0.0.1:40965", "127.0.0.1:7070"), None, "nobody's");
            assert_eq!(
                owner("127.0.0.1:7070", "127.0.0.1:40961"),
                None,
                "the server's own end is not asked for"
            );
        }
    }
}
