import type { Difference, DifferenceItem } from "#server/schema/difference.ts";

/** One line of a payload as the workbench shows it. */
export type MarkedLine = {
  readonly text: string;
  /** JSON pointer of the member that the line begins. */
  readonly path: string;
  readonly mark?: DifferenceItem["kind"];
  /** What is expected there, in words; where marked. */
  readonly note?: string;
};

const mostLines = 500;
const longestText = 200;

/** A value as indented JSON, line by line, with the difference marked; what is missing has a line of its own. */
export function markJson(value: unknown, difference: Difference): readonly MarkedLine[] {
  const marks = new Map<string, DifferenceItem>();
  for (const item of difference.items) if (!marks.has(item.path)) marks.set(item.path, item);
  const missing = Map.groupBy(
    difference.items.filter(({ kind }) => kind === "missing"),
    ({ path }) => path.slice(0, path.lastIndexOf("/")),
  );
  const writing: Writing = { lines: [], marks, missing };
  writeValue(writing, value, { path: "", indent: "", prefix: "", end: "" });
  return writing.lines.slice(0, mostLines);
}

type Writing = {
  readonly lines: MarkedLine[];
  readonly marks: ReadonlyMap<string, DifferenceItem>;
  readonly missing: ReadonlyMap<string, readonly DifferenceItem[]>;
};

type Place = {
  readonly path: string;
  readonly indent: string;
  /** The member's name with its colon; empty in lists. */
  readonly prefix: string;
  /** The comma after it. */
  readonly end: string;
};

function push({ lines, marks }: Writing, path: string, text: string): void {
  if (lines.length > mostLines) return;
  const item = marks.get(path);
  const short = text.length > longestText ? `${text.slice(0, longestText)}…` : text;
  lines.push(
    item === undefined
      ? { text: short, path }
      : { text: short, path, mark: item.kind, note: item.expected },
  );
}

function writeValue(writing: Writing, value: unknown, at: Place): void {
  const { path, indent, prefix, end } = at;
  if (typeof value !== "object" || value === null) {
    push(writing, path, `${indent}${prefix}${JSON.stringify(value) ?? "null"}${end}`);
    return;
  }
  const isList = Array.isArray(value);
  const members = Object.entries(value);
  const lacking = writing.missing.get(path) ?? [];
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  push(writing, path, `${indent}${prefix}${open}`);
  for (const [index, [name, inner]] of members.entries()) {
    if (writing.lines.length > mostLines) return;
    writeValue(writing, inner, {
      path: `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
      indent: `${indent}  `,
      prefix: isList ? "" : `${JSON.stringify(name)}: `,
      end: index < members.length - 1 ? "," : "",
    });
  }
  for (const item of lacking) {
    const name = item.path
      .slice(path.length + 1)
      .replaceAll("~1", "/")
      .replaceAll("~0", "~");
    push(writing, item.path, `${indent}  ${JSON.stringify(name)}: …`);
  }
  writing.lines.push({ text: `${indent}${close}${end}`, path });
}
