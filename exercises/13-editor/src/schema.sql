-- Each document, as it was after some of its operations. The text as it is now is this one and all operations after it.
CREATE TABLE IF NOT EXISTS documents (
    doc_id            TEXT PRIMARY KEY,
    title             TEXT NOT NULL,
    snapshot_revision INTEGER NOT NULL,
    snapshot          TEXT NOT NULL
) STRICT;

-- Every operation there has ever been, as it was applied. One of each name, and one for each revision.
CREATE TABLE IF NOT EXISTS operations (
    doc_id    TEXT NOT NULL REFERENCES documents,
    revision  INTEGER NOT NULL,
    user_id   TEXT NOT NULL,
    username  TEXT NOT NULL,
    op_id     TEXT NOT NULL,
    operation TEXT NOT NULL,
    PRIMARY KEY (doc_id, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS members (
    doc_id   TEXT NOT NULL REFERENCES documents,
    user_id  TEXT NOT NULL,
    username TEXT NOT NULL,
    role     TEXT NOT NULL,
    PRIMARY KEY (doc_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS documents_of_user ON members (user_id);

CREATE TABLE IF NOT EXISTS links (
    link   TEXT PRIMARY KEY,
    doc_id TEXT NOT NULL REFERENCES documents,
    role   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS versions (
    version_id TEXT PRIMARY KEY,
    doc_id     TEXT NOT NULL REFERENCES documents,
    name       TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    user_id    TEXT NOT NULL,
    username   TEXT NOT NULL,
    created_at TEXT NOT NULL,
    content    TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS versions_of_document ON versions (doc_id);
