//! The namespaces, their rooms, and who is in them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use groundwork::{Outbox, Outgoing, deliver, outbox};

use crate::chain::Chain;
use crate::handshake::{Handshake, admission};
use crate::incoming::{Incoming, intake};
use crate::protocol::{ClientMessage, ErrorCode, Namespace, Refusal, RoomName, ServerMessage};
use crate::server::Config;
use crate::token::{self, Session};

/// So many messages may wait for a client that is slow to read.
const OUTBOX_LIMIT: usize = 256;
/// A connection may be in so many rooms.
const MAX_ROOMS: usize = 100;

type ConnectionId = u64;

/// Names a room: the same name in another namespace is another room.
// ANCHOR: rooms
type Place = (Namespace, RoomName);

#[derive(Debug, Default)]
struct State {
    /// Rooms with someone in them, and the outboxes of those.
    rooms: HashMap<Place, HashMap<ConnectionId, Outbox>>,
    last_connection: ConnectionId,
}
// ANCHOR_END: rooms

/// What all connections share.
#[derive(Debug)]
pub struct Namespaces {
    config: Config,
    admission: Chain<Handshake>,
    intake: Chain<Incoming>,
    // Held for a few lines that only touch memory, and never across an `.await`.
    state: Mutex<State>,
}

/// A connection's place among the others. Dropping it leaves all rooms.
#[derive(Debug)]
pub struct Client {
    namespaces: Arc<Namespaces>,
    id: ConnectionId,
    session: Arc<Session>,
    outbox: Outbox,
    /// At most as many as there are.
    joined: Vec<Namespace>,
    rooms: HashSet<Place>,
}

impl Namespaces {
    /// Nobody is there.
    pub fn new(config: Config) -> Self {
        Self {
            admission: admission(&config),
            intake: intake(config.rate),
            config,
            state: Mutex::default(),
        }
    }

    /// The server's settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What a request passes before it is upgraded.
    pub fn admission(&self) -> &Chain<Handshake> {
        &self.admission
    }

    /// What a message passes before it is done.
    pub fn intake(&self) -> &Chain<Incoming> {
        &self.intake
    }

