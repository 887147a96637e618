/** Where the value that begins at `start` ends, in a text that may be cut off; undefined when it is. */
function endOfValue(text: string, start: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (quoted) {
      if (sign === "\\") at += 1;
      else if (sign === '"') quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === "{" || sign === "[") depth += 1;
    else if (sign === "}" || sign === "]") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    // The server will say what is wrong, and where; here only nothing is shown.
    return undefined;
  }
}

function objectsFrom(text: string, start: number, most: number): readonly Fields[] {
  const objects: Fields[] = [];
  let at = text.indexOf("{", start);
  while (at !== -1 && objects.length < most) {
    const end = endOfValue(text, at);
    const value = end === undefined ? undefined : parsed(text.slice(at, end));
    if (end === undefined || value === undefined) break;
    objects.push(value);
    // Whatever is not a comma or white space before the next one ends the list.
    const gap = /^[\s,]*/.exec(text.slice(end))?.[0].length ?? 0;
    at = text.charAt(end + gap) === "{" ? end + gap : -1;
  }
  return objects;
}

/** Under what an export that is one object holds its list. */
export const listNames = ["things", "devices", "enrollments", "value", "items", "data"] as const;

/** Where the list of an object begins: `{"things":[`. */
const listOfObject = new RegExp(`^\\s*\\{[^[{]*?"(?:${listNames.join("|")})"\\s*:\\s*\\[`);

/**
 * The first objects of a JSON list, of an object that holds one, or of one document a line, as the
 * file's beginning shows them.
 */
export function readJsonHead(text: string, most: number): readonly Fields[] {
  const inObject = listOfObject.exec(text)?.[0].length;
  return objectsFrom(text, inObject ?? 0, most);
}
