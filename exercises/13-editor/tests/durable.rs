//! What a server leaves behind that is killed, and what another one makes of it.
//!
//! A killed process leaves its files as they are. So a copy of the files, made at the moment at which something is
//! acknowledged, is what would be left if the server were killed there.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use editor::document::Document;
use editor::library::Library;
use editor::protocol::{ErrorCode, Member, Role};
use editor::server::Config;
use editor::session::Session;
use editor::stored::Write;
use groundwork::{Outgoing, Tokens, User};
use ot::operation::Operation;
use ot::wire;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;

/// Far more than a commit takes, on a busy machine as well.
const PATIENCE: Duration = Duration::from_secs(20);
/// In so short a time nothing may come that must not come at all.
const MOMENT: Duration = Duration::from_millis(200);

const DOC: &str = "doc";

struct Server {
    folder: TempDir,
    library: Arc<Library>,
}

impl Server {
    /// A server with one document, which is alice's.
    async fn start() -> Self {
        let server = Self::start_in(TempDir::new().expect("there is room for files"));
        let title = "Notes".to_owned();
        let document = Write::Document(DOC.to_owned(), title, user("alice"));
        let written = server.library.write(document).await;
        written.expect("it is stored");
        server
    }

    fn start_in(folder: TempDir) -> Self {
        let database = folder.path().join("editor.db");
        let config = Config {
            tokens: Tokens::new("secret".to_owned()),
            database: database.to_string_lossy().into_owned(),
            history_limit: 8,
            snapshot_every: 3,
            max_length: 1_000_000,
            outbox_limit: 1000,
            write_queue: 1000,
        };
        let (library, _) = Library::open(config).expect("the database is opened");
        Self { folder, library }
    }

    /// Another server, on what this one would leave if it were killed now.
    fn killed(&self) -> Self {
        let copy = TempDir::new().expect("there is room for files");
        for file in ["editor.db", "editor.db-wal"] {
            let from = self.folder.path().join(file);
            if from.exists() {
                fs::copy(from, copy.path().join(file)).expect("it is copied");
            }
        }
        Self::start_in(copy)
    }

    async fn document(&self) -> Arc<Document> {
        let document = self.library.document(DOC).await;
        document.expect("there is such a document")
    }

    async fn text(&self) -> String {
        self.document().await.state().ordered.text().to_owned()
    }

    async fn join(&self, name: &str, known: Option<u64>) -> Client {
        let library = Arc::clone(&self.library);
        let joined = Session::join(library, self.document().await, user(name), known);
        let (session, outgoing) = joined.expect("the document is shared with them");
        Client { session, outgoing }
    }

    fn database(&self) -> Connection {
        Connection::open(self.folder.path().join("editor.db")).expect("it is a database")
    }
}

struct Client {
    session: Session,
    outgoing: Outgoing,
}

impl Client {
    /// The next message.
    async fn hear(&mut self) -> Value {
        let text = timeout(PATIENCE, self.outgoing.texts.recv()).await;
        let text = text.expect("something comes").expect("the queue is open");
        serde_json::from_str(&text).expect("a message is JSON")
    }

