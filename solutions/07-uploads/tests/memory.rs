//! A fast sender and a slow disk, with the server as a process of its own.
#![cfg(target_os = "linux")] // where the system tells how much memory a process ever had

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

const CHUNK: usize = 64 * 1024;
const CHUNKS: usize = 1024;
/// Half of what is sent. The server itself has less than 16 MiB.
const BOUND_KIB: u64 = 32 * 1024;

/// Ends with the test, however that ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_fast_sender_does_not_fill_the_memory_while_the_disk_is_slow() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let mut server = Server(
        Command::new(env!("CARGO_BIN_EXE_uploads-solution"))
            .env("PORT", "0")
            .env("UPLOAD_FOLDER", folder.path())
            .env("DISK_DELAY_MS", "2")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server was built"),
    );
    let log = server.0.stderr.take().expect("it is piped");
    let mut line = String::new();
    BufReader::new(log)
        .read_line(&mut line)
        .expect("it says where it listens");
    let address = line.trim().strip_prefix("uploads: http://");
    let url = format!("ws://{}/ws", address.expect("an address"));

    let (socket, _) = connect_async(url).await.expect("it listens");
    let (mut sender, mut receiver) = socket.split();
    let chunk = vec![7; CHUNK];
    let mut sum = Sha256::new();
    (0..CHUNKS).for_each(|_| sum.update(&chunk));
    let start = json!({
        "type": "start-upload",
        "filename": "large.bin",
        "size": CHUNK * CHUNKS,
        "sha256": format!("{:x}", sum.finalize()),
    });
    let sent = sender.send(Message::text(start.to_string())).await;
    sent.expect("the connection is open");
    let ready = answer(receiver.next().await);
    let announcement = json!({ "type": "upload-chunk", "uploadId": ready["uploadId"] }).to_string();

    let sending = async {
        for _ in 0..CHUNKS {
            let announced = sender.send(Message::text(announcement.as_str())).await;
            announced.expect("the connection stays open");
            let sent = sender.send(Message::binary(chunk.clone())).await;
            sent.expect("the connection stays open");
        }
    };
    let receiving = async {
        for n in 1..=CHUNKS {
            let progress = answer(receiver.next().await);
            assert_eq!(progress["offset"], json!(n * CHUNK), "{progress}");
        }
        answer(receiver.next().await)
    };
    let ((), complete) = tokio::join!(sending, receiving);
    assert_eq!(complete["type"], "upload-complete", "{complete}");

    let peak = peak_memory_kib(server.0.id());
    assert!(
        peak < BOUND_KIB,
        "{CHUNKS} chunks of {CHUNK} bytes cost {peak} KiB of memory"
    );
}

fn answer<E: std::fmt::Debug>(message: Option<Result<Message, E>>) -> Value {
    let message = message.expect("the connection is open").expect("a message");
    serde_json::from_str(message.to_text().expect("text")).expect("JSON")
}

/// The most resident memory that the process ever had.
fn peak_memory_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|peak| peak.trim().strip_suffix(" kB"));
    kib.and_then(|kib| kib.parse().ok())
        .expect("the peak of resident memory")
}
