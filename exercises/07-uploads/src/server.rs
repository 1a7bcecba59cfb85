//! Settings, routes, the page.

use std::env;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use groundwork::page::{self, PageFile};
use groundwork::{serve, setting};

use crate::disk::{Disk, blocking};
use crate::handlers;
use crate::uploads::Uploads;

/// The longest message, in bytes. One that is longer ends the connection.
pub const MAX_MESSAGE: usize = 1024 * 1024;

/// The settings of the server, from its environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// `UPLOAD_FOLDER`: where the files are.
    pub folder: PathBuf,
    /// `MAX_UPLOAD`: the largest file, in bytes.
    pub max_upload: u64,
    /// `MAX_CHUNK`: the longest binary message that is taken, in bytes.
    pub max_chunk: usize,
    /// `MAX_UNFINISHED`: how many uploads may be unfinished at a time, in all.
    pub max_unfinished: usize,
    /// `EXPIRY_MS`: how long nothing may happen to an unfinished upload.
    pub expiry: Duration,
    /// `DISK_DELAY_MS`: how long each write takes at least.
    pub disk_delay: Duration,
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// When a number is none, or `MAX_CHUNK` is over [`MAX_MESSAGE`].
    pub fn from_env() -> io::Result<Self> {
        let max_chunk = setting("MAX_CHUNK", 64 * 1024)?;
        if max_chunk > MAX_MESSAGE {
            return Err(io::Error::other(format!(
                "MAX_CHUNK={max_chunk} is more than {MAX_MESSAGE}, the longest message"
            )));
        }
        Ok(Self {
            folder: env::var_os("UPLOAD_FOLDER").map_or_else(|| "uploads".into(), PathBuf::from),
            max_upload: setting("MAX_UPLOAD", 1 << 30)?,
            max_chunk,
            max_unfinished: setting("MAX_UNFINISHED", 64)?,
            expiry: Duration::from_millis(setting("EXPIRY_MS", 3_600_000)?),
            disk_delay: Duration::from_millis(setting("DISK_DELAY_MS", 0)?),
        })
    }
}

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// When a setting is wrong, the folder cannot be made, or the port cannot be had.
pub async fn run() -> io::Result<()> {
    let config = Config::from_env()?;
    let disk = Disk::open(&config.folder, config.disk_delay)?;
    let uploads = Arc::new(Uploads::new(config, disk));
    tokio::spawn(expire_for_ever(Arc::clone(&uploads)));
    serve("uploads", router(uploads)).await
}

async fn expire_for_ever(uploads: Arc<Uploads>) {
    // Often enough that none lives on for more than an eighth longer than it may.
    let pause = (uploads.config().expiry / 8).max(Duration::from_millis(10));
    loop {
        tokio::time::sleep(pause).await;
        let uploads = Arc::clone(&uploads);
        blocking(move || uploads.expire()).await;
    }
}

/// The files of the page.
const PAGE: [PageFile; 7] = [
    PageFile::html("/", include_str!("../web/index.html")),
    PageFile::css("/uploads.css", include_str!("../web/uploads.css")),
    PageFile::javascript("/main.js", include_str!("../web/main.js")),
    PageFile::javascript("/sha256.js", include_str!("../web/sha256.js")),
    PageFile::javascript("/uploader.js", include_str!("../web/uploader.js")),
    page::CONNECTION,
    page::STYLE,
];

fn router(uploads: Arc<Uploads>) -> Router {
    Router::new()
        .route("/ws", get(handlers::websocket))
        .route("/files/{id}", get(handlers::download))
        .with_state(uploads)
        .merge(page::routes(&PAGE))
}
