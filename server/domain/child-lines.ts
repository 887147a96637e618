/** One child as it was pasted: a line with its id, and after commas or tabs its name and its profile. */
export type ChildLine = {
  /** From 1. */
  readonly line: number;
  readonly deviceId: string;
  /** Empty where there is none. */
  readonly name: string;
  /** Name of a profile; empty where there is none. */
  readonly profile: string;
};

const header = /^"?(device[ _-]?id|id)"?$/i;

/** Reads pasted ids or lines of CSV. Empty lines and a header are left out; commas inside quotes belong to the value. */
export function parseChildren(text: string): readonly ChildLine[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .map((raw, index) => {
      const [deviceId = "", name = "", profile = ""] = cellsOf(raw);
      return { line: index + 1, deviceId, name, profile };
    })
    .filter(({ deviceId, line }) => deviceId !== "" && !(line === 1 && header.test(deviceId)));
}

const cell = /\s*(?:"((?:[^"]|"")*)"|([^,;\t]*))\s*(?:[,;\t]|$)/y;

function cellsOf(raw: string): readonly string[] {
  const cells: string[] = [];
  cell.lastIndex = 0;
  while (cell.lastIndex < raw.length && cells.length < 3) {
    const [whole, quoted, plain = ""] = cell.exec(raw) ?? [];
    // A quote that nobody closes: what is left is taken as it is.
    if (whole === undefined) return [...cells, raw.slice(cell.lastIndex).trim()];
    cells.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"').trim());
    if (whole === "") break;
  }
  return cells;
}
