//! The server is killed at a hundred random moments while four people write. What it has acknowledged is there
//! afterwards, and every text is there once.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use groundwork::{Tokens, User};
use ot::wire;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

const KILLS: usize = 100;
const WRITERS: usize = 4;
const SECRET: &str = "only for this test";
/// On a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that is killed when it is dropped, as a `kill -9` does it.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_editor-solution"))
            .current_dir(folder)
            .env("PORT", "0")
            .env("JWT_SECRET", SECRET)
            .env("HISTORY_LIMIT", "1000000")
            .env("SNAPSHOT_EVERY", "7")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server was built");
        let log = process.stderr.take().expect("it is piped");
        let mut line = String::new();
        let read = BufReader::new(log).read_line(&mut line);
        read.expect("it says where it listens");
        let address = line.trim().strip_prefix("editor: http://");
        let address = address.unwrap_or_else(|| panic!("it did not start: {line}"));
        Self {
            address: address.to_owned(),
            process,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().expect("it was running");
        self.process.wait().expect("it ends");
    }
}

/// Someone who inserts words at the beginning, one after the other.
struct Writer {
    socket: WebSocketStream<TcpStream>,
    revision: u64,
    length: u64,
}

impl Writer {
    async fn connect(address: &str, doc_id: &str, known: Option<u64>) -> (Self, Value) {
        let known = known.map(|revision| format!("&revision={revision}"));
        let url = format!(
            "ws://{address}/ws/{doc_id}?token={}{}",
            token(),
            known.unwrap_or_default()
        );
        let stream = TcpStream::connect(address).await.expect("it listens");
        let (socket, _) = client_async(url, stream).await.expect("it lets us in");
        let mut writer = Self {
            socket,
            revision: 0,
            length: 0,
        };
        let greeting = writer.hear().await.expect("it greets");
        writer.revision = greeting["revision"].as_u64().unwrap_or_default();
        let content = greeting["content"].as_str().unwrap_or_default();
        writer.length = ot::length(content);
        (writer, greeting)
    }

    /// The next message, or nothing when the server is gone.
    async fn hear(&mut self) -> Option<Value> {
        loop {
            let next = timeout(PATIENCE, self.socket.next()).await;
            match next.expect("something comes, or the connection ends") {
                Some(Ok(Message::Text(text))) => {
                    return Some(serde_json::from_str(&text).expect("a message is JSON"));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// Writes until the server is gone, and returns what was acknowledged.
    async fn write(mut self, round: usize, number: usize) -> Vec<String> {
        let mut acknowledged = Vec::new();
        for count in 0.. {
            let word = format!("<{round}.{number}.{count}>");
            let operation = json!({
                "type": "operation",
                "opId": word,
                "revision": self.revision,
                "operation": [word, self.length],
            });
            let sent = self.socket.send(Message::text(operation.to_string()));
            if sent.await.is_err() {
                break;
            }
            if self.acknowledged(&word).await.is_none() {
                break;
            }
            acknowledged.push(word);
        }
        acknowledged
    }

    async fn acknowledged(&mut self, word: &str) -> Option<()> {
        loop {
            let message = self.hear().await?;
            match message["type"].as_str() {
                Some("ack") => {
                    assert_eq!(message["opId"], word);
                    self.revision = message["revision"].as_u64()?;
                    self.length += ot::length(word);
                    return Some(());
                }
                Some("document-updated") => {
                    self.revision = message["revision"].as_u64()?;
                    let operation = wire::operation(&message["operation"]);
                    let operation = operation.expect("it is an operation");
                    // Ours has not been applied yet, and theirs came before it.
                    self.length = operation.target_length();
                }
                Some("error") => panic!("it was refused: {message}"),
                _ => {}
            }
        }
    }
}

fn token() -> String {
    let user = User {
        id: "user:mira".to_owned(),
        username: "mira".to_owned(),
    };
    let token = Tokens::new(SECRET.to_owned()).issue(&user);
    token.expect("a token can be signed")
}

/// A document, made by a server of its own.
fn document_in(folder: &Path) -> String {
    use editor_solution::store::Store;
    use editor_solution::stored::Write;
    let owner = User {
        id: "user:mira".to_owned(),
        username: "mira".to_owned(),
    };
    let write = Write::Document("doc".to_owned(), "Notes".to_owned(), owner);
    let mut store = Store::open(&folder.join("editor.db")).expect("it can be opened");
    store.commit([&write]).expect("it can be written");
    "doc".to_owned()
}

#[test]
fn no_acknowledged_edit_is_missing_after_a_hundred_kills() {
    let runtime = tokio::runtime::Runtime::new().expect("there are threads");
    let folder = TempDir::new().expect("there is room for files");
    let doc_id = document_in(folder.path());
    let mut random = ChaCha8Rng::seed_from_u64(18);
    let mut acknowledged = BTreeSet::new();
    for round in 0..=KILLS {
        let server = Server::start(folder.path());
        let is_last = round == KILLS;
        let words = runtime.block_on(async {
            check(&server, &doc_id, &acknowledged).await;
            if is_last {
                return Vec::new();
            }
            let mut writers = tokio::task::JoinSet::new();
            for number in 0..WRITERS {
                let (writer, _) = Writer::connect(&server.address, &doc_id, None).await;
                writers.spawn(writer.write(round, number));
            }
            let moment = Duration::from_micros(u64::from(random.next_u32() % 60_000));
            tokio::time::sleep(moment).await;
            drop(server);
            writers.join_all().await
        });
        acknowledged.extend(words.into_iter().flatten());
    }
    assert!(
        acknowledged.len() > KILLS,
        "only {} words were acknowledged, which shows nothing",
        acknowledged.len()
    );
}

/// What was acknowledged is in the text, and in the history, once.
async fn check(server: &Server, doc_id: &str, acknowledged: &BTreeSet<String>) {
    let (_, all) = Writer::connect(&server.address, doc_id, Some(0)).await;
    assert_eq!(all["type"], "missed-operations");
    let operations = all["operations"].as_array().expect("it is a list");
    let names = operations.iter().map(|operation| &operation["opId"]);
    let names: Vec<&str> = names.filter_map(Value::as_str).collect();
    let stored: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), stored.len(), "an operation is there twice");
    let missing = acknowledged
        .iter()
        .filter(|word| !stored.contains(word.as_str()));
    let missing: Vec<&String> = missing.collect();
    assert!(missing.is_empty(), "acknowledged, and lost: {missing:?}");
    let (_, now) = Writer::connect(&server.address, doc_id, None).await;
    let content = now["content"].as_str().expect("it is the whole text");
    let mut words: Vec<&str> = content.split_inclusive('>').collect();
    words.sort_unstable();
    let expected: Vec<&str> = stored.into_iter().collect();
    assert_eq!(words, expected, "the text is what the history makes of it");
}
