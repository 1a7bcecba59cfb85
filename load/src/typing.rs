//! Many people typing in one document: how long a keystroke takes to the others, and whether all have the same text in the end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use ot::compose::compose;
use ot::operation::Operation;
use ot::transform::transform;
use ot::wire;
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval_at, timeout};

use crate::LoadError;
use crate::client::{Client, request};
use crate::service::Started;

/// How long the last operations may take to reach everyone, on a machine that does other things too.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);

/// How text that many typed at once arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typing {
    /// How many typed.
    pub clients: usize,
    /// How many characters they typed together.
    pub characters: usize,
    /// From the keystroke to each of the others, sorted.
    pub latencies: Vec<Duration>,
    /// How many copies of the text, the server's among them, were not the server's.
    pub different: usize,
    /// How many characters the text has.
    pub length: u64,
}

impl Typing {
    /// The latency that so many of a hundred were not above.
    pub fn percentile(&self, percent: usize) -> Duration {
        let place = (self.latencies.len() * percent).div_ceil(100).max(1);
        self.latencies.get(place - 1).copied().unwrap_or_default()
    }

    /// Whether every copy is the server's, with every character that was typed, and every keystroke came to all others.
    pub fn is_complete(&self) -> bool {
        let arrived = self.characters * (self.clients - 1);
        let all = u64::try_from(self.characters).is_ok_and(|typed| typed == self.length);
        self.different == 0 && self.latencies.len() == arrived && all
    }
}

/// When the characters of an operation were typed, by its name.
type Keystrokes = Arc<Mutex<HashMap<String, Vec<Instant>>>>;

/// Lets so many people type `each` characters into one document, one in every `pause`.
///
/// # Errors
///
/// When a connection is refused or lost, or something does not come at all.
pub async fn typing(
    started: &Started,
    clients: usize,
    each: usize,
    pause: Duration,
) -> Result<Typing, LoadError> {
    let owner = started.token("owner")?;
    let document = json!({ "title": "Load" });
    let document = request(started, "POST", "/api/documents", &owner, &document).await?;
    let path = format!("/api/documents/{}", string(&document, "docId")?);
    let role = json!({ "role": "editor" });
    let link = request(started, "POST", &format!("{path}/links"), &owner, &role).await?;
    let follow = format!("/api/links/{}", string(&link, "link")?);
    let socket = format!("/ws/{}", string(&document, "docId")?);

    let mut typists = Vec::new();
    let keystrokes = Keystrokes::default();
    for number in 0..clients {
        let token = started.token(&format!("typist{number}"))?;
        request(started, "POST", &follow, &token, &Value::Null).await?;
        let client = Client::open(started, &format!("{socket}?token={token}")).await?;
        let typist = Typist::new(client, number, Arc::clone(&keystrokes)).await?;
        typists.push(typist);
    }
    let total = u64::try_from(clients * each).unwrap_or(u64::MAX);
    let began = Instant::now() + Duration::from_millis(100);
    let count = u32::try_from(clients).unwrap_or(u32::MAX);
    let typing = typists.into_iter().zip(0u32..).map(|(typist, number)| {
        // Spread over the pause: people do not press their keys at the same instant.
        let first = began + pause * number / count;
        tokio::spawn(typist.type_text(first, each, pause, total))
    });
    let ended = try_join_all(typing).await;
    let ended = ended.map_err(|error| LoadError::Answer(error.to_string()))?;
    let ended = ended.into_iter().collect::<Result<Vec<Typist>, _>>()?;

    let document = request(started, "GET", &path, &owner, &Value::Null).await?;
    let content = string(&document, "content")?;
    let mut latencies: Vec<Duration> = Vec::new();
    let mut different = 0;
    for typist in ended {
        different += usize::from(typist.text != content);
        latencies.extend(typist.latencies);
    }
    latencies.sort_unstable();
    Ok(Typing {
        clients,
        characters: clients * each,
        latencies,
        different,
        length: ot::length(content),
    })
}

/// Someone who types: one operation under way, and one that collects what is typed meanwhile.
struct Typist {
    client: Client,
    number: usize,
    text: String,
    revision: u64,
    outstanding: Option<(String, Operation)>,
    buffer: Option<(Vec<Instant>, Operation)>,
    operations: usize,
    keystrokes: Keystrokes,
    latencies: Vec<Duration>,
}

impl Typist {
    async fn new(
        mut client: Client,
        number: usize,
        keystrokes: Keystrokes,
    ) -> Result<Self, LoadError> {
        let document = client.next_of_type("document").await?;
        Ok(Self {
            client,
            number,
            text: string(&document, "content")?.to_owned(),
            revision: revision(&document)?,
            outstanding: None,
            buffer: None,
            operations: 0,
            keystrokes,
            latencies: Vec::new(),
        })
    }

