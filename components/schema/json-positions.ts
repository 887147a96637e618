/** Where something is in a text; both counted from 1. */
type TextPlace = { readonly line: number; readonly column: number };

export type JsonText =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** Offset of each value by its JSON pointer; of members the offset of their name. */
      readonly offsets: ReadonlyMap<string, number>;
    }
  | { readonly ok: false; readonly offset: number; readonly problem: JsonProblem };

export type JsonProblem =
  | "value"
  | "name"
  | "colon"
  | "comma"
  | "text"
  | "end"
  | "twice"
  | "deep"
  | "object";

const deepest = 64;
const space = /[ \t\n\r]*/y;
const text = /"(?:[^"\\]|\\.)*"/y;
const plain = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;

class Misread extends Error {
  readonly offset: number;
  readonly problem: JsonProblem;
  constructor(offset: number, problem: JsonProblem) {
    super(problem);
    this.offset = offset;
    this.problem = problem;
  }
}

/** Reads a text of JSON like `JSON.parse`, and says of every value, or of the mistake, where it is. */
export function readJsonText(source: string): JsonText {
  const reader = new Reader(source);
  try {
    reader.value("", 0);
    reader.finish();
    return { ok: true, value: JSON.parse(source), offsets: reader.offsets };
  } catch (error) {
    if (!(error instanceof Misread)) throw error;
    return { ok: false, offset: error.offset, problem: error.problem };
  }
}

/** One walk over a text; throws Misread. */
class Reader {
  readonly offsets = new Map<string, number>();
  readonly #source: string;
  #at = 0;
  constructor(source: string) {
    this.#source = source;
  }

  value(pointer: string, depth: number): void {
    this.#take(space);
    if (depth > deepest) throw new Misread(this.#at, "deep");
    if (!this.offsets.has(pointer)) this.offsets.set(pointer, this.#at);
    const first = this.#source[this.#at];
    if (first === undefined) throw new Misread(this.#at, "end");
    if (first === "{") this.#members(pointer, depth);
    else if (first === "[") this.#items(pointer, depth);
    else if (first === '"') this.#text();
    else if (this.#take(plain) === "") throw new Misread(this.#at, "value");
  }

  finish(): void {
    this.#take(space);
    if (this.#at < this.#source.length) throw new Misread(this.#at, "end");
  }

  #members(pointer: string, depth: number): void {
    this.#at += 1;
    if (this.#is("}")) return;
    const names = new Set<string>();
    do {
      this.#take(space);
      const at = this.#at;
      if (this.#source[at] !== '"') throw new Misread(at, "name");
      const name = this.#text();
      if (names.has(name)) throw new Misread(at, "twice");
      names.add(name);
      const child = `${pointer}/${pointerStep(name)}`;
      this.offsets.set(child, at);
      if (!this.#is(":")) throw new Misread(this.#at, "colon");
      this.value(child, depth + 1);
    } while (this.#more("}"));
  }

  #items(pointer: string, depth: number): void {
    this.#at += 1;
    if (this.#is("]")) return;
    let index = 0;
    do {
      this.value(`${pointer}/${index}`, depth + 1);
      index += 1;
    } while (this.#more("]"));
  }

  /** Whether another part follows; otherwise the closing sign was taken. */
  #more(closing: string): boolean {
    if (this.#is(",")) return true;
    if (this.#is(closing)) return false;
    throw new Misread(this.#at, this.#at < this.#source.length ? "comma" : "end");
  }

  #text(): string {
    const at = this.#at;
    const found = this.#take(text);
    if (found === "") throw new Misread(at, "text");
    try {
      // In double quotes it is a text, or no JSON.
      return JSON.parse(found) as string;
    } catch {
      throw new Misread(at, "text");
    }
  }

  #is(sign: string): boolean {
    this.#take(space);
    if (this.#source[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }
}

/** A name as a step of a JSON pointer. */
function pointerStep(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

export function placeAt(source: string, offset: number): TextPlace {
  const before = source.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}

/** Offset of the value at a pointer, or of the nearest one around it. */
export function offsetOf(offsets: ReadonlyMap<string, number>, pointer: string): number {
  for (let path = pointer; path !== ""; path = path.slice(0, path.lastIndexOf("/"))) {
    const offset = offsets.get(path);
    if (offset !== undefined) return offset;
    if (!path.includes("/")) break;
  }
  return offsets.get("") ?? 0;
}
