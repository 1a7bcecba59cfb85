//! A server that a script plays: a port that can be up or down, and what comes to it.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, SEC_WEBSOCKET_ACCEPT, UPGRADE,
};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::connection::Connection;
use super::http::Body;
use super::inbox::Inbox;
use super::meter::Meter;
use super::upgrade::{Upgraded, check_request, has_token};
use super::{MESSAGE_LIMIT, Role};
use crate::server::ReservedPort;

/// How many connections the kernel takes before the grader has accepted them.
const BACKLOG: u32 = 1024;

/// A port of 127.0.0.1 and all that connects to it while the server is up.
#[derive(Debug)]
pub struct ScriptedServer {
    /// Held while the server is down too, so that it comes up again where it was.
    port: ReservedPort,
    accepting: Option<JoinHandle<()>>,
    arrivals: Arrivals,
}

/// What has come and has not been dealt with.
#[derive(Debug, Clone, Default)]
pub struct Arrivals(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    /// Every TCP connection, in order.
    connections: Vec<Tcp>,
    /// Requests that nobody has taken.
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Tcp {
    at: Instant,
    taken: bool,
}

#[derive(Debug)]
struct Waiting {
    connection: usize,
    at: Instant,
    is_upgrade: bool,
    request: Request<Bytes>,
    /// Switches protocols once the answer is sent.
    on_upgrade: hyper::upgrade::OnUpgrade,
    answer: oneshot::Sender<Response<Full<Bytes>>>,
}

/// A connection that a client opened.
#[derive(Debug)]
pub struct Arrival {
    /// When TCP was there.
    pub at: Instant,
    /// The path that it asked for, with its query.
    pub path: String,
    /// The connection, or what is wrong with the upgrade request.
    pub connection: Result<Connection, String>,
}

/// A request that waits for its answer. Dropping it ends its connection without one.
#[derive(Debug)]
pub struct OpenRequest {
    /// When all of it was there.
    pub at: Instant,
    /// `POST`, say.
    pub method: String,
    /// With its query.
    pub path: String,
    /// As it came.
    pub body: Bytes,
    answer: oneshot::Sender<Response<Full<Bytes>>>,
}

impl OpenRequest {
    /// Answers. Says whether the client was still there.
    pub fn respond(self, status: u16, body: Option<Body>) -> bool {
        let (content_type, bytes) = body.map(|body| (body.content_type, body.bytes)).unzip();
        let bytes = bytes.unwrap_or_default();
        let mut response = Response::new(Full::new(bytes));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        if let Some(value) = content_type.and_then(|value| HeaderValue::try_from(value).ok()) {
            response.headers_mut().insert(CONTENT_TYPE, value);
        }
        self.answer.send(response).is_ok()
    }
}

impl ScriptedServer {
    /// A server that is up, on a port that the system chose.
    ///
    /// # Errors
    ///
    /// When the system has no port.
    pub fn start() -> io::Result<Self> {
        let mut server = Self {
            port: ReservedPort::new()?,
            accepting: None,
            arrivals: Arrivals::default(),
        };
        server.up()?;
        Ok(server)
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.port.address()
    }

    /// Whether it accepts connections.
    pub fn is_up(&self) -> bool {
        self.accepting.is_some()
    }

    /// Accepts connections from now on.
    ///
    /// # Errors
    ///
    /// When the port cannot be listened on.
    pub fn up(&mut self) -> io::Result<()> {
        let socket = TcpSocket::new_v4()?;
        // Over the reservation, and over what is left of earlier connections.
        socket.set_reuseaddr(true)?;
        socket.bind(self.port.address())?;
        let listener = socket.listen(BACKLOG)?;
        self.accepting = Some(tokio::spawn(accept_all(listener, self.arrivals.clone())));
        Ok(())
    }

    /// Refuses connections from when this returns on, and ends those that no script has taken.
    pub async fn down(&mut self) {
        if let Some(accepting) = self.accepting.take() {
            accepting.abort();
            // An error says that it was aborted, which is what is waited for: the socket is closed then.
            let _ = accepting.await;
        }
        let mut state = self.arrivals.lock();
        state.waiting.clear();
        for connection in &mut state.connections {
            connection.taken = true;
        }
    }

    /// How often something has come: for [`Arrivals::news_since`].
    pub fn version(&self) -> u64 {
        *self.arrivals.0.changes.borrow()
    }

    /// What has come, to wait for more without holding the server.
    pub fn arrivals(&self) -> Arrivals {
        self.arrivals.clone()
    }

    /// Whether an upgrade request waits.
    pub fn has_upgrade(&self) -> bool {
        let state = self.arrivals.lock();
        let mut waiting = state.waiting.iter();
        waiting.any(|waiting| waiting.is_upgrade && !waiting.answer.is_closed())
    }

    /// When the first connection came that no script has taken.
    pub fn first_untaken(&self) -> Option<Instant> {
        let state = self.arrivals.lock();
        let untaken = state.connections.iter().find(|tcp| !tcp.taken);
        untaken.map(|tcp| tcp.at)
    }

    /// The first upgrade request that waits, as a connection that is being read into the inbox.
    pub async fn next_upgrade(&self, inbox: &Inbox) -> Option<Arrival> {
        let (waiting, at) = self.arrivals.take(|waiting| waiting.is_upgrade)?;
        let path = path_of(&waiting.request);
        let (head, _) = waiting.request.into_parts();
        let accept = match check_request(&head.method, &head.headers) {
            Ok(accept) => accept,
            Err(problem) => {
                let mut refusal = Response::new(Full::new(Bytes::from(problem.clone())));
                *refusal.status_mut() = StatusCode::BAD_REQUEST;
                // Who asked may be gone.
                let _ = waiting.answer.send(refusal);
                return Some(Arrival {
                    at,
                    path,
                    connection: Err(problem),
                });
            }
        };
        let _ = waiting.answer.send(switching_protocols(&accept));
        let connection = match waiting.on_upgrade.await {
            Ok(upgraded) => match upgraded.downcast::<TokioIo<TcpStream>>() {
                Ok(parts) => Ok(Connection::start(
                    Role::Server,
                    Upgraded {
                        tcp: parts.io.into_inner(),
                        meter: Meter::default(),
                        read_already: BytesMut::from(&parts.read_buf[..]),
                        at: Instant::now(),
                        took: Duration::ZERO,
                    },
                    inbox,
                )),
                Err(_) => Err("it is a connection of another kind".to_owned()),
            },
            Err(error) => Err(format!("it was gone before it was answered: {error}")),
        };
        Some(Arrival {
            at,
            path,
            connection,
        })
    }

    /// The first plain request that waits.
    pub fn next_request(&self) -> Option<OpenRequest> {
        let (waiting, _) = self.arrivals.take(|waiting| !waiting.is_upgrade)?;
        Some(OpenRequest {
            at: waiting.at,
            method: waiting.request.method().to_string(),
            path: path_of(&waiting.request),
            body: waiting.request.into_body(),
            answer: waiting.answer,
        })
    }
}

impl Drop for ScriptedServer {
    fn drop(&mut self) {
        if let Some(accepting) = &self.accepting {
            accepting.abort();
        }
    }
}

impl Arrivals {
    /// Returns as soon as something has come after that.
    pub async fn news_since(&self, version: u64) {
        let mut changes = self.0.changes.subscribe();
        // An error would mean that the sender is gone, but `self` holds it.
        let _ = changes.wait_for(|&now| now > version).await;
    }

    fn take(&self, which: impl Fn(&Waiting) -> bool) -> Option<(Waiting, Instant)> {
        let mut state = self.lock();
        // Who has gone meanwhile does not count.
        state.waiting.retain(|waiting| !waiting.answer.is_closed());
        let index = state.waiting.iter().position(which)?;
        let waiting = state.waiting.remove(index);
        let connection = &mut state.connections[waiting.connection];
        connection.taken = true;
        let at = connection.at;
        Some((waiting, at))
    }

    /// Notes a TCP connection and says which it is.
    fn connected(&self) -> usize {
        let at = Instant::now();
        let mut state = self.lock();
        state.connections.push(Tcp { at, taken: false });
        let index = state.connections.len() - 1;
        drop(state);
        self.tell();
        index
    }

    /// Wakes those who wait for news.
    fn tell(&self) {
        self.0.changes.send_modify(|version| *version += 1);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accepts until it is aborted, which ends the connections that are still HTTP.
async fn accept_all(listener: TcpListener, arrivals: Arrivals) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A client that gave up at once.
                let Ok((tcp, _)) = accepted else { continue };
                let connection = arrivals.connected();
                // A small message must not wait for the acknowledgement of the one before.
                let _ = tcp.set_nodelay(true);
                connections.spawn(serve(tcp, connection, arrivals.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Reads requests from one connection until it has switched protocols or ended.
async fn serve(tcp: TcpStream, connection: usize, arrivals: Arrivals) {
    let service = service_fn(|request: Request<Incoming>| {
        let arrivals = arrivals.clone();
        async move { answer(request, connection, &arrivals).await }
    });
    // What is no HTTP ends the connection, and never becomes a request.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(tcp), service)
        .with_upgrades()
        .await;
}

/// No script wants to answer.
#[derive(Debug, thiserror::Error)]
#[error("the script dropped the request")]
struct Unanswered;

async fn answer(
    mut request: Request<Incoming>,
    connection: usize,
    arrivals: &Arrivals,
) -> Result<Response<Full<Bytes>>, Unanswered> {
    let on_upgrade = hyper::upgrade::on(&mut request);
    let is_upgrade = has_token(request.headers(), &UPGRADE, "websocket");
    let (head, body) = request.into_parts();
    let body = Limited::new(body, MESSAGE_LIMIT as usize).collect().await;
    let body = body.map_err(|_| Unanswered)?.to_bytes();
    let (sender, answered) = oneshot::channel();
    arrivals.lock().waiting.push(Waiting {
        connection,
        at: Instant::now(),
        is_upgrade,
        request: Request::from_parts(head, body),
        on_upgrade,
        answer: sender,
    });
    arrivals.tell();
    answered.await.map_err(|_| Unanswered)
}

fn path_of<B>(request: &Request<B>) -> String {
    request
        .uri()
        .path_and_query()
        .map_or_else(|| "/".to_owned(), ToString::to_string)
}

fn switching_protocols(accept: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.remove(CONTENT_LENGTH);
    if let Ok(accept) = HeaderValue::from_str(accept) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}
