const maxFieldNameLength = 64;

const shape = /^[\p{L}_][\p{L}\p{M}\p{N}_.:/ %-]*$/u;
/** Names that reach an object's machinery where code is careless. */
const forbidden = new Set(["__proto__", "constructor", "prototype"]);

/** What is wrong with a field's name, in words that follow it; undefined when it is fine. */
export function fieldNameProblem(name: string): string | undefined {
  if (name.length > maxFieldNameLength) {
    return `has a name of more than ${maxFieldNameLength} characters`;
  }
  if (forbidden.has(name)) return "has a name that is not allowed";
  if (!shape.test(name)) {
    return "has a name that is not a letter followed by letters, digits, spaces and _ . : / % -";
  }
  return undefined;
}

export function isForbiddenName(name: string): boolean {
  return forbidden.has(name);
}
