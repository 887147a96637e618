/** A JSON object; undefined for anything else. */
export function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isObject(value) ? value : undefined;
}

/** Whether a value is an object with members. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Text of at most so many characters, else empty. */
export function textOf(value: unknown, longest = 256): string {
  return typeof value === "string" && value.length <= longest ? value : "";
}

const mostParameters = 32;

/** Names and texts; numbers and truth values as text. Undefined when there is anything else, or too much. */
export function readParameters(value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length > mostParameters) return undefined;
  const read: [string, string][] = [];
  for (const [name, given] of entries) {
    const isPlain = ["string", "number", "boolean"].includes(typeof given);
    const text = isPlain ? String(given) : undefined;
    if (text === undefined || name.length > 64 || text.length > 256) return undefined;
    read.push([name, text]);
  }
  return Object.fromEntries(read);
}
