// The HTTP side of the server, and the session that it gives.

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

/** Whether the server refuses this token. A server that cannot be reached refuses nothing. */
export async function isRefused(token) {
  try {
    return (await get("/api/online-users", token)).status === 401;
  } catch {
    return false;
  }
}

/** One page of messages: `{messages, total, hasMore}`, or null if it cannot be had. */
export async function messages(token, limit, offset) {
  try {
    const response = await get(`/api/messages?limit=${limit}&offset=${offset}`, token);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

function get(path, token) {
  return fetch(path, { headers: { Authorization: `Bearer ${token}` } });
}
