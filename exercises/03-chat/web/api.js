// The HTTP side of the server.

import { get } from "./session.js";

/** One page of messages: `{messages, total, hasMore}`, or null if it cannot be had. */
export async function messages(token, limit, offset) {
  try {
    const response = await get(`/api/messages?limit=${limit}&offset=${offset}`, token);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
