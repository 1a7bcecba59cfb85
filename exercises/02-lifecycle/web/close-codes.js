// What a close code says (RFC 6455 §7.4).

const MEANINGS = new Map([
  [1000, "Normal closure: it has done what it was for."],
  [1001, "Going away: the server stops, or the page is left."],
  [1002, "Protocol error: the other side broke RFC 6455."],
  [1003, "Unsupported data: this kind of message is not understood here."],
  [1005, "No code: there was a close frame without one. This number is never sent; the browser says it."],
  [1006, "Abnormal: there was no close frame at all. This number is never sent; the browser says it."],
  [1007, "Invalid payload: a text that is not UTF-8, say."],
  [1008, "Policy violation: the server does not want this client. Connecting again would not help."],
  [1009, "Message too big."],
  [1010, "A mandatory extension is missing."],
  [1011, "Internal error: the server could not do its part."],
  [1012, "Service restart: come back in a while."],
  [1013, "Try again later."],
  [1015, "The TLS handshake failed. This number is never sent; the browser says it."],
]);

/** The meaning of a code, for people. */
export function meaningOf(code) {
  if (MEANINGS.has(code)) {
    return MEANINGS.get(code);
  }
  if (code >= 3000 && code <= 3999) {
    return "A code of a library or framework, registered with IANA.";
  }
  if (code >= 4000 && code <= 4999) {
    return "A private code: the two sides know what it means.";
  }
  return "Not a code that may be sent.";
}

/** Whether a browser lets a page close with this code: all others are the browser's own to send. */
export function mayBeSentByAPage(code) {
  return code === 1000 || (code >= 3000 && code <= 4999);
}
