//! Clients of the documents in one process: random edits, delays, lost connections and
//! acknowledgements, operations sent again. At rest all have the same text.

use std::collections::VecDeque;

use groundwork::User;
use ot_solution::compose::compose;
use ot_solution::document::{Document, Limits, Submitted};
use ot_solution::length;
use ot_solution::operation::Operation;
use ot_solution::protocol::{Accepted, Revision};
use ot_solution::transform::transform;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

const LIMITS: Limits = Limits {
    history: 10_000,
    max_length: 1_000_000,
};

/// What is under way to a client.
#[derive(Debug)]
enum Message {
    Updated(Accepted),
    Ack(String, Revision),
}

/// One operation under way, and one that is composed meanwhile.
struct Client {
    user: User,
    text: String,
    revision: Revision,
    outstanding: Option<(String, Operation)>,
    buffer: Option<Operation>,
    operations: u64,
    /// Under way to the server: a name, a revision, an operation.
    sent: VecDeque<(String, Revision, Operation)>,
    inbox: VecDeque<Message>,
}

impl Client {
    fn new(number: usize) -> Self {
        Self {
            user: User {
                id: format!("user {number}"),
                username: number.to_string(),
            },
            text: String::new(),
            revision: 0,
            outstanding: None,
            buffer: None,
            operations: 0,
            sent: VecDeque::new(),
            inbox: VecDeque::new(),
        }
    }

    fn edit(&mut self, operation: Operation) {
        self.text = operation.apply(&self.text).expect("it was made for it");
        self.buffer = Some(match self.buffer.take() {
            Some(buffer) => compose(&buffer, &operation).expect("it follows"),
            None => operation,
        });
        self.flush();
    }

    fn flush(&mut self) {
        if self.outstanding.is_none()
            && let Some(operation) = self.buffer.take()
        {
            self.operations += 1;
            self.outstanding = Some((self.operations.to_string(), operation));
            self.send();
        }
    }

    fn send(&mut self) {
        if let Some((name, operation)) = &self.outstanding {
            let message = (name.clone(), self.revision, operation.clone());
            self.sent.push_back(message);
        }
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Ack(name, revision) => self.acknowledge(&name, revision),
            Message::Updated(accepted) => self.advance(accepted),
        }
    }

    fn acknowledge(&mut self, name: &str, revision: Revision) {
        if self
            .outstanding
            .as_ref()
            .is_some_and(|(known, _)| known == name)
        {
            assert_eq!(
                revision,
                self.revision + 1,
                "each revision comes once, in order"
            );
            self.revision = revision;
            self.outstanding = None;
            self.flush();
        }
    }

    fn advance(&mut self, accepted: Accepted) {
        if accepted.user_id == self.user.id {
            self.acknowledge(&accepted.op_id, accepted.revision);
            return;
        }
        assert_eq!(
            accepted.revision,
            self.revision + 1,
            "each revision comes once, in order"
        );
        self.revision = accepted.revision;
        let mut theirs = accepted.operation;
        for ours in self
            .outstanding
            .iter_mut()
            .map(|(_, operation)| operation)
            .chain(&mut self.buffer)
        {
            let (ours_after, theirs_after) = transform(ours, &theirs).expect("concurrent");
            (*ours, theirs) = (ours_after, theirs_after);
        }
        self.text = theirs.apply(&self.text).expect("it fits");
    }

    /// The connection is lost with all that is under way, and another one resumes.
    fn reconnect(&mut self, document: &Document) {
        self.sent.clear();
        self.inbox.clear();
        let missed: Vec<Accepted> = document
            .since(self.revision)
            .expect("all of it is kept")
            .cloned()
            .collect();
        for accepted in missed {
            self.advance(accepted);
        }
        // A name that has just been settled may have been followed by another, which is sent already.
        if self.sent.is_empty() {
            self.send();
        }
    }
}

/// The server takes the next that one client has sent.
fn serve(document: &mut Document, clients: &mut [Client], author: usize) {
    let Some((name, revision, operation)) = clients[author].sent.pop_front() else {
        return;
    };
    let user = clients[author].user.clone();
    let submitted = document.submit(&user, name.clone(), revision, operation, LIMITS);
    match submitted.expect("a client sends what fits") {
        Submitted::Known(revision) => clients[author]
            .inbox
            .push_back(Message::Ack(name, revision)),
        Submitted::Applied(accepted) => {
            for (number, client) in clients.iter_mut().enumerate() {
                client.inbox.push_back(if number == author {
                    Message::Ack(name.clone(), accepted.revision)
                } else {
                    Message::Updated(accepted.clone())
                });
            }
        }
    }
}

fn random_edit(random: &mut ChaCha8Rng, text: &str, token: &str) -> Operation {
    let length = length(text);
    let at = random.next_u64() % (length + 1);
    let mut operation = Operation::new();
    operation.retain(at).expect("it is short");
    if matches!(random.next_u32() % 3, 1 | 2) {
        operation.insert(token).expect("it is short");
    }
    let deleted = (random.next_u64() % 4).min(length - at);
    operation.delete(deleted).expect("it is short");
    operation
        .retain(length - at - deleted)
        .expect("it is short");
    operation
}

#[test]
fn all_copies_are_equal_at_rest_whatever_was_lost_or_came_twice() {
    for seed in 0..60 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut document = Document::new();
        let mut clients: Vec<Client> = (0..4).map(Client::new).collect();
        for step in 0..400 {
            let number = random.next_u32() as usize % clients.len();
            match random.next_u32() % 12 {
                0..4 => {
                    let token = ["a", "é", "😀", "e\u{301}"][step % 4];
                    let operation = random_edit(&mut random, &clients[number].text, token);
                    clients[number].edit(operation);
                }
                4..7 => serve(&mut document, &mut clients, number),
                7..10 => {
                    if let Some(message) = clients[number].inbox.pop_front() {
                        clients[number].receive(message);
                    }
                }
                10 => clients[number].send(), // impatient: once more under the same name
                _ => clients[number].reconnect(&document),
            }
        }
        while clients
            .iter()
            .any(|c| !c.sent.is_empty() || !c.inbox.is_empty())
        {
            for number in 0..clients.len() {
                serve(&mut document, &mut clients, number);
                if let Some(message) = clients[number].inbox.pop_front() {
                    clients[number].receive(message);
                }
            }
        }
        for client in &clients {
            assert!(
                client.outstanding.is_none(),
                "seed {seed}: something was never acknowledged"
            );
            assert_eq!(client.text, document.text(), "seed {seed}");
            assert_eq!(client.revision, document.revision(), "seed {seed}");
        }
    }
}
