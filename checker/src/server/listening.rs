//! Where a process and its descendants accept TCP connections.

use std::net::SocketAddr;

use rustix::process::Pid;

/// The addresses at which descendants of `root` listen, sorted.
///
/// The system tells only on Linux; elsewhere none are found.
#[cfg(not(target_os = "linux"))]
pub(super) fn listening_addresses(_root: Pid) -> Vec<SocketAddr> {
    Vec::new()
}

/// The addresses at which descendants of `root` listen, sorted.
#[cfg(target_os = "linux")]
pub(super) fn listening_addresses(root: Pid) -> Vec<SocketAddr> {
    linux::listening_addresses(root)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeSet;
    use std::fs;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

    use rustix::process::Pid;

    use crate::server::processes::descendants;

    pub(super) fn listening_addresses(root: Pid) -> Vec<SocketAddr> {
        let open: BTreeSet<u64> = descendants(root)
            .into_iter()
            .flat_map(socket_inodes)
            .collect();
        let mut found = BTreeSet::new();
        for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
            let text = fs::read_to_string(table).unwrap_or_default();
            found.extend(
                text.lines()
                    .filter_map(listener)
                    .filter_map(|(address, inode)| open.contains(&inode).then_some(address)),
            );
        }
        found.into_iter().collect()
    }

    fn socket_inodes(pid: Pid) -> Vec<u64> {
        let Ok(files) = fs::read_dir(format!("/proc/{pid}/fd")) else {
            return Vec::new();
        };
        files
            .flatten()
            .filter_map(|file| {
                let target = fs::read_link(file.path()).ok()?;
                let inode = target.to_str()?.strip_prefix("socket:[")?;
                inode.strip_suffix(']')?.parse().ok()
            })
            .collect()
    }

    /// The address and the inode of a line of `/proc/net/tcp` (proc_pid_net(5)) if its socket listens.
    fn listener(line: &str) -> Option<(SocketAddr, u64)> {
        const LISTEN: &str = "0A";
        let mut fields = line.split_ascii_whitespace().skip(1);
        let local = fields.next()?;
        if fields.nth(1)? != LISTEN {
            return None;
        }
        let inode = fields.nth(5)?.parse().ok()?;
        Some((address(local)?, inode))
    }

    /// `0100007F:1F90` is 127.0.0.1:8080: words as they lie in memory, the port as one reads it.
    fn address(text: &str) -> Option<SocketAddr> {
        let (ip, port) = text.split_once(':')?;
        let port = u16::from_str_radix(port, 16).ok()?;
        let mut bytes = Vec::with_capacity(16);
        for start in (0..ip.len()).step_by(8) {
            let word = u32::from_str_radix(ip.get(start..start + 8)?, 16).ok()?;
            bytes.extend(word.to_ne_bytes());
        }
        let ip = match bytes.len() {
            4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok().map(Ipv4Addr::from)?),
            16 => IpAddr::from(<[u8; 16]>::try_from(bytes).ok().map(Ipv6Addr::from)?),
            _ => return None,
        };
        Some(SocketAddr::new(ip, port))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn listening_sockets_are_read_from_the_kernels_tables() {
            let heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
            let v4 = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0";
            let connected = v4.replace(" 0A ", " 01 ");
            let v6 = "   1: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 77 1 0";
            assert_eq!(listener(heading), None);
            assert_eq!(listener(&connected), None);
            if cfg!(target_endian = "little") {
                assert_eq!(
                    listener(v4),
                    Some(("127.0.0.1:8080".parse().expect("an address"), 4242))
                );
                assert_eq!(
                    listener(v6),
                    Some(("[::1]:80".parse().expect("an address"), 77))
                );
            }
        }
    }
}
