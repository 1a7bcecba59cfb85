//! Many people in one document, and a long document: what must hold whatever the machine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use checker::server::{ServerCommand, set_supervisor};
use load::{EDITOR, Started};

fn course() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

async fn start(more: Vec<(String, String)>) -> Started {
    let executable = Path::new(env!("CARGO_BIN_EXE_load"));
    set_supervisor(executable.to_owned());
    let command = ServerCommand {
        program: executable.to_owned(),
        args: vec!["__baseline".into()],
    };
    let started = EDITOR.start_with(&course(), &command, more).await;
    started.unwrap_or_else(|error| panic!("{}: {error}", EDITOR.folder))
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_who_types_has_the_same_text_in_the_end() {
    let started = start(Vec::new()).await;
    let typing = load::typing(&started, 50, 5, Duration::from_millis(200)).await;
    started.stop().await;
    let typing = typing.expect("everyone is let in");
    assert!(
        typing.is_complete(),
        "{} copies differ; {} of {} characters are there; {} arrived",
        typing.different,
        typing.length,
        typing.characters,
        typing.latencies.len()
    );
}

#[tokio::test]
async fn a_long_document_is_opened_with_all_of_its_history() {
    let folder = tempfile::tempdir().expect("there is room for files");
    let database = folder.path().join("editor.db");
    let (length, operations) = (100_000, 10_000);
    load::store_long_document(&database, length, operations).expect("it is stored");
    let started = start(load::with_database(&database)).await;
    let opening = load::open_long_document(&started).await;
    started.stop().await;
    let opening = opening.expect("it opens");
    assert!(opening.is_of(length, operations), "{opening:?}");
}
