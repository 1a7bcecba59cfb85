//! Messages to a large room.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use serde_json::json;

use crate::LoadError;
use crate::client::Client;
use crate::service::Started;

/// How many connections one user has: each user who comes is announced to all who are there.
const CONNECTIONS_OF_A_USER: usize = 10;
const ROOM: &str = "hall";

/// How messages to a room were delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broadcast {
    /// How many connections were in the room, the sender's among them.
    pub members: usize,
    /// How many messages were sent.
    pub messages: usize,
    /// How often one was delivered to one of them, in order and for the first time.
    pub delivered: usize,
    /// How long it all took.
    pub took: Duration,
}

impl Broadcast {
    /// Whether every member got every message.
    pub fn is_complete(&self) -> bool {
        self.delivered == self.members * self.messages
    }

    /// Deliveries in a second.
    pub fn rate(&self) -> f64 {
        self.delivered as f64 / self.took.as_secs_f64()
    }
}

/// Puts so many connections into one room and sends it messages, one after the other is acknowledged.
///
/// # Errors
///
/// When a connection is refused or lost, or something does not come at all.
pub async fn broadcast(
    started: &Started,
    members: usize,
    messages: usize,
) -> Result<Broadcast, LoadError> {
    let user = |number| format!("user{}", number / CONNECTIONS_OF_A_USER);
    let clients = Client::connect_all(started, members, user).await?;
    let joining = clients.into_iter().map(|mut client| async move {
        client
            .send(json!({ "type": "join-room", "room": ROOM }))
            .await?;
        client.next_of_type("joined-room").await?;
        Ok::<_, LoadError>(client)
    });
    let mut clients = try_join_all(joining).await?;

    let began = Instant::now();
    let Some(mut sender) = clients.pop() else {
        return Err(LoadError::Answer("a room has members".to_owned()));
    };
    let sending = async {
        let mut delivered = 0;
        for number in 0..messages {
            let sent = sender.send(json!({
                "type": "send-message",
                "room": ROOM,
                "message": number.to_string(),
                "clientId": number.to_string(),
            }));
            sent.await?;
            delivered += in_order(&mut sender, number).await?;
        }
        Ok(delivered)
    };
    let receiving = clients.iter_mut().map(|client| async move {
        let mut delivered = 0;
        for number in 0..messages {
            delivered += in_order(client, number).await?;
        }
        Ok::<usize, LoadError>(delivered)
    });
    let (sent, received) = tokio::join!(sending, try_join_all(receiving));
    let sent: Result<usize, LoadError> = sent;
    Ok(Broadcast {
        members,
        messages,
        delivered: sent? + received?.into_iter().sum::<usize>(),
        took: began.elapsed(),
    })
}

/// 1 if the next message to the room is the one of this number, and 0 if it is another.
async fn in_order(client: &mut Client, number: usize) -> Result<usize, LoadError> {
    let message = client.next_of_type("receive-message").await?;
    Ok(usize::from(
        message["message"].as_str() == Some(&number.to_string()),
    ))
}
