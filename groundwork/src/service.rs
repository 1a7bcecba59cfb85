//! Listening, and stopping when asked.

use std::future::IntoFuture;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::setting;

/// How long answers that are under way are waited for when the server is asked to stop.
const GRACE: Duration = Duration::from_secs(1);

/// Serves on 127.0.0.1 and the port in `PORT` (3001 if it is not set; with 0 the system chooses
/// one), until Ctrl-C or SIGTERM. The address is printed once it listens.
///
/// # Errors
/// When `PORT` is no port, or the port cannot be had.
pub async fn serve(name: &str, router: Router) -> io::Result<()> {
    let listener = listen(setting("PORT", 3001)?).await?;
    eprintln!("{name}: http://{}", listener.local_addr()?);
    serve_until(asked_to_stop(), listener, router).await
}

async fn serve_until(
    stop: impl Future<Output = ()> + Send + 'static,
    listener: TcpListener,
    router: Router,
) -> io::Result<()> {
    // What is pushed in small pieces must not wait for the acknowledgement of the piece before.
    let listener = listener.tap_io(|tcp| {
        // Without it the connection is slower, and still one.
        let _ = tcp.set_nodelay(true);
    });
    let (asked, was_asked) = oneshot::channel();
    // Connections that were upgraded are not waited for: they end with the process, and the page
    // connects again.
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        stop.await;
        // Nobody listens any more when the server has ended by itself.
        let _ = asked.send(());
    });
    tokio::select! {
        served = server.into_future() => served,
        // A stream of events has no end that one could wait for.
        () = async {
            let _ = was_asked.await;
            sleep(GRACE).await;
        } => Ok(()),
    }
}

/// The exit code of a server that has ended, once what went wrong has been printed.
pub fn exit_code(name: &str, end: io::Result<()>) -> ExitCode {
    match end {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port))
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("port {port}: {error}")))
}

async fn asked_to_stop() {
    let interrupted = async {
        // If signals cannot be had, there is only the hard way to stop, and nothing to wait for.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;
    use crate::page::{self, PageFile};

    #[tokio::test]
    async fn a_file_of_the_page_is_served_with_its_type_and_never_from_a_cache() {
        let listener = listen(0).await.expect("the system has a port");
        let address = listener.local_addr().expect("it is bound");
        let router: Router = page::routes(&[PageFile::css("/style.css", "body {}")]);
        let server = tokio::spawn(async move { axum::serve(listener, router).await });

        let mut client = TcpStream::connect(address).await.expect("it listens");
        client
            .write_all(b"GET /style.css HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
            .await
            .expect("it reads");
        let mut response = String::new();
        client
            .read_to_string(&mut response)
            .await
            .expect("it answers with text");
        server.abort();

        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        assert!(
            response.contains("\r\ncontent-type: text/css\r\n"),
            "{response}"
        );
        assert!(
            response.contains("\r\ncache-control: no-store\r\n"),
            "{response}"
        );
        assert!(response.ends_with("\r\n\r\nbody {}"), "{response}");
    }

    #[tokio::test]
    async fn an_answer_that_never_ends_does_not_keep_the_server_from_stopping() {
        let listener = listen(0).await.expect("the system has a port");
        let address = listener.local_addr().expect("it is bound");
        let router = Router::new().route("/", axum::routing::get(std::future::pending::<()>));
        let (stop, stopped) = oneshot::channel::<()>();
        let asked = async move {
            let _ = stopped.await;
        };
        let server = tokio::spawn(serve_until(asked, listener, router));
        let mut client = TcpStream::connect(address).await.expect("it listens");
        client
            .write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            .await
            .expect("it reads");
        stop.send(()).expect("the server runs");
        let ended = tokio::time::timeout(GRACE * 20, server).await;
        ended
            .expect("it does not wait for the answer")
            .expect("it does not panic")
            .expect("it stops without an error");
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_named() {
        let taken = listen(0).await.expect("the system has a port");
        let port = taken.local_addr().expect("it is bound").port();
        let error = listen(port).await.expect_err("the port is taken");
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        assert!(
            error.to_string().starts_with(&format!("port {port}: ")),
            "{error}"
        );
    }
}
