//! A port that nobody else is given.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A port of 127.0.0.1, kept from everyone but a server that is told its number.
///
/// The socket is bound and never listens, so a server with `SO_REUSEADDR` (those of Rust's standard library, Node and Python)
/// can bind over it, while the system gives the port to nobody who asks for any free one.
#[derive(Debug)]
pub(crate) struct ReservedPort {
    address: SocketAddr,
    socket: Option<TcpSocket>,
}

impl ReservedPort {
    pub(crate) fn new() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self {
            address: socket.local_addr()?,
            // Only Linux lets another socket bind over it.
            socket: cfg!(target_os = "linux").then_some(socket),
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn is_held(&self) -> bool {
        self.socket.is_some()
    }

    /// For a server without `SO_REUSEADDR`. From here on another process could take the port.
    pub(super) fn release(&mut self) {
        self.socket = None;
    }
}
