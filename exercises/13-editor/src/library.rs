//! All documents: those that are in memory, and those that are only stored.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use groundwork::User;
use tokio::sync::{Mutex as AsyncMutex, oneshot};

use crate::document::{Document, State};
use crate::protocol::{DocId, ErrorCode, Refusal, Role, SessionId};
use crate::server::Config;
use crate::store::Store;
use crate::stored::{Reader, Write};
use crate::writer::{Change, Writer};

/// So many documents stay in memory when nobody has them open.
const KEPT_IN_MEMORY: usize = 100;

/// The documents that all connections share.
#[derive(Debug)]
pub struct Library {
    config: Config,
    reader: Arc<Mutex<Reader>>,
    writer: Writer,
    in_memory: AsyncMutex<HashMap<DocId, Arc<Document>>>,
    last_session: AtomicU64,
}

impl Library {
    /// Opens the database. The receiver hears when nothing can be written any more: then the server
    /// must end, for what is in memory will never be stored.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn open(config: Config) -> io::Result<(Arc<Self>, oneshot::Receiver<rusqlite::Error>)> {
        let path = PathBuf::from(&config.database);
        let failed = |error| io::Error::other(format!("{}: {error}", path.display()));
        let store = Store::open(&path).map_err(failed)?;
        let reader = Reader::open(&path).map_err(failed)?;
        let (writer, failure) = Writer::start(store, config.write_queue)?;
        let library = Self {
            config,
            reader: Arc::new(Mutex::new(reader)),
            writer,
            in_memory: AsyncMutex::default(),
            last_session: AtomicU64::new(0),
        };
        Ok((Arc::new(library), failure))
    }

    /// The server's settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The queue to the disk.
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// A number that no other connection has.
    pub fn next_session(&self) -> SessionId {
        self.last_session.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A document, which is read if it is not in memory.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownDocument`], [`ErrorCode::StorageFailed`].
    pub async fn document(&self, doc_id: &str) -> Result<Arc<Document>, ErrorCode> {
        // Held while it is read: nobody else must read it too, and one of the two miss what is
        // written in the other.
        let mut in_memory = self.in_memory.lock().await;
        if let Some(document) = in_memory.get(doc_id) {
            return Ok(Arc::clone(document));
        }
        let (name, history) = (doc_id.to_owned(), self.config.history_limit);
        let stored = self
            .read(move |reader| reader.document(&name, history))
            .await?;
        let stored = stored.ok_or(ErrorCode::UnknownDocument)?;
        let document = Arc::new(Document::new(doc_id.to_owned(), stored));
        if in_memory.len() >= KEPT_IN_MEMORY {
            // Whoever uses one holds it, and so does what is not written yet.
            in_memory.retain(|_, document| Arc::strong_count(document) > 1);
        }
        in_memory.insert(doc_id.to_owned(), Arc::clone(&document));
        Ok(document)
    }

    /// Reads what is stored.
    ///
    /// # Errors
    /// [`ErrorCode::StorageFailed`].
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ErrorCode> {
        let reader = Arc::clone(&self.reader);
        let result = tokio::task::spawn_blocking(move || {
            read(&reader.lock().unwrap_or_else(PoisonError::into_inner))
        });
        match result.await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(error)) => {
                eprintln!("editor: reading failed: {error}");
                Err(ErrorCode::StorageFailed)
            }
            Err(_) => Err(ErrorCode::StorageFailed),
        }
    }

    /// Changes a document, and returns when the change is stored.
    ///
    /// # Errors
    /// Those of `change`; then nothing has changed. [`ErrorCode::StorageFailed`].
    pub async fn change<T, E: Into<Refusal>>(
        &self,
        document: &Arc<Document>,
        change: impl FnOnce(&mut State) -> Result<(T, Change), E>,
    ) -> Result<T, Refusal> {
        let (stored, is_stored) = oneshot::channel();
        let place = self.writer.reserve().await;
        let place = place.ok_or(ErrorCode::StorageFailed)?;
        let result = {
            let mut state = document.state();
            let (result, mut change) = change(&mut state).map_err(Into::into)?;
            change.effects.push(Box::new(move || {
                // Whoever asked may be gone.
                let _ = stored.send(());
            }));
            place.put(Some(document), change);
            result
        };
        is_stored.await.map_err(|_| ErrorCode::StorageFailed)?;
        Ok(result)
    }

    /// Looks at a document for someone who may see it, and returns when all that was seen is stored.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownDocument`], [`ErrorCode::StorageFailed`].
    pub async fn look<T>(
        &self,
        document: &Arc<Document>,
        user: &User,
        look: impl FnOnce(&State, Role) -> T,
    ) -> Result<T, ErrorCode> {
        let seen = self.change(document, |state| {
            let role = state.require(user, Role::Viewer)?;
            Ok::<_, ErrorCode>((look(state, role), Change::default()))
        });
        seen.await.map_err(|refusal| refusal.code)
    }

    /// Stores what belongs to no document in memory, and returns when it is stored.
    ///
    /// # Errors
    /// [`ErrorCode::StorageFailed`].
    pub async fn write(&self, write: Write) -> Result<(), ErrorCode> {
        let (stored, is_stored) = oneshot::channel();
        let place = self.writer.reserve().await;
        let change = Change {
            writes: vec![write],
            effects: vec![Box::new(move || {
                let _ = stored.send(());
            })],
        };
        place.ok_or(ErrorCode::StorageFailed)?.put(None, change);
        is_stored.await.map_err(|_| ErrorCode::StorageFailed)
    }
}
