const two = (value: number): string => String(value).padStart(2, "0");

/**
 * Epoch milliseconds as text, as a field of date and time shows them in the viewer's zone.
 * @returns empty for what is no instant
 */
export function localTime(epochMs: string): string {
  const at = epochMs === "" ? new Date(Number.NaN) : new Date(Number(epochMs));
  if (Number.isNaN(at.getTime())) return "";
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const milliseconds = String(at.getMilliseconds()).padStart(3, "0");
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${milliseconds}`;
}

/** The other way round; empty for what is no instant yet. */
export function readLocalTime(text: string): string {
  const at = text === "" ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(at) ? "" : String(at);
}
