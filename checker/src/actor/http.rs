//! HTTP/1.1 requests, each on a TCP connection of its own.

use std::error::Error;
use std::io;
use std::iter;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::http::uri::PathAndQuery;
use hyper::{Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::MESSAGE_LIMIT;
use super::meter::{Meter, Metered};

/// The server that is spoken to.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where it listens.
    pub address: SocketAddr,
    /// Counts what is sent to it and received from it.
    pub meter: Meter,
}

impl Target {
    /// A server, with a meter of its own.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            meter: Meter::default(),
        }
    }
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The value of `Content-Type`.
    pub content_type: String,
    /// What is sent.
    pub bytes: Bytes,
}

/// A whole response.
#[derive(Debug, Clone)]
pub struct HttpResponse {
    /// 100 to 999.
    pub status: u16,
    /// As they came.
    pub headers: HeaderMap,
    /// Chunks put together.
    pub body: Bytes,
    /// From before the TCP connection to the last byte of the body.
    pub took: Duration,
}

/// Why there is no response. The text is for the student.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// There is no TCP connection.
    #[error("could not connect to {address}: {error}")]
    Connect {
        /// Of the server.
        address: SocketAddr,
        /// As the system gave it.
        error: io::Error,
    },
    /// The response, or the end of it, did not come in time.
    #[error("the server did not answer within {after:?}")]
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// A 101 response that RFC 6455 §4.1 tells the client to reject.
    #[error("the server answered 101 Switching Protocols, but {0} (RFC 6455 section 4.1)")]
    InvalidUpgrade(String),
    /// A 200 response to one who listens for events, of another content type.
    #[error(
        "the server answered 200, but {0}, where `text/event-stream` belongs (WHATWG HTML, section 9.2.3)"
    )]
    NotAnEventStream(String),
    /// What came is no HTTP/1.1 response, or not all of one.
    #[error("the server {0}")]
    Broken(String),
    /// The path cannot stand in a request.
    #[error("`{0}` is not a path: it must begin with `/` and hold neither spaces nor `#`")]
    InvalidPath(String),
    /// The method cannot stand in a request.
    #[error("`{0}` is not an HTTP method")]
    InvalidMethod(String),
    /// A header cannot stand in a request.
    #[error("`{0}` is not a header: it has a character that HTTP does not allow there")]
    InvalidHeader(String),
    /// The body is longer than [`MESSAGE_LIMIT`].
    #[error("the server answered with a body of more than {MESSAGE_LIMIT} bytes")]
    TooLarge,
}

/// Makes one request and reads the whole response. `deadline` is for all of it.
///
/// `path` goes out as it is, with its query. A header replaces the client's own of the same name, whatever its case.
///
/// # Errors
///
/// When there was no whole response. A status is never an error.
pub async fn request(
    target: &Target,
    method: &str,
    path: &str,
    headers: &[(String, String)],
    body: Option<Body>,
    deadline: Duration,
) -> Result<HttpResponse, RequestError> {
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| RequestError::InvalidMethod(method.to_owned()))?;
    let mut own = vec![
        (HOST, target.address.to_string()),
        (CONNECTION, "close".to_owned()),
    ];
    let (content_type, bytes) = body.map(|body| (body.content_type, body.bytes)).unzip();
    own.extend(content_type.map(|value| (CONTENT_TYPE, value)));
    let request = assemble(method, path, own, headers, bytes.unwrap_or_default())?;
    in_time(deadline, async {
        let exchange = Exchange::start(target, request).await?;
        exchange.finish().await
    })
    .await
}

