// Requests to our own server, each with an end.

export class HttpError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

// The answer, whatever its status. Rejects with a sentence for people when there is none.
export async function request(url, { headers = {}, signal, timeout = 20_000 } = {}) {
  const ends = [AbortSignal.timeout(timeout), ...(signal ? [signal] : [])];
  try {
    return await fetch(url, { headers, signal: AbortSignal.any(ends), credentials: "same-origin", cache: "no-cache" });
  } catch (error) {
    if (signal?.aborted) throw error;
    const late = error.name === "TimeoutError";
    throw new HttpError(late ? `No answer within ${timeout / 1000} s.` : "The server cannot be reached.", 0);
  }
}

export async function getJSON(url, options) {
  const response = await request(url, { ...options, headers: { Accept: "application/json" } });
  if (response.ok) return response.json();
  throw new HttpError(await complaint(response), response.status);
}

export async function getHTML(url, options) {
  const response = await request(url, { ...options, headers: { Accept: "text/html", "HX-Request": "true" } });
  if (response.ok) return response.text();
  throw new HttpError(`The server answered ${response.status}.`, response.status);
}

async function complaint(response) {
  try {
    const { message, detail } = await response.json();
    return message || detail || `The server answered ${response.status}.`;
  } catch {
    return `The server answered ${response.status}.`;
  }
}
