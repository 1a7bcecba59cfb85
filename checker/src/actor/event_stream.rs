//! A stream of server-sent events that a script listens to.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderMap};
use hyper::{Method, StatusCode};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Violation;
use super::connection::Opened;
use super::events::EventParser;
use super::http::{Exchange, RequestError, Target, assemble, in_time};
use super::inbox::{Ended, Event, Full, Inbox, Recorder};
use super::reader::Mode;

/// An open stream. Dropping it ends TCP, and nothing more is recorded.
#[derive(Debug)]
pub struct EventStream {
    mode: watch::Sender<Mode>,
    recorder: Recorder,
    /// The reader, which holds the connection.
    reader: JoinSet<()>,
}

impl EventStream {
    /// Asks for the stream, and from then on reads its events into the inbox.
    ///
    /// `path` goes out as it is, with its query. A header replaces the client's own of the same name, whatever its
    /// case. `deadline` is for the whole of it.
    ///
    /// # Errors
    ///
    /// When there was no HTTP response, or a 200 of another content type.
    pub async fn open(
        target: &Target,
        path: &str,
        headers: &[(String, String)],
        inbox: &Inbox,
        deadline: Duration,
    ) -> Result<Opened<Self>, RequestError> {
        let own = vec![
            (HOST, target.address.to_string()),
            (ACCEPT, "text/event-stream".to_owned()),
            (CACHE_CONTROL, "no-store".to_owned()),
        ];
        let request = assemble(Method::GET, path, own, headers, Bytes::new())?;
        in_time(deadline, async {
            let exchange = Exchange::start(target, request).await?;
            if exchange.response.status() != StatusCode::OK {
                return Ok(Opened::Refused(exchange.finish().await?));
            }
            check_content_type(exchange.response.headers())?;
            let took = exchange.answered.duration_since(exchange.start);
            Ok(Opened::Accepted {
                connection: Self::start(exchange, inbox),
                took,
            })
        })
        .await
    }

    fn start(exchange: Exchange, inbox: &Inbox) -> Self {
        let (mode, mode_receiver) = watch::channel(Mode::Read);
        let recorder = inbox.recorder();
        let mut reader = JoinSet::new();
        reader.spawn(read(exchange, mode_receiver, recorder.clone()));
        Self {
            mode,
            recorder,
            reader,
        }
    }

    /// Ends TCP, and returns when that was. Afterwards the inbox gets nothing more.
    pub async fn drop_tcp(mut self) -> Instant {
        self.recorder.mute();
        self.reader.shutdown().await;
        Instant::now()
    }

    /// Stops reading, at the latest after the read that is under way.
    pub fn stall(&self) {
        self.mode.send_replace(Mode::Stall);
    }

    /// Reads again.
    pub fn resume(&self) {
        self.mode.send_replace(Mode::Read);
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.recorder.mute();
    }
}

fn check_content_type(headers: &HeaderMap) -> Result<(), RequestError> {
    let value = headers.get(CONTENT_TYPE);
    let value = value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let essence = value.as_deref().and_then(|value| value.split(';').next());
    if essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("text/event-stream")) {
        return Ok(());
    }
    Err(RequestError::NotAnEventStream(match value {
        Some(value) => format!("its `Content-Type` is `{value}`"),
        None => "it has no `Content-Type`".to_owned(),
    }))
}

/// Ends with the stream, when the inbox is full, or when the stream is dropped.
async fn read(mut exchange: Exchange, mut mode: watch::Receiver<Mode>, recorder: Recorder) {
    let mut parser = EventParser::default();
    loop {
        let now = *mode.borrow_and_update();
        if now != Mode::Read {
            // An error means that the stream was dropped.
            if mode.changed().await.is_err() {
                return;
            }
            continue;
        }
        let frame = tokio::select! {
            biased;
            Ok(()) = mode.changed() => continue,
            frame = exchange.response.body_mut().frame() => frame,
        };
        let at = Instant::now();
        let recorded = match frame {
            Some(Ok(frame)) => {
                let bytes = frame.into_data().unwrap_or_default();
                record_events(&mut parser, &bytes, at, &recorder)
            }
            Some(Err(_)) => {
                let _ = recorder.record(at, Event::Ended(Ended::Dropped));
                return;
            }
            None => {
                let _ = recorder.record(at, Event::Ended(Ended::Complete));
                return;
            }
        };
        if recorded.is_err() {
            return;
        }
    }
}

fn record_events(
    parser: &mut EventParser,
    bytes: &[u8],
    at: Instant,
    recorder: &Recorder,
) -> Result<(), Full> {
    match parser.take(bytes) {
        Ok(events) => events
            .into_iter()
            .try_for_each(|event| recorder.record(at, Event::ServerSent(event))),
        Err(_) => {
            recorder.record(at, Event::Violation(Violation::EventTooLong))?;
            Err(Full)
        }
    }
}
