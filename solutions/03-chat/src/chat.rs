//! Who is online, what was said, and who hears it.
//!
//! ```text
//! Chat                      shared by all connections
//!   State                   behind one lock
//!     Presence              a user who is online
//!       Connection          one of their tabs: its outbox, and whether it types
//!     ChatMessage           what was said
//! Membership                a connection's own end; dropping it leaves
//! ```

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::Utf8Bytes;
use chrono::Utc;
use tokio::sync::mpsc;

use crate::protocol::{ChatMessage, ErrorCode, PrivateMessage, ServerMessage, User, UserId};
use crate::server::Config;

/// So many messages may wait for a client that is slow to read them. Without a bound, one that
/// never reads would cost memory without end.
const OUTBOX_CAPACITY: usize = 256;

type ConnectionId = u64;

/// The chat that all connections share.
#[derive(Debug)]
pub struct Chat {
    config: Config,
    // A std mutex and not tokio's: it is held for a few lines that only touch memory, and never
    // across an `.await`.
    state: Mutex<State>,
}

// ANCHOR: state
#[derive(Debug, Default)]
struct State {
    online: HashMap<UserId, Presence>,
    messages: VecDeque<ChatMessage>,
    last_message: u64,
    last_connection: ConnectionId,
}

/// A user who is online: there is at least one connection.
#[derive(Debug)]
struct Presence {
    user: User,
    connections: HashMap<ConnectionId, Connection>,
}

#[derive(Debug)]
struct Connection {
    /// None once the client was too slow: its task then ends the connection.
    outbox: Option<mpsc::Sender<Utf8Bytes>>,
    typing: bool,
}
// ANCHOR_END: state

/// A connection's place in the chat. Dropping it leaves the chat.
#[derive(Debug)]
pub struct Membership {
    /// What the client is to be sent, in order. It ends when the client was too slow.
    pub outbox: mpsc::Receiver<Utf8Bytes>,
    chat: Arc<Chat>,
    user: User,
    connection: ConnectionId,
}

