// The session that signing in gives.

const SESSION = "session";

/** The session of this tab, or null. It survives a reload and ends with the tab. */
export function storedSession() {
  try {
    return JSON.parse(sessionStorage.getItem(SESSION));
  } catch {
    return null;
  }
}

export function forgetSession() {
  sessionStorage.removeItem(SESSION);
}

/** Signs in and remembers it. Throws an Error with a message for people. */
export async function signIn(username) {
  let response;
  try {
    response = await fetch("/api/sign-in", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ username }),
    });
  } catch {
    throw new Error("The server cannot be reached.");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(body.message ?? `The server answered with ${response.status}.`);
  }
  sessionStorage.setItem(SESSION, JSON.stringify(body));
  return body;
}

/** A request with the session's token. */
export function get(path, token) {
  return fetch(path, { headers: { Authorization: `Bearer ${token}` } });
}

/** Whether the server refuses this token at `path`. A server that cannot be reached refuses nothing. */
export async function isRefused(path, token) {
  try {
    return (await get(path, token)).status === 401;
  } catch {
    return false;
  }
}
