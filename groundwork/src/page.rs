//! The files of a web page, compiled into the server.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;

/// A file of the page.
#[derive(Debug, Clone, Copy)]
pub struct PageFile {
    path: &'static str,
    content_type: &'static str,
    content: &'static str,
}

impl PageFile {
    /// An HTML document.
    pub const fn html(path: &'static str, content: &'static str) -> Self {
        Self {
            path,
            content_type: "text/html; charset=utf-8",
            content,
        }
    }

    /// A style sheet.
    pub const fn css(path: &'static str, content: &'static str) -> Self {
        Self {
            path,
            content_type: "text/css",
            content,
        }
    }

    /// A JavaScript module.
    pub const fn javascript(path: &'static str, content: &'static str) -> Self {
        Self {
            path,
            content_type: "text/javascript",
            content,
        }
    }
}

/// A WebSocket that comes back.
pub const CONNECTION: PageFile =
    PageFile::javascript("/connection.js", include_str!("../web/connection.js"));

/// Signing in, and the session that it gives.
pub const SESSION: PageFile =
    PageFile::javascript("/session.js", include_str!("../web/session.js"));

/// How the pages of people who talk to each other look.
pub const STYLE: PageFile = PageFile::css("/style.css", include_str!("../web/style.css"));

/// A route for each file.
pub fn routes<S: Clone + Send + Sync + 'static>(files: &[PageFile]) -> Router<S> {
    files.iter().fold(Router::new(), |router, file| {
        // Not cached: after an edit and a restart, the browser must not show the file of before.
        let headers = [
            (CONTENT_TYPE, file.content_type),
            (CACHE_CONTROL, "no-store"),
        ];
        router.route(file.path, get((headers, file.content)))
    })
}