    /// Lets a connection in, which hears that it is.
    pub fn connect(namespaces: &Arc<Self>, session: Session) -> (Client, Outgoing) {
        let (outbox, outgoing) = outbox(OUTBOX_LIMIT);
        let connected = ServerMessage::Connected {
            user_id: session.user.id.clone(),
            username: session.user.username.clone(),
            exp: session.exp.clone(),
        };
        deliver([&outbox], &connected);
        let mut state = namespaces.state();
        state.last_connection += 1;
        let client = Client {
            namespaces: Arc::clone(namespaces),
            id: state.last_connection,
            session: Arc::new(session),
            outbox,
            joined: Vec::new(),
            rooms: HashSet::new(),
        };
        (client, outgoing)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in one connection must not end all of them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client {
    /// What all connections share.
    pub fn namespaces(&self) -> &Namespaces {
        &self.namespaces
    }

    /// What this connection's token says.
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// The namespaces that this connection has joined.
    pub fn joined(&self) -> &[Namespace] {
        &self.joined
    }

    /// Does what a message asks for, which has passed the chain.
    ///
    /// # Errors
    /// What only shows now.
    // ANCHOR: perform
    pub fn perform(&mut self, message: ClientMessage) -> Result<(), Refusal> {
        match message {
            ClientMessage::RefreshToken { token } => self.refresh(&token)?,
            ClientMessage::JoinNamespace { namespace } => self.join_namespace(namespace),
            ClientMessage::LeaveNamespace { namespace } => self.leave_namespace(namespace),
            ClientMessage::JoinRoom { namespace, room } => self.join_room(namespace, room)?,
            ClientMessage::LeaveRoom { namespace, room } => self.leave_room(namespace, room)?,
            ClientMessage::SendMessage { room, message } => self.say(room, message)?,
            ClientMessage::GameMove { room, r#move } => self.make_move(room, r#move)?,
        }
        Ok(())
    }
    // ANCHOR_END: perform

    // ANCHOR: refresh
    fn refresh(&mut self, token: &str) -> Result<(), ErrorCode> {
        let session = token::verify(token, &self.namespaces.config.tokens)?;
        if session.user.id != self.session.user.id {
            return Err(ErrorCode::AnotherUser);
        }
        let exp = session.exp.clone();
        self.session = Arc::new(session);
        self.hear(&ServerMessage::TokenRefreshed { exp });
        for namespace in Namespace::ALL {
            if self.joined.contains(&namespace) && !self.session.allowed.contains(&namespace) {
                self.leave_namespace(namespace);
            }
        }
        Ok(())
    }
    // ANCHOR_END: refresh

    fn join_namespace(&mut self, namespace: Namespace) {
        if !self.joined.contains(&namespace) {
            self.joined.push(namespace);
        }
        self.hear(&ServerMessage::JoinedNamespace { namespace });
    }

    // ANCHOR: leave-namespace
    fn leave_namespace(&mut self, namespace: Namespace) {
        self.joined.retain(|joined| *joined != namespace);
        let mut state = self.namespaces.state();
        for place in self.rooms.extract_if(|(of, _)| *of == namespace) {
            state.leave(&place, self.id);
        }
        drop(state);
        self.hear(&ServerMessage::LeftNamespace { namespace });
    }
    // ANCHOR_END: leave-namespace

    fn join_room(&mut self, namespace: Namespace, room: RoomName) -> Result<(), ErrorCode> {
        let place = (namespace, room.clone());
        if self.rooms.len() >= MAX_ROOMS && !self.rooms.contains(&place) {
            return Err(ErrorCode::TooManyRooms);
        }
        let mut state = self.namespaces.state();
        let members = state.rooms.entry(place.clone()).or_default();
        members.insert(self.id, self.outbox.clone());
        drop(state);
        self.rooms.insert(place);
        self.hear(&ServerMessage::JoinedRoom { namespace, room });
        Ok(())
    }

    fn leave_room(&mut self, namespace: Namespace, room: RoomName) -> Result<(), ErrorCode> {
        let place = (namespace, room);
        if !self.rooms.remove(&place) {
            return Err(ErrorCode::NotInRoom);
        }
        self.namespaces.state().leave(&place, self.id);
        let (namespace, room) = place;
        self.hear(&ServerMessage::LeftRoom { namespace, room });
        Ok(())
    }

    // ANCHOR: say
    fn say(&self, room: RoomName, message: String) -> Result<(), ErrorCode> {
        let place = self.place(Namespace::Chat, room)?;
        let message = ServerMessage::Message {
            namespace: place.0,
            room: place.1.clone(),
            user_id: self.session.user.id.clone(),
            username: self.session.user.username.clone(),
            message,
        };
        deliver(self.namespaces.state().members(&place), &message);
        Ok(())
    }
    // ANCHOR_END: say

    fn make_move(&self, room: RoomName, r#move: String) -> Result<(), ErrorCode> {
        let place = self.place(Namespace::Game, room)?;
        let (namespace, room) = place.clone();
        let state = self.namespaces.state();
        let others = state.others(&place, self.id);
        let message = ServerMessage::OpponentMove {
            namespace,
            room: room.clone(),
            user_id: self.session.user.id.clone(),
            username: self.session.user.username.clone(),
            r#move: r#move.clone(),
        };
        deliver(others, &message);
        self.hear(&ServerMessage::MoveMade {
            namespace,
            room,
            r#move,
        });
        Ok(())
    }

    /// A room that this connection is in.
    fn place(&self, namespace: Namespace, room: RoomName) -> Result<Place, ErrorCode> {
        let place = (namespace, room);
        if self.rooms.contains(&place) {
            Ok(place)
        } else {
            Err(ErrorCode::NotInRoom)
        }
    }

    /// Tells this connection, and no other, that its message was refused.
    // ANCHOR: refuse
    pub fn refuse(&self, refusal: Refusal, refused: &Incoming) {
        let retry_after = refusal.retry_after.map(|wait| {
            // Rounded up: who comes a little too early would be refused again.
            let milliseconds = wait.as_nanos().div_ceil(1_000_000);
            u64::try_from(milliseconds).unwrap_or(u64::MAX)
        });
        self.hear(&ServerMessage::Error {
            code: refusal.code,
            message: refusal.code.message(),
            namespace: refused.namespace(),
            client_id: refused.client_id(),
            retry_after,
        });
    }
    // ANCHOR_END: refuse

    fn hear(&self, message: &ServerMessage) {
        deliver([&self.outbox], message);
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let mut state = self.namespaces.state();
        for place in self.rooms.drain() {
            state.leave(&place, self.id);
        }
    }
}

impl State {
    fn members(&self, place: &Place) -> impl Iterator<Item = &Outbox> {
        self.rooms.get(place).into_iter().flat_map(HashMap::values)
    }

    fn others(&self, place: &Place, connection: ConnectionId) -> impl Iterator<Item = &Outbox> {
        let members = self.rooms.get(place).into_iter().flatten();
        let others = members.filter(move |(id, _)| **id != connection);
        others.map(|(_, outbox)| outbox)
    }

    /// Takes a connection out. An empty room is forgotten.
    fn leave(&mut self, place: &Place, connection: ConnectionId) {
        if let Some(members) = self.rooms.get_mut(place) {
            members.remove(&connection);
            if members.is_empty() {
                self.rooms.remove(place);
            }
        }
    }
}