impl Chat {
    /// An empty chat.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            state: Mutex::default(),
        }
    }

    /// The server's settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Lets a user's connection in. It hears who is online and what was said last; the others hear
    /// of a user who was not online before.
    // ANCHOR: join
    pub fn join(chat: &Arc<Self>, user: User) -> Membership {
        let (sender, outbox) = mpsc::channel(OUTBOX_CAPACITY);
        // One lock from the first line to the last: nothing can be said between the list that the
        // newcomer gets and the first message that they hear live.
        let mut state = chat.state();
        state.last_connection += 1;
        let connection = state.last_connection;
        let presence = state
            .online
            .entry(user.id.clone())
            .or_insert_with(|| Presence {
                user: user.clone(),
                connections: HashMap::new(),
            });
        let newly_online = presence.connections.is_empty();
        presence.connections.insert(
            connection,
            Connection {
                outbox: Some(sender),
                typing: false,
            },
        );

        let users = state.users();
        let messages = state.recent(chat.config.history_limit);
        state.tell_connection(&user.id, connection, &ServerMessage::OnlineUsers { users });
        state.tell_connection(
            &user.id,
            connection,
            &ServerMessage::RecentMessages { messages },
        );
        if newly_online {
            let (user_id, username) = (user.id.clone(), user.username.clone());
            state.tell_others(&user.id, &ServerMessage::UserJoined { user_id, username });
        }
        drop(state);
        Membership {
            outbox,
            chat: Arc::clone(chat),
            user,
            connection,
        }
    }
    // ANCHOR_END: join

    /// At most `limit` messages after the first `offset`, the oldest first, and how many are kept.
    pub fn messages(&self, limit: usize, offset: usize) -> (Vec<ChatMessage>, usize) {
        let state = self.state();
        let page = state
            .messages
            .iter()
            .skip(offset)
            .take(limit)
            .cloned()
            .collect();
        (page, state.messages.len())
    }

    /// Each user who is online, once.
    pub fn online_users(&self) -> Vec<User> {
        self.state().users()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in one connection must not end the chat for all others.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Membership {
    /// The longest content, in characters.
    pub fn max_content(&self) -> usize {
        self.chat.config.max_content
    }

    /// Keeps a message and sends it to everyone, this connection included.
    // ANCHOR: say
    pub fn say(&self, content: String) {
        let mut state = self.chat.state();
        let message = ChatMessage {
            id: state.next_id(),
            user_id: self.user.id.clone(),
            username: self.user.username.clone(),
            content,
            timestamp: Utc::now(),
        };
        state.messages.push_back(message.clone());
        if state.messages.len() > self.chat.config.max_messages {
            state.messages.pop_front();
        }
        state.tell_all(&ServerMessage::NewMessage(message));
    }
    // ANCHOR_END: say

    /// Sends a message to all connections of one user, and a confirmation to all of its sender's.
    ///
    /// # Errors
    /// [`ErrorCode::UnknownUser`] when the target is not online.
    // ANCHOR: whisper
    pub fn whisper(&self, target: &str, content: String) -> Result<(), ErrorCode> {
        let mut state = self.chat.state();
        if !state.online.contains_key(target) {
            return Err(ErrorCode::UnknownUser);
        }
        let message = PrivateMessage {
            id: state.next_id(),
            from: self.user.id.clone(),
            to: target.to_owned(),
            content,
            timestamp: Utc::now(),
        };
        state.tell_user(target, &ServerMessage::PrivateMessage(message.clone()));
        state.tell_user(&self.user.id, &ServerMessage::PrivateMessageSent(message));
        Ok(())
    }
    // ANCHOR_END: whisper

    /// Notes whether this connection types, and tells the others when that changes whether the user
    /// does.
    // ANCHOR: typing
    pub fn set_typing(&self, typing: bool) {
        let mut state = self.chat.state();
        let Some(presence) = state.online.get_mut(&self.user.id) else {
            return;
        };
        let before = presence.is_typing();
        if let Some(connection) = presence.connections.get_mut(&self.connection) {
            connection.typing = typing;
        }
        let after = presence.is_typing();
        let user_id = self.user.id.clone();
        if !before && after {
            let username = self.user.username.clone();
            state.tell_others(
                &self.user.id,
                &ServerMessage::UserTyping { user_id, username },
            );
        } else if before && !after {
            state.tell_others(&self.user.id, &ServerMessage::UserStopTyping { user_id });
        }
    }
    // ANCHOR_END: typing

    /// Tells this connection, and no other, what was wrong. It waits its turn behind what was sent
    /// before.
    pub fn reply(&self, code: ErrorCode) {
        self.chat
            .state()
            .tell_connection(&self.user.id, self.connection, &code.into());
    }
}

// ANCHOR: leave
impl Drop for Membership {
    fn drop(&mut self) {
        self.set_typing(false);
        let mut state = self.chat.state();
        let Some(presence) = state.online.get_mut(&self.user.id) else {
            return;
        };
        presence.connections.remove(&self.connection);
        if presence.connections.is_empty() {
            state.online.remove(&self.user.id);
            let (user_id, username) = (self.user.id.clone(), self.user.username.clone());
            state.tell_others(
                &self.user.id,
                &ServerMessage::UserLeft { user_id, username },
            );
        }
    }
}
// ANCHOR_END: leave

impl State {
    fn users(&self) -> Vec<User> {
        self.online
            .values()
            .map(|presence| presence.user.clone())
            .collect()
    }

    fn recent(&self, limit: usize) -> Vec<ChatMessage> {
        let skipped = self.messages.len().saturating_sub(limit);
        self.messages.iter().skip(skipped).cloned().collect()
    }

    /// Counted and not read from a clock, which two messages can find at the same reading.
    fn next_id(&mut self) -> String {
        self.last_message += 1;
        self.last_message.to_string()
    }

    // ANCHOR: deliver
    fn tell_all(&mut self, message: &ServerMessage) {
        deliver(self.online.values_mut(), message);
    }

    fn tell_others(&mut self, user: &str, message: &ServerMessage) {
        deliver(
            self.online
                .values_mut()
                .filter(|presence| presence.user.id != user),
            message,
        );
    }

    fn tell_user(&mut self, user: &str, message: &ServerMessage) {
        deliver(self.online.get_mut(user), message);
    }

    fn tell_connection(&mut self, user: &str, connection: ConnectionId, message: &ServerMessage) {
        let presence = self.online.get_mut(user);
        if let Some(connection) =
            presence.and_then(|presence| presence.connections.get_mut(&connection))
        {
            connection.put(&encode(message));
        }
    }
    // ANCHOR_END: deliver
}

impl Presence {
    fn is_typing(&self) -> bool {
        self.connections
            .values()
            .any(|connection| connection.typing)
    }
}

impl Connection {
    // ANCHOR: put
    fn put(&mut self, text: &Utf8Bytes) {
        if let Some(outbox) = &self.outbox
            && outbox.try_send(text.clone()).is_err()
        {
            // Full: one slow reader must neither hold up the others nor fill the memory.
            self.outbox = None;
        }
    }
    // ANCHOR_END: put
}

/// Encodes once for all: `Utf8Bytes` is counted, so that each outbox holds the same bytes.
fn deliver<'a>(to: impl IntoIterator<Item = &'a mut Presence>, message: &ServerMessage) {
    let text = encode(message);
    for connection in to
        .into_iter()
        .flat_map(|presence| presence.connections.values_mut())
    {
        connection.put(&text);
    }
}

fn encode(message: &ServerMessage) -> Utf8Bytes {
    serde_json::to_string(message)
        .expect("strings, numbers and lists of them always become JSON")
        .into()
}
