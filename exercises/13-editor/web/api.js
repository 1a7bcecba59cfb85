// Requests with the session's token.

/** Throws an Error with a message for people, whose `status` is the answer's. */
export async function request(session, method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { Authorization: `Bearer ${session.token}` },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error("The server cannot be reached.");
  }
  const answer = response.status === 204 ? null : await response.json().catch(() => ({}));
  if (!response.ok) {
    throw Object.assign(new Error(answer?.message ?? `The server answered with ${response.status}.`), { status: response.status });
  }
  return answer;
}
