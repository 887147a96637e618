/** What a problem document of our routes says (RFC 9457). */
type Problem = { readonly title?: string; readonly detail?: string };

/** A read that was refused: `message` is what the server said, fit to be shown. */
class ReadError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Reads JSON from one of our GET routes. The caller names the type: the route and the component
 * share it.
 * @throws ReadError with the problem's own words
 */
export async function readJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  return readAnswer<T>(url, {
    headers: { accept: "application/json" },
    ...(signal !== undefined && { signal }),
  });
}

/**
 * As {@link readJson}, for questions too long for an address: `question` is sent as JSON.
 * @throws ReadError with the problem's own words
 */
export async function askJson<T>(url: string, question: object, signal?: AbortSignal): Promise<T> {
  return readAnswer<T>(url, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify(question),
    ...(signal !== undefined && { signal }),
  });
}

/**
 * Sends a file's text and reads what became of it.
 * @throws ReadError with the problem's own words
 */
export async function sendText<T>(url: string, text: string): Promise<T> {
  return readAnswer<T>(url, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/x-ndjson" },
    body: text,
  });
}

async function readAnswer<T>(url: string, request: RequestInit): Promise<T> {
  const response = await fetch(url, request);
  if (response.ok) return (await response.json()) as T;
  const problem = await response.json().then(
    (body: Problem) => body,
    (): Problem => ({}),
  );
  throw new ReadError(
    response.status,
    problem.detail ?? problem.title ?? `The console answered ${response.status}.`,
  );
}
