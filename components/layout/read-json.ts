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
  const response = await fetch(url, {
    headers: { accept: "application/json" },
    ...(signal !== undefined && { signal }),
  });
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
