//! A small web server for the book, which tells open pages to reload when it was built again.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{Response, StatusCode, Uri, header};
use axum::routing::get;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::checks;
use crate::cli::say;
use crate::render::{self, Workspace};

const RELOAD_ENDPOINT: &str = "reload-when-built";
const POLL_INTERVAL: Duration = Duration::from_millis(300);

/// The newest build. A response keeps the folder that it began with, even when a newer one replaces it.
type Build = Arc<TempDir>;

/// Serves the book until the process is ended. Port 0 lets the system choose.
pub(crate) fn serve(workspace: Workspace, port: u16) -> Result<()> {
    let before = fingerprint(&workspace);
    let first = Arc::new(rebuild(&workspace)?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let served = runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot serve on {address}; choose another with --port"))?;
        say(&format!("The book: http://{}/", listener.local_addr()?));
        say("It is built again when a page changes. Ctrl-C ends it.");

        let (builds, newest) = watch::channel(first);
        tokio::task::spawn_blocking(move || rebuild_on_change(&workspace, before, &builds));
        tokio::select! {
            served = axum::serve(listener, router(newest)) => served?,
            _ = tokio::signal::ctrl_c() => {}
        }
        anyhow::Ok(())
    });
    // The watcher may be in the middle of a build; there is nothing to wait for.
    runtime.shutdown_background();
    served
}

fn router(newest: watch::Receiver<Build>) -> Router {
    Router::new()
        .route(&format!("/{RELOAD_ENDPOINT}"), get(reload))
        .fallback(get(page))
        .with_state(newest)
}

async fn reload(
    upgrade: WebSocketUpgrade,
    State(mut newest): State<watch::Receiver<Build>>,
) -> Response<Body> {
    // Before the upgrade is answered, so that the page misses no build that comes after.
    newest.mark_unchanged();
    upgrade.on_upgrade(move |socket| tell_when_built(socket, newest))
}

async fn tell_when_built(mut socket: WebSocket, mut newest: watch::Receiver<Build>) {
    tokio::select! {
        changed = newest.changed() => {
            if changed.is_ok() {
                // The page may have been left already.
                let _ = socket.send(Message::text("reload")).await;
            }
        }
        // The page says nothing; this ends when it is left.
        _ = socket.recv() => {}
    }
}

async fn page(
    uri: Uri,
    State(newest): State<watch::Receiver<Build>>,
) -> std::result::Result<Response<Body>, Infallible> {
    let build = Arc::clone(&newest.borrow());
    let file = match file_for(build.path(), uri.path()) {
        Some(file) => tokio::fs::read(&file)
            .await
            .ok()
            .map(|content| (file, content)),
        None => None,
    };
    let mut response = Response::new(Body::empty());
    let (file, content) = match file {
        Some(found) => found,
        None => {
            *response.status_mut() = StatusCode::NOT_FOUND;
            let not_found = build.path().join("404.html");
            let content = tokio::fs::read(&not_found).await.unwrap_or_default();
            (not_found, content)
        }
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static(media_type(&file)),
    );
    headers.insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-cache"),
    );
    *response.body_mut() = Body::from(content);
    Ok(response)
}

/// The file that a request's path names, if it names one inside the folder.
fn file_for(folder: &Path, path: &str) -> Option<PathBuf> {
    let relative = checks::links::percent_decoded(path.trim_start_matches('/'))?;
    let relative = Path::new(&relative);
    let stays_inside = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if !stays_inside {
        return None;
    }
    let file = folder.join(relative);
    Some(if file.is_dir() {
        file.join("index.html")
    } else {
        file
    })
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn rebuild(workspace: &Workspace) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let problems = render::build(workspace, folder.path(), Some(RELOAD_ENDPOINT))?;
    if !problems.is_empty() {
        eprintln!("warning: {}", checks::listed(&problems));
    }
    Ok(folder)
}