/// Puts a request together. `headers` replace those of `own` that have the same name.
pub(super) fn assemble(
    method: Method,
    path: &str,
    own: Vec<(HeaderName, String)>,
    headers: &[(String, String)],
    body: Bytes,
) -> Result<Request<Full<Bytes>>, RequestError> {
    let invalid_path = || RequestError::InvalidPath(path.to_owned());
    if !path.starts_with('/') || path.contains('#') {
        return Err(invalid_path());
    }
    let path_and_query = PathAndQuery::try_from(path).map_err(|_| invalid_path())?;

    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method;
    *request.uri_mut() = Uri::from(path_and_query);
    let map = request.headers_mut();
    for (name, value) in own {
        map.append(&name, header_value(name.as_str(), &value)?);
    }
    let given = headers
        .iter()
        .map(|(name, value)| {
            let parsed = HeaderName::try_from(name)
                .map_err(|_| RequestError::InvalidHeader(format!("{name}: {value}")))?;
            Ok((parsed, header_value(name, value)?))
        })
        .collect::<Result<Vec<_>, RequestError>>()?;
    for (name, _) in &given {
        map.remove(name);
    }
    for (name, value) in given {
        map.append(name, value);
    }
    Ok(request)
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue, RequestError> {
    HeaderValue::try_from(value)
        .map_err(|_| RequestError::InvalidHeader(format!("{name}: {value}")))
}

/// Ends what takes longer than the deadline.
pub(super) async fn in_time<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, RequestError>>,
) -> Result<T, RequestError> {
    timeout(deadline, work)
        .await
        .unwrap_or(Err(RequestError::TimedOut { after: deadline }))
}

/// A request that was answered with a head. Dropping it ends TCP.
pub(super) struct Exchange {
    pub(super) response: Response<Incoming>,
    pub(super) start: Instant,
    /// When the head was there.
    pub(super) answered: Instant,
    /// Moves the bytes.
    _driver: JoinSet<()>,
}

impl Exchange {
    /// Connects, sends, and reads the head.
    pub(super) async fn start(
        target: &Target,
        request: Request<Full<Bytes>>,
    ) -> Result<Self, RequestError> {
        let start = Instant::now();
        let address = target.address;
        let connect_error = |error| RequestError::Connect { address, error };
        let tcp = TcpStream::connect(address).await.map_err(connect_error)?;
        // A small message must not wait for the acknowledgement of the one before.
        tcp.set_nodelay(true).map_err(connect_error)?;

        let (mut sender, connection) = http1::Builder::new()
            .title_case_headers(true)
            .handshake(TokioIo::new(Metered::new(tcp, target.meter.clone())))
            .await
            .map_err(|error| broken(&error))?;
        let mut driver = JoinSet::new();
        driver.spawn(async {
            // The error also reaches whoever waits for the response.
            let _ = connection.with_upgrades().await;
        });
        target.meter.count_request();
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| broken(&error))?;
        Ok(Self {
            response,
            start,
            answered: Instant::now(),
            _driver: driver,
        })
    }

    /// Reads the body.
    pub(super) async fn finish(self) -> Result<HttpResponse, RequestError> {
        let (head, body) = self.response.into_parts();
        if body.size_hint().lower() > MESSAGE_LIMIT {
            return Err(RequestError::TooLarge);
        }
        let collected = Limited::new(body, MESSAGE_LIMIT as usize).collect().await;
        let body = collected.map_err(|error| {
            if error.is::<LengthLimitError>() {
                RequestError::TooLarge
            } else {
                match error.downcast_ref::<hyper::Error>() {
                    Some(error) => broken(error),
                    None => RequestError::Broken(error.to_string()),
                }
            }
        })?;
        Ok(HttpResponse {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.to_bytes(),
            took: self.start.elapsed(),
        })
    }
}

/// In words that say what the server did.
pub(super) fn broken(error: &hyper::Error) -> RequestError {
    let cut_short = error.is_incomplete_message()
        || causes(error)
            .filter_map(|cause| cause.downcast_ref::<io::Error>())
            .any(|cause| cause.kind() == io::ErrorKind::UnexpectedEof);
    RequestError::Broken(if cut_short {
        "closed the connection before the end of the response".to_owned()
    } else if error.is_parse() {
        format!("answered with something that is not HTTP/1.1: {error}")
    } else {
        let whole: Vec<_> = causes(error).map(ToString::to_string).collect();
        format!("broke the connection off: {}", whole.join(": "))
    })
}

/// An error and what caused it, outermost first.
fn causes<'a>(error: &'a hyper::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let outermost: &'a (dyn Error + 'static) = error;
    iter::successors(Some(outermost), |error| (*error).source())
}
