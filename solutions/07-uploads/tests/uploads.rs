//! What the assignment's page states and its checks cannot see: files on the disk, and time.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use uploads_solution::disk::Disk;
use uploads_solution::names::FileName;
use uploads_solution::protocol::{Declaration, ErrorCode, ServerMessage};
use uploads_solution::server::Config;
use uploads_solution::uploads::Uploads;

fn uploads(change: impl FnOnce(&mut Config)) -> (Arc<Uploads>, TempDir) {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let mut config = Config {
        folder: folder.path().to_owned(),
        max_upload: 1 << 20,
        max_chunk: 1 << 16,
        max_unfinished: 4,
        expiry: Duration::from_secs(3600),
        disk_delay: Duration::ZERO,
    };
    change(&mut config);
    let disk = Disk::open(&config.folder, config.disk_delay).expect("the folder is empty");
    (Arc::new(Uploads::new(config, disk)), folder)
}

fn name(name: &str) -> FileName {
    FileName::parse(name).expect("the name is safe")
}

fn declare(content: &[u8]) -> Declaration {
    Declaration {
        filename: name("a.bin"),
        size: content.len() as u64,
        sha256: format!("{:x}", Sha256::digest(content)),
    }
}

fn id_of(answer: ServerMessage) -> String {
    match answer {
        ServerMessage::ReadyForUpload { upload_id, .. } => upload_id,
        other => panic!("expected ready-for-upload, got {other:?}"),
    }
}

fn partial_files(folder: &TempDir) -> usize {
    fs::read_dir(folder.path().join("partial"))
        .expect("the folder is there")
        .count()
}

#[test]
fn a_finished_file_stands_under_its_name_and_leaves_no_partial_one() {
    let (uploads, folder) = uploads(|_| {});
    let id = id_of(uploads.start(1, declare(b"hello")).expect("it may start"));
    assert_eq!(partial_files(&folder), 1);
    uploads.add(1, &id, None, b"hel").expect("it fits");
    assert!(!folder.path().join(&id).exists(), "not before it is whole");
    uploads.add(1, &id, None, b"lo").expect("it fits");
    let stored = fs::read(folder.path().join(&id).join("a.bin"));
    assert_eq!(stored.expect("the file is there"), b"hello");
    assert_eq!(partial_files(&folder), 0);
}

#[test]
fn no_way_out_leaves_a_partial_file() {
    let (uploads, folder) = uploads(|config| config.max_unfinished = 1);
    let mut wrong = declare(b"hello");
    wrong.sha256 = declare(b"other").sha256;
    let id = id_of(uploads.start(1, wrong).expect("it may start"));
    let refused = uploads.start(1, declare(b"hello"));
    assert_eq!(
        refused.map_err(|failure| failure.code),
        Err(ErrorCode::TooManyUploads)
    );
    assert_eq!(partial_files(&folder), 1, "that of the first upload");
    uploads.add(1, &id, None, b"hello").expect("it fits");
    assert_eq!(partial_files(&folder), 0, "the checksum was wrong");
    let id = id_of(uploads.start(1, declare(b"hello")).expect("there is room"));
    drop(uploads);
    assert_eq!(partial_files(&folder), 0, "{id} ended with the server");
}

#[test]
fn what_an_earlier_run_left_is_removed() {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let partial = folder.path().join("partial");
    fs::create_dir_all(&partial).expect("it can be made");
    fs::write(partial.join("left-over"), b"half").expect("it can be written");
    Disk::open(folder.path(), Duration::ZERO).expect("it can be emptied");
    assert_eq!(partial_files(&folder), 0);
}

#[test]
fn a_disk_that_fails_is_told_and_the_upload_is_gone() {
    let (uploads, folder) = uploads(|_| {});
    let id = id_of(uploads.start(1, declare(b"hello")).expect("it may start"));
    fs::remove_dir_all(folder.path()).expect("it can be removed");
    let answers = uploads.add(1, &id, None, b"hello").expect("it is written");
    let failure = ErrorCode::StorageFailed.of(&id).into();
    assert_eq!(answers.last(), Some(&failure), "it cannot be renamed");
    let gone = uploads.resume(1, &id).map_err(|failure| failure.code);
    assert_eq!(gone, Err(ErrorCode::UnknownUpload));
}

#[test]
fn what_expires_is_removed_from_the_disk_and_what_is_in_use_is_not() {
    let (uploads, folder) = uploads(|config| config.expiry = Duration::ZERO);
    let id = id_of(uploads.start(1, declare(b"hello")).expect("it may start"));
    uploads.expire();
    assert_eq!(
        partial_files(&folder),
        0,
        "{id} was idle for no time at all"
    );
}

#[test]
fn an_upload_on_a_slow_disk_holds_up_no_other() {
    let delay = Duration::from_secs(1);
    let (uploads, _folder) = uploads(|config| config.disk_delay = delay);
    let slow = id_of(uploads.start(1, declare(b"slow")).expect("it may start"));
    let longest = std::thread::scope(|scope| {
        let writing = scope.spawn(|| uploads.add(1, &slow, None, b"slow"));
        let mut longest = Duration::ZERO;
        while !writing.is_finished() {
            let begun = Instant::now();
            let unknown = uploads.resume(2, "another");
            assert!(unknown.is_err(), "there is no other");
            longest = longest.max(begun.elapsed());
        }
        longest
    });
    assert!(
        longest < delay / 2,
        "something else waited for {longest:?} while the disk took {delay:?}"
    );
}

#[test]
fn resuming_waits_for_the_chunk_that_is_being_written() {
    let (uploads, _folder) = uploads(|config| config.disk_delay = Duration::from_millis(100));
    let id = id_of(uploads.start(1, declare(b"hello")).expect("it may start"));
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| uploads.add(1, &id, None, b"hel"));
        // Either before the chunk or after it, and never in the middle of it.
        let resumed = uploads.resume(2, &id).expect("it is unfinished");
        let written = writing.join().expect("no panic");
        let ServerMessage::ReadyForUpload { offset, .. } = resumed else {
            panic!("expected ready-for-upload, got {resumed:?}");
        };
        match written {
            Ok(_) => assert_eq!(offset, 3),
            Err(failure) => assert_eq!((failure.code, offset), (ErrorCode::NotResumed, 0)),
        }
    });
}

#[test]
fn a_safe_name_is_one_that_stays_in_its_folder() {
    let parsed = ["a/../b", "..", "a\\b", "x\0", "LPT1.txt", "aux .md", "x."];
    for unsafe_name in parsed {
        assert_eq!(FileName::parse(unsafe_name), None, "{unsafe_name:?}");
    }
    for safe in ["..a", "a..b", "COM0", "com12.log", "auxiliary"] {
        let joined = Path::new("folder").join(name(safe).as_str());
        assert_eq!(joined.parent(), Some(Path::new("folder")), "{safe:?}");
    }
}
