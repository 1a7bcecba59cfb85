//! Settings, routes, signing in, the page.

use std::env;
use std::fmt::Display;
use std::io;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::TimeDelta;
use groundwork::page::{self, PageFile};
use groundwork::{Tokens, User, secret, serve, setting};
use serde_json::json;

use crate::handshake;
use crate::namespaces::Namespaces;
use crate::protocol::ErrorCode;
use crate::token;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The settings of the server, from its environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// `JWT_SECRET`: signs and verifies.
    pub tokens: Tokens,
    /// `TOKEN_LIFETIME_MS`: how long a token lasts that signing in gives.
    pub token_lifetime: TimeDelta,
    /// `ALLOWED_ORIGINS`: the sites whose pages may connect. If it is not set, the server's own.
    pub allowed_origins: Option<Vec<String>>,
    /// How often each user may send a message.
    pub rate: Rate,
}

/// How often something may be done: each time takes a token out of a bucket.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// `RATE_CAPACITY`: so many tokens at most, and at first; 1 to 1,000,000.
    pub capacity: u32,
    /// `RATE_REFILL_MS`: how long it takes until another one is there; 1 ms to a day.
    pub refill: Duration,
}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// When `JWT_SECRET` is not set, or a number is none or out of its range.
    pub fn from_env() -> io::Result<Self> {
        let lifetime = within("TOKEN_LIFETIME_MS", DAY_MS, 1..=365 * DAY_MS)?;
        Ok(Self {
            tokens: Tokens::new(secret("JWT_SECRET")?),
            token_lifetime: TimeDelta::milliseconds(lifetime.cast_signed()),
            allowed_origins: env::var("ALLOWED_ORIGINS").ok().map(origins),
            rate: Rate {
                capacity: within("RATE_CAPACITY", 60, 1..=1_000_000)?,
                refill: Duration::from_millis(within("RATE_REFILL_MS", 1000, 1..=DAY_MS)?),
            },
        })
    }
}

/// The origins in a list that is separated by commas.
fn origins(list: String) -> Vec<String> {
    let origins = list.split(',').map(str::trim);
    let origins = origins.filter(|origin| !origin.is_empty());
    origins.map(str::to_owned).collect()
}

fn within<T: Display + FromStr + PartialOrd>(
    name: &str,
    default: T,
    range: RangeInclusive<T>,
) -> io::Result<T> {
    let value = setting(name, default)?;
    if range.contains(&value) {
        return Ok(value);
    }
    let (least, most) = range.into_inner();
    let error = format!("{name}={value} is not a number from {least} to {most}");
    Err(io::Error::other(error))
}

/// Serves until Ctrl-C or SIGTERM.
///
/// # Errors
/// When a setting is wrong, or the port cannot be had.
pub async fn run() -> io::Result<()> {
    serve("namespaces", router(Namespaces::new(Config::from_env()?))).await
}

/// The files of the page.
const PAGE: [PageFile; 8] = [
    PageFile::html("/", include_str!("../web/index.html")),
    PageFile::javascript("/main.js", include_str!("../web/main.js")),
    PageFile::javascript("/limits.js", include_str!("../web/limits.js")),
    PageFile::javascript("/view.js", include_str!("../web/view.js")),
    PageFile::css("/namespaces.css", include_str!("../web/namespaces.css")),
    page::CONNECTION,
    page::SESSION,
    page::STYLE,
];

fn router(namespaces: Namespaces) -> Router {
    Router::new()
        .route("/api/sign-in", post(sign_in))
        .route("/api/session", get(session))
        .route("/ws", get(handshake::websocket))
        .with_state(Arc::new(namespaces))
        .merge(page::routes(&PAGE))
}

/// `POST /api/sign-in`: gives whoever has a valid name a token.
async fn sign_in(
    State(namespaces): State<Arc<Namespaces>>,
    body: Bytes,
) -> Result<Response, ErrorCode> {
    let user = User::named(&body).ok_or(ErrorCode::InvalidUsername)?;
    let config = namespaces.config();
    let Some(token) = config.tokens.issue_for(&user, config.token_lifetime) else {
        return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    let body = json!({ "token": token, "userId": user.id, "username": user.username });
    Ok(Json(body).into_response())
}

/// `GET /api/session`: whether the token in `Authorization: Bearer …` is good, and what is wrong
/// with it. A browser does not tell a page why its upgrade was refused.
async fn session(
    State(namespaces): State<Arc<Namespaces>>,
    headers: HeaderMap,
) -> Result<StatusCode, ErrorCode> {
    let header = headers.get(AUTHORIZATION);
    let header = header.and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer "));
    token::verify(token.unwrap_or_default(), &namespaces.config().tokens)?;
    Ok(StatusCode::NO_CONTENT)
}
