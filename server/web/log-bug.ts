/** One line of a bug to the console process's error log: never the input that led to it. */
export function logBug(error: unknown, requestId: string): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(
    `${JSON.stringify({ level: "error", event: "unexpected", requestId, name, message, stack })}\n`,
  );
}
