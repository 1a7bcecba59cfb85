//! A request that is under way while its client does something else.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::http::{Body, Target, request};
use super::inbox::{Event, Inbox};

/// A request under way. Dropping it ends TCP, and no answer is recorded.
#[derive(Debug)]
pub struct Asked {
    _task: JoinSet<()>,
}

/// Sends a request like [`request`], and returns when it has begun to go out. The answer, or why there is none, is
/// recorded in the inbox as an [`Event::Answer`].
pub async fn ask(
    target: &Target,
    method: &str,
    path: &str,
    headers: &[(String, String)],
    body: Option<Body>,
    inbox: &Inbox,
    deadline: Duration,
) -> Asked {
    let recorder = inbox.recorder();
    let (sent, came) = (target.meter.read().sent, inbox.len());
    let mut task = JoinSet::new();
    task.spawn({
        let (target, method, path) = (target.clone(), method.to_owned(), path.to_owned());
        let headers = headers.to_vec();
        async move {
            let answer = request(&target, &method, &path, &headers, body, deadline).await;
            // A full inbox has said so itself.
            let _ = recorder.record(Instant::now(), Event::Answer(answer));
        }
    });
    tokio::select! {
        () = target.meter.sent_beyond(sent) => {}
        // It could not be sent, which is the answer.
        () = inbox.grown_beyond(came) => {}
    }
    Asked { _task: task }
}