    /// Types, and goes on listening until `total` characters are there and all of its own are acknowledged.
    async fn type_text(
        mut self,
        first: Instant,
        each: usize,
        pause: Duration,
        total: u64,
    ) -> Result<Self, LoadError> {
        let mut keys = interval_at(first.into(), pause);
        // A keystroke that was late is typed at once, and not forgotten.
        keys.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut typed = 0;
        while typed < each || self.outstanding.is_some() || ot::length(&self.text) < total {
            let patience = timeout(SETTLED_WITHIN, async {
                tokio::select! {
                    _ = keys.tick(), if typed < each => Ok(None),
                    message = self.client.next_message() => message.map(Some),
                }
            });
            let happened = patience.await;
            let happened = happened
                .map_err(|_| LoadError::Answer("the text never came to rest".to_owned()))?;
            match happened? {
                Some(message) => self.hear(&message).await?,
                None => {
                    typed += 1;
                    self.press(typed).await?;
                }
            }
        }
        Ok(self)
    }

    /// Types a character somewhere in the text.
    async fn press(&mut self, typed: usize) -> Result<(), LoadError> {
        let length = ot::length(&self.text);
        let spread = (self.number * 7919 + typed * 104_729) as u64;
        let place = spread % (length + 1);
        let character = if typed.is_multiple_of(10) {
            "😀"
        } else {
            "x"
        };
        let mut operation = Operation::new();
        operation.retain(place).map_err(wrong)?;
        operation.insert(character).map_err(wrong)?;
        operation.retain(length - place).map_err(wrong)?;
        self.text = operation.apply(&self.text).map_err(wrong)?;
        let (mut pressed, buffer) = match self.buffer.take() {
            Some((pressed, buffer)) => (pressed, compose(&buffer, &operation).map_err(wrong)?),
            None => (Vec::new(), operation),
        };
        pressed.push(Instant::now());
        self.buffer = Some((pressed, buffer));
        self.flush().await
    }

    async fn flush(&mut self) -> Result<(), LoadError> {
        if self.outstanding.is_some() {
            return Ok(());
        }
        let Some((pressed, operation)) = self.buffer.take() else {
            return Ok(());
        };
        self.operations += 1;
        let op_id = format!("{}.{}", self.number, self.operations);
        self.keystrokes().insert(op_id.clone(), pressed);
        let message = json!({
            "type": "operation",
            "opId": op_id,
            "revision": self.revision,
            "operation": operation,
        });
        self.outstanding = Some((op_id, operation));
        self.client.send(message).await
    }

    async fn hear(&mut self, message: &Value) -> Result<(), LoadError> {
        match message["type"].as_str() {
            Some("ack") => {
                self.revision = revision(message)?;
                self.outstanding = None;
                self.flush().await
            }
            Some("document-updated") => self.advance(message),
            Some("error") => Err(LoadError::Answer(format!("refused: {message}"))),
            _ => Ok(()),
        }
    }

    fn advance(&mut self, message: &Value) -> Result<(), LoadError> {
        self.revision = revision(message)?;
        let mut theirs = wire::operation(&message["operation"]).map_err(wrong)?;
        let outstanding = self.outstanding.iter_mut().map(|(_, operation)| operation);
        let buffer = self.buffer.iter_mut().map(|(_, operation)| operation);
        for ours in outstanding.chain(buffer) {
            (*ours, theirs) = transform(ours, &theirs).map_err(wrong)?;
        }
        self.text = theirs.apply(&self.text).map_err(wrong)?;
        let op_id = string(message, "opId")?;
        let pressed = self.keystrokes().get(op_id).cloned().unwrap_or_default();
        self.latencies.extend(pressed.iter().map(Instant::elapsed));
        Ok(())
    }

    fn keystrokes(&self) -> MutexGuard<'_, HashMap<String, Vec<Instant>>> {
        self.keystrokes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn wrong(error: impl std::error::Error) -> LoadError {
    LoadError::Answer(error.to_string())
}

fn string<'a>(message: &'a Value, member: &str) -> Result<&'a str, LoadError> {
    let found = message[member].as_str();
    found.ok_or_else(|| LoadError::Answer(format!("there is no {member} in {message}")))
}

fn revision(message: &Value) -> Result<u64, LoadError> {
    let found = message["revision"].as_u64();
    found.ok_or_else(|| LoadError::Answer(format!("there is no revision in {message}")))
}
