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

/// Operations over the whole text, as the servers of the exercises on documents have them.
pub const OPERATION: PageFile =
    PageFile::javascript("/operation.js", include_str!("../web/operation.js"));

/// A document as a page has it: what the server has, what is under way to it, what is not sent yet.
pub const DOCUMENT: PageFile =
    PageFile::javascript("/document.js", include_str!("../web/document.js"));

/// How the pages of people who talk to each other look.
pub const STYLE: PageFile = PageFile::css("/style.css", include_str!("../web/style.css"));

/// Where `npm run build` in `groundwork/web/codemirror` puts the editor component.
const CODEMIRROR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web/codemirror/bundle.js");
/// A module of the same name, for a page that then does without.
const NO_CODEMIRROR: &str = "export const EditorView = null;\n";

/// `/codemirror.js`: CodeMirror 6, if it has been bundled. Where it has not, `EditorView` is null.
pub fn codemirror<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let bundle = get(|| async {
        let bundle = tokio::fs::read_to_string(CODEMIRROR).await;
        let headers = [
            (CONTENT_TYPE, "text/javascript"),
            (CACHE_CONTROL, "no-store"),
        ];
        (headers, bundle.unwrap_or_else(|_| NO_CODEMIRROR.to_owned()))
    });
    Router::new().route("/codemirror.js", bundle)
}

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
