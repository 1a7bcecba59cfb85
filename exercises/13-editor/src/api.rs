//! What is asked for over HTTP: signing in, documents, who may do what, versions.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use chrono::{SecondsFormat, Utc};
use groundwork::User;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::document::Document;
use crate::library::Library;
use crate::protocol::{ErrorCode, Member, Refusal, Role, Summary, Version};
use crate::stored::Write;
use crate::versions;

/// No title of a document and no name of a version is longer, in characters.
const LONGEST_NAME: usize = 100;

/// Who asks: whoever the token in the header `Authorization` names.
pub struct SignedIn(User);

impl FromRequestParts<Arc<Library>> for SignedIn {
    type Rejection = ErrorCode;

    async fn from_request_parts(
        parts: &mut Parts,
        library: &Arc<Library>,
    ) -> Result<Self, ErrorCode> {
        let header = parts.headers.get(AUTHORIZATION);
        let header = header.and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        let user = token.and_then(|token| library.config().tokens.verify(token));
        user.map(Self).ok_or(ErrorCode::Unauthorized)
    }
}

type Lib = State<Arc<Library>>;

/// `POST /api/sign-in`: gives whoever has a valid name a token.
pub async fn sign_in(State(library): Lib, body: Bytes) -> Result<Response, ErrorCode> {
    let user = User::named(&body).ok_or(ErrorCode::InvalidUsername)?;
    let Some(token) = library.config().tokens.issue(&user) else {
        return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    let body = json!({ "token": token, "userId": user.id, "username": user.username });
    Ok(Json(body).into_response())
}

/// `POST /api/documents`: makes an empty one.
pub async fn create(
    State(library): Lib,
    SignedIn(user): SignedIn,
    body: Bytes,
) -> Result<impl IntoResponse, ErrorCode> {
    let title = name_in(&body, "title").ok_or(ErrorCode::InvalidTitle)?;
    let doc_id = Uuid::new_v4().to_string();
    let write = Write::Document(doc_id.clone(), title.clone(), user);
    library.write(write).await?;
    let role = Role::Owner;
    let summary = Summary {
        doc_id,
        title,
        role,
    };
    Ok((StatusCode::CREATED, Json(summary)))
}

/// `GET /api/documents`: those that the user may see.
pub async fn documents(
    State(library): Lib,
    SignedIn(user): SignedIn,
) -> Result<Json<Vec<Summary>>, ErrorCode> {
    let documents = library.read(move |reader| reader.documents_of(&user.id));
    documents.await.map(Json)
}

/// `GET /api/documents/{doc_id}`: its text, as it is stored.
pub async fn document(
    State(library): Lib,
    SignedIn(user): SignedIn,
    Path(doc_id): Path<String>,
) -> Result<Json<Value>, ErrorCode> {
    let document = visible(&library, &user, &doc_id).await?;
    let found = library.look(&document, &user, |state, role| {
        json!({
            "docId": state.doc_id,
            "title": state.title,
            "role": role,
            "revision": state.ordered.revision(),
            "content": state.ordered.text(),
        })
    });
    found.await.map(Json)
}

/// `GET /api/documents/{doc_id}/members`: who may do what.
pub async fn members(
    State(library): Lib,
    SignedIn(user): SignedIn,
    Path(doc_id): Path<String>,
) -> Result<Json<Vec<Member>>, ErrorCode> {
    let document = visible(&library, &user, &doc_id).await?;
    let members = library.look(&document, &user, |state, _| {
        state.members.values().cloned().collect()
    });
    members.await.map(Json)
}

/// `PUT /api/documents/{doc_id}/members/{user_id}`: lets a member do more, or less.
pub async fn change_role(
    State(library): Lib,
    SignedIn(user): SignedIn,
    Path((doc_id, user_id)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Member>, Refusal> {
    let document = visible(&library, &user, &doc_id).await?;
    let role = role_in(&body)?;
    let member = library.change(&document, |state| state.change_role(&user, &user_id, role));
    member.await.map(Json)
}

/// `DELETE /api/documents/{doc_id}/members/{user_id}`: shares it with them no longer.
pub async fn remove_member(
    State(library): Lib,
    SignedIn(user): SignedIn,
    Path((doc_id, user_id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let document = visible(&library, &user, &doc_id).await?;
    let removed = library.change(&document, |state| {
        let change = state.remove_member(&user, &user_id)?;
        Ok::<_, ErrorCode>((StatusCode::NO_CONTENT, change))
    });
    removed.await
}

/// `POST /api/documents/{doc_id}/links`: makes a link for those who are given it.
pub async fn add_link(
    State(library): Lib,
    SignedIn(user): SignedIn,
    Path(doc_id): Path<String>,
    body: Bytes,
) -> Result<impl IntoResponse, Refusal> {
    let document = visible(&library, &user, &doc_id).await?;
    let role = role_in(&body)?;
    let link = Uuid::new_v4().simple().to_string();
    let added = library.change(&document, |state| {
        let change = state.add_link(&user, link.clone(), role)?;
        Ok::<_, ErrorCode>((json!({ "link": link, "role": role }), change))
    });
    Ok((StatusCode::CREATED, Json(added.await?)))
}

/// `DELETE /api/documents/{doc_id}/links/{link}`: takes a link back.
pub async fn remove_link(
    State(library): Lib,
    SignedIn(user): SignedIn,
    Path((doc_id, link)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let document = visible(&library, &user, &doc_id).await?;
    let removed = library.change(&document, |state| {
        let change = state.remove_link(&user, link)?;
        Ok::<_, ErrorCode>((StatusCode::NO_CONTENT, change))
    });
    removed.await
}

/// `POST /api/links/{link}`: makes whoever has the link a member.
pub async fn follow_link(
    State(library): Lib,
    SignedIn(user): SignedIn,
    Path(link): Path<String>,
) -> Result<Json<Summary>, Refusal> {
    let searched = link.clone();
    let doc_id = library.read(move |reader| reader.document_behind(&searched));
    let doc_id = doc_id.await?.ok_or(ErrorCode::UnknownLink)?;
    let document = library.document(&doc_id).await?;
    let followed = library.change(&document, |state| {
        let (role, change) = state.follow_link(&user, &link)?;
        let summary = Summary {
            doc_id: state.doc_id.clone(),
            title: state.title.clone(),
            role,
        };
        Ok::<_, ErrorCode>((summary, change))
    });
    followed.await.map(Json)
}

/// `POST /api/documents/{doc_id}/versions`: gives the document as it is now a name.
pub async fn name_version(
    State(library): Lib,
    SignedIn(user): SignedIn,
    Path(doc_id): Path<String>,
    body: Bytes,
) -> Result<impl IntoResponse, Refusal> {
    let document = visible(&library, &user, &doc_id).await?;
    let name = name_in(&body, "name").ok_or(ErrorCode::InvalidName)?;
    let version_id = Uuid::new_v4().to_string();
    let created_at = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
    let version = library.change(&document, |state| {
        state.name_version(&user, version_id, name, created_at)
    });
    Ok((StatusCode::CREATED, Json(version.await?)))
}

/// `GET /api/documents/{doc_id}/versions`: all that have been named, the oldest first.
pub async fn versions(
    State(library): Lib,
    SignedIn(user): SignedIn,
    Path(doc_id): Path<String>,
) -> Result<Json<Vec<Version>>, ErrorCode> {
    visible(&library, &user, &doc_id).await?;
    let versions = library.read(move |reader| reader.versions(&doc_id));
    versions.await.map(Json)
}

/// `GET /api/documents/{doc_id}/versions/{version_id}`: one, and its text.
pub async fn version(
    State(library): Lib,
    SignedIn(user): SignedIn,
    Path((doc_id, version_id)): Path<(String, String)>,
) -> Result<Json<Value>, ErrorCode> {
    visible(&library, &user, &doc_id).await?;
    let (version, content) = stored_version(&library, doc_id, version_id).await?;
    let mut version = json!(version);
    version["content"] = content.into();
    Ok(Json(version))
}

/// `GET /api/documents/{doc_id}/versions/{version_id}/difference?to={version_id}`: what makes
/// another version of one, or the document as it is now.
pub async fn difference(
    State(library): Lib,
    SignedIn(user): SignedIn,
    Path((doc_id, version_id)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    let document = visible(&library, &user, &doc_id).await?;
    let (from, before) = stored_version(&library, doc_id.clone(), version_id).await?;
    let (to, after) = match query.get("to") {
        Some(to) => {
            let (to, after) = stored_version(&library, doc_id, to.clone()).await?;
            (to.revision, after)
        }
        None => {
            let now = library.look(&document, &user, |state, _| {
                (state.ordered.revision(), state.ordered.text().to_owned())
            });
            now.await?
        }
    };
    // Comparing long texts takes its time, and others are waiting.
    let operation = tokio::task::spawn_blocking(move || versions::difference(&before, &after));
    let operation = operation.await.map_err(|_| ErrorCode::StorageFailed)?;
    let operation =
        operation.map_err(|error| Refusal::because(ErrorCode::DocumentTooLong, error))?;
    Ok(Json(
        json!({ "from": from.revision, "to": to, "operation": operation }),
    ))
}

/// `POST /api/documents/{doc_id}/versions/{version_id}/restore`: makes the text what it was.
pub async fn restore(
    State(library): Lib,
    SignedIn(user): SignedIn,
    Path((doc_id, version_id)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let document = visible(&library, &user, &doc_id).await?;
    document.state().require(&user, Role::Editor)?;
    let (_, content) = stored_version(&library, doc_id, version_id).await?;
    let op_id = Uuid::new_v4().to_string();
    let config = library.config();
    let revision = library.change(&document, |state| {
        state.restore(&user, op_id, &content, config)
    });
    Ok(Json(json!({ "revision": revision.await? })))
}

/// A document, for someone who may see it. For all others there is none.
async fn visible(library: &Library, user: &User, doc_id: &str) -> Result<Arc<Document>, ErrorCode> {
    let document = library.document(doc_id).await?;
    document.state().require(user, Role::Viewer)?;
    Ok(document)
}

async fn stored_version(
    library: &Library,
    doc_id: String,
    version_id: String,
) -> Result<(Version, String), ErrorCode> {
    let version = library.read(move |reader| reader.version(&doc_id, &version_id));
    version.await?.ok_or(ErrorCode::UnknownVersion)
}

fn name_in(body: &[u8], member: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let name = body[member].as_str()?;
    let valid = !name.trim().is_empty() && name.chars().count() <= LONGEST_NAME;
    valid.then(|| name.to_owned())
}

fn role_in(body: &[u8]) -> Result<Role, ErrorCode> {
    let body: Value = serde_json::from_slice(body).map_err(|_| ErrorCode::InvalidRole)?;
    serde_json::from_value(body["role"].clone()).map_err(|_| ErrorCode::InvalidRole)
}