fn rebuild_on_change(workspace: &Workspace, mut built: Fingerprint, builds: &watch::Sender<Build>) {
    while !builds.is_closed() {
        std::thread::sleep(POLL_INTERVAL);
        let found = fingerprint(workspace);
        if found == built {
            continue;
        }
        built = found;
        match rebuild(workspace) {
            Ok(folder) => {
                say("Built again.");
                builds.send_replace(Arc::new(folder));
            }
            Err(error) => eprintln!("error: {error:#}\nThe pages stay as they were."),
        }
    }
}

/// When each source file was last written.
type Fingerprint = BTreeMap<PathBuf, SystemTime>;

fn fingerprint(workspace: &Workspace) -> Fingerprint {
    let mut files = Fingerprint::new();
    for source in workspace.sources() {
        collect_files(&source, &mut files);
    }
    files
}

fn collect_files(path: &Path, files: &mut Fingerprint) {
    // A file may go away between two looks, as editors do when they save: the next look sees what became of it.
    let Ok(metadata) = fs::metadata(path) else {
        return;
    };
    if metadata.is_dir() {
        let Ok(entries) = fs::read_dir(path) else {
            return;
        };
        for entry in entries.flatten() {
            collect_files(&entry.path(), files);
        }
    } else if let Ok(modified) = metadata.modified() {
        files.insert(path.to_owned(), modified);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio_tungstenite::connect_async;

    use super::*;

    fn build_with(text: &str) -> Build {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for (file, content) in [
            ("index.html", text),
            ("a b.css", "p {}"),
            ("404.html", "not here"),
        ] {
            fs::write(folder.path().join(file), content).expect("it can be written");
        }
        Arc::new(folder)
    }

    /// A server of this build, and the means to give it a newer one.
    async fn serving(build: Build) -> (SocketAddr, watch::Sender<Build>) {
        let (builds, newest) = watch::channel(build);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a port can be had");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move { axum::serve(listener, router(newest)).await });
        (address, builds)
    }

    async fn get(address: SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        let request = format!("GET {path} HTTP/1.1\r\nhost: book\r\nconnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("it can be sent");
        let mut response = String::new();
        stream.read_to_string(&mut response).await.expect("it ends");
        response
    }

    #[tokio::test]
    async fn files_are_served_with_their_type() {
        let (address, _builds) = serving(build_with("first")).await;
        for (path, parts) in [
            ("/", ["200 OK", "text/html; charset=utf-8", "first"]),
            (
                "/index.html?x=1",
                ["200 OK", "text/html; charset=utf-8", "first"],
            ),
            ("/a%20b.css", ["200 OK", "text/css; charset=utf-8", "p {}"]),
            (
                "/gone.html",
                ["404 Not Found", "text/html; charset=utf-8", "not here"],
            ),
        ] {
            let response = get(address, path).await;
            assert!(
                parts.iter().all(|part| response.contains(part)),
                "{path}: {response}"
            );
        }
    }

    #[tokio::test]
    async fn nothing_outside_the_folder_is_served() {
        let (address, _builds) = serving(build_with("first")).await;
        for path in [
            "/../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "/%2Fetc/passwd",
            "//etc/passwd",
            "/..%2f..",
            "/%zz",
        ] {
            let response = get(address, path).await;
            assert!(response.starts_with("HTTP/1.1 404"), "{path}: {response}");
        }
    }

    #[tokio::test]
    async fn an_open_page_is_told_of_a_newer_build() {
        let (address, builds) = serving(build_with("first")).await;
        let url = format!("ws://{address}/{RELOAD_ENDPOINT}");
        let (mut page, _) = connect_async(url).await.expect("it is upgraded");
        builds.send_replace(build_with("second"));
        let message = page
            .next()
            .await
            .expect("a message comes")
            .expect("it is whole");
        assert_eq!(message.to_text().expect("it is text"), "reload");
        assert!(get(address, "/").await.contains("second"));
    }
}
