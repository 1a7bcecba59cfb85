//! What is said at `/chat`: written down, told to everyone, and told once.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt;
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::protocol::{ClientId, ServerMessage};

/// How many messages may wait for a connection that is slow to read.
const WAITING: usize = 256;
/// How many messages are known by their names, so that one that comes again is not said again.
const KNOWN: usize = 1000;

/// The chat that all connections share.
#[derive(Debug)]
pub struct Chat {
    journal: Option<PathBuf>,
    said: broadcast::Sender<Utf8Bytes>,
    known: Mutex<Known>,
}

impl Chat {
    /// A chat in which nothing has been said. What is said is written to the end of `journal`, if
    /// there is one.
    pub fn new(journal: Option<PathBuf>) -> Self {
        let (said, _) = broadcast::channel(WAITING);
        Self {
            journal,
            said,
            known: Mutex::default(),
        }
    }

    /// What is said from here on, each a `new-message` as JSON.
    pub fn listen(&self) -> broadcast::Receiver<Utf8Bytes> {
        self.said.subscribe()
    }

    /// Writes a message down and tells everyone. One that has come before, from the same user under
    /// the same `client_id`, is not said again.
    ///
    /// # Errors
    /// When it cannot be written down. Then nobody has heard it.
    pub async fn say(&self, username: &str, client_id: ClientId, content: &str) -> io::Result<()> {
        let key = (username.to_owned(), client_id);
        if !self.known().insert(key.clone()) {
            return Ok(());
        }
        let message = ServerMessage::NewMessage {
            username: username.to_owned(),
            content: content.to_owned(),
        };
        if let Err(error) = self.write_down(&message).await {
            self.known().remove(&key);
            return Err(error);
        }
        // An error means that nobody listens.
        self.said.send(message.to_json().into()).ok();
        Ok(())
    }

    async fn write_down(&self, message: &ServerMessage) -> io::Result<()> {
        let Some(path) = &self.journal else {
            return Ok(());
        };
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .await?;
        file.write_all(format!("{}\n", message.to_json()).as_bytes())
            .await?;
        file.flush().await
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Each change is one call: a panic elsewhere has left nothing half done.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last messages, by who sent them and under which name.
#[derive(Debug, Default)]
struct Known {
    keys: HashSet<(String, ClientId)>,
    order: VecDeque<(String, ClientId)>,
}

impl Known {
    /// Says whether it is new.
    fn insert(&mut self, key: (String, ClientId)) -> bool {
        if !self.keys.insert(key.clone()) {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > KNOWN
            && let Some(oldest) = self.order.pop_front()
        {
            self.keys.remove(&oldest);
        }
        true
    }

    fn remove(&mut self, key: &(String, ClientId)) {
        self.keys.remove(key);
        self.order.retain(|known| known != key);
    }
}
