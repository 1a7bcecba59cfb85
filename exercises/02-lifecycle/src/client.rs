//! A chat client for the terminal: it comes back, and loses nothing that was typed.
//!
//! Checks: `hello`, `hears` and `welcome-first` (21), `comes-back`, `waits`, `capped` and `success` (22),
//! `queue`, `unacknowledged` and `full` (23), `policy` (24), `silence` (25), `quit` (26).

use tokio::sync::mpsc;

use crate::terminal::{ClientConfig, Failed};

/// **21.** Sends what is typed and prints what is said, until the user wants to go or the server
/// does not want us.
///
/// One task is enough. It goes round between three states:
///
/// - *connecting*, with `tokio_tungstenite::connect_async` and a timeout. A response of 4xx is a
///   refusal (**24**);
/// - *talking*: send `join`. From the `welcome` on, send what the
///   [`Outbox`](crate::outbox::Outbox) has to send, the oldest first (**23**), and print each
///   `new-message` as `name: content` with [`print`](crate::terminal::print). Pass over what cannot be
///   read. Read on after a close frame, so that it is answered;
/// - *waiting*, when the connection was lost, for as long as
///   [`Backoff`](crate::backoff::Backoff) says (**22**). The `welcome` resets it. A close frame with
///   1008 is no loss but a refusal: print its reason, and do not come back (**24**). A server of which
///   nothing at all was heard for `config.silence` is lost (**25**).
///
/// In all three the user goes on typing: wait for `input` beside everything else (**23**). When the
/// outbox is full, print that and the line (**23**). After `/quit`, or when `input` ends (**26**), take
/// no more lines; once everything is acknowledged, but after 3 seconds at the latest, close with 1000.
///
/// # Errors
/// (**24**) When the server does not want us, and (**26**) when the last messages could not be
/// delivered.
pub async fn run(config: ClientConfig, input: mpsc::Receiver<String>) -> Result<(), Failed> {
    let _ = input;
    todo!("talk to {}", config.url)
}