    /// The next message of a type.
    async fn hear_of(&mut self, kind: &str) -> Value {
        loop {
            let message = self.hear().await;
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Writes, and returns the revision with which it is acknowledged.
    async fn write(&mut self, op_id: &str, revision: u64, operation: Value) -> u64 {
        let submitted = self
            .session
            .submit(op_id.to_owned(), revision, op(&operation));
        submitted.expect("it fits");
        let ack = self.hear_of("ack").await;
        assert_eq!(ack["opId"], op_id);
        ack["revision"].as_u64().expect("a revision is a number")
    }
}

fn user(name: &str) -> User {
    User {
        id: format!("user:{name}"),
        username: name.to_owned(),
    }
}

fn member(name: &str, role: Role) -> Member {
    let User { id, username } = user(name);
    Member {
        user_id: id,
        username,
        role,
    }
}

fn op(json: &Value) -> Operation {
    wire::operation(json).unwrap_or_else(|problem| panic!("{json}: {problem}"))
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Runtime::new().expect("there are threads");
    runtime.block_on(test);
}

#[graded::test]
fn what_is_acknowledged_is_stored() {
    run(async {
        let server = Server::start().await;
        let mut alice = server.join("alice", None).await;
        let mut expected = String::new();
        for revision in 0..20 {
            expected.insert(0, '😀');
            let operation = json!(["😀", revision]);
            let written = alice
                .write(&format!("a{revision}"), revision, operation)
                .await;
            assert_eq!(written, revision + 1);
            assert_eq!(server.killed().text().await, expected);
        }
    });
}

#[graded::test]
fn nobody_hears_of_what_is_not_stored() {
    run(async {
        let server = Server::start().await;
        let mut alice = server.join("alice", None).await;
        alice.session.refuse(ErrorCode::NothingToUndo.into(), None);
        alice.hear_of("error").await; // and with it all that she is told on joining
        // As long as someone else writes to the database, the server cannot.
        let database = server.database();
        let busy = database.execute_batch("BEGIN IMMEDIATE");
        busy.expect("nobody else is writing");
        let submitted = alice.session.submit("a1".to_owned(), 0, op(&json!(["hi"])));
        submitted.expect("it fits");
        let mut phone = server.join("alice", None).await;
        for client in [&mut alice, &mut phone] {
            let early = timeout(MOMENT, client.outgoing.texts.recv()).await;
            assert!(early.is_err(), "it is not stored yet, and told: {early:?}");
        }
        database.execute_batch("ROLLBACK").expect("it was begun");
        alice.hear_of("ack").await;
        assert_eq!(phone.hear_of("document").await["content"], "hi");
    });
}

#[graded::test]
fn a_server_that_starts_again_goes_on_where_it_was() {
    run(async {
        let server = Server::start().await;
        let mut alice = server.join("alice", None).await;
        for revision in 0..5 {
            let operation = json!(["a", revision]);
            alice
                .write(&format!("a{revision}"), revision, operation)
                .await;
        }
        let again = server.killed();
        let mut alice = again.join("alice", Some(3)).await;
        let missed = alice.hear().await;
        assert_eq!(missed["type"], "missed-operations");
        assert_eq!(missed["operations"][0]["opId"], "a3");
        assert_eq!(missed["operations"][1]["opId"], "a4");
        // Made against a revision from before, and transformed over what is only stored.
        assert_eq!(alice.write("late", 3, json!([3, "b"])).await, 6);
        assert_eq!(again.killed().text().await, "aaaaab");
    });
}

#[graded::test]
fn who_may_do_what_is_stored() {
    run(async {
        let server = Server::start().await;
        let document = server.document().await;
        let alice = user("alice");
        let changed = server.library.change(&document, |state| {
            let mut all = state.add_link(&alice, "kept".to_owned(), Role::Viewer)?;
            let mut add = |more: editor::writer::Change| {
                all.writes.extend(more.writes);
                all.effects.extend(more.effects);
            };
            add(state.add_link(&alice, "for editors".to_owned(), Role::Editor)?);
            for name in ["bob", "carol", "dave"] {
                add(state.follow_link(&user(name), "for editors")?.1);
            }
            add(state.remove_link(&alice, "for editors".to_owned())?);
            add(state.change_role(&alice, "user:carol", Role::Viewer)?.1);
            add(state.remove_member(&alice, "user:dave")?);
            Ok::<_, ErrorCode>(((), all))
        });
        changed.await.expect("alice may do that");
        let again = server.killed();
        let document = again.document().await;
        let state = document.state();
        let members: Vec<Member> = state.members.values().cloned().collect();
        let expected = [
            member("alice", Role::Owner),
            member("bob", Role::Editor),
            member("carol", Role::Viewer),
        ];
        assert_eq!(members, expected);
        let links: Vec<(&String, &Role)> = state.links.iter().collect();
        assert_eq!(links, [(&"kept".to_owned(), &Role::Viewer)]);
    });
}

#[graded::test]
fn versions_are_stored() {
    run(async {
        let server = Server::start().await;
        let mut alice = server.join("alice", None).await;
        alice.write("a1", 0, json!(["one"])).await;
        let document = server.document().await;
        let named = server.library.change(&document, |state| {
            let (id, name, at) = ("v1", "first", "2026-01-01T00:00:00.000Z");
            state.name_version(
                &user("alice"),
                id.to_owned(),
                name.to_owned(),
                at.to_owned(),
            )
        });
        let named = named.await.expect("alice may do that");
        alice.write("a2", 1, json!(["t", -1, 2])).await;
        let again = server.killed();
        let found = again.library.read(|reader| reader.version(DOC, "v1")).await;
        let found = found.expect("it can be read");
        assert_eq!(found, Some((named.clone(), "one".to_owned())));
        let listed = again.library.read(|reader| reader.versions(DOC)).await;
        assert_eq!(listed.expect("it can be read"), [named]);
    });
}

#[graded::test]
fn an_operation_is_known_after_a_start() {
    run(async {
        let server = Server::start().await;
        let mut alice = server.join("alice", None).await;
        // More than are kept at hand.
        for revision in 0..12 {
            let operation = json!(["a", revision]);
            alice
                .write(&format!("a{revision}"), revision, operation)
                .await;
        }
        let again = server.killed();
        let mut alice = again.join("alice", None).await;
        for revision in [0, 5, 11] {
            let known = alice
                .write(&format!("a{revision}"), 12, json!(["a", 12]))
                .await;
            assert_eq!(known, revision + 1);
        }
        assert_eq!(again.text().await, "a".repeat(12));
    });
}

#[graded::test]
fn a_long_history_is_read_from_a_snapshot() {
    run(async {
        let server = Server::start().await;
        let mut alice = server.join("alice", None).await;
        for revision in 0..50 {
            let operation = json!([revision, "b"]);
            alice
                .write(&format!("a{revision}"), revision, operation)
                .await;
        }
        let again = server.killed();
        let sql = "SELECT snapshot_revision, length(snapshot) FROM documents";
        let snapshot = again.database().query_one(sql, [], |row| {
            Ok((row.get::<_, u64>(0)?, row.get::<_, u64>(1)?))
        });
        let (revision, length) = snapshot.expect("there is one document");
        assert!(
            revision >= 47,
            "the last snapshot is of revision {revision}"
        );
        assert_eq!(length, revision, "it is the text of that revision");
        assert_eq!(again.text().await, "b".repeat(50));
    });
}
