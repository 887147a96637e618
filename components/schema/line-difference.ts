type DiffLine = { readonly kind: "same" | "added" | "removed"; readonly text: string };
/** Lines that are shown, or how many that stay the same are left out. */
export type DiffPart = DiffLine | { readonly kind: "skipped"; readonly count: number };

/** Beyond this the middle is shown as taken out and put in: nobody reads more. */
const mostCells = 4_000_000;
const around = 3;

/** What became of the lines of a text: a longest common subsequence. */
export function lineDifference(before: string, after: string): readonly DiffLine[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (
    end < old.length - start &&
    end < now.length - start &&
    old[old.length - 1 - end] === now[now.length - 1 - end]
  ) {
    end += 1;
  }
  const same = (text: string): DiffLine => ({ kind: "same", text });
  return [
    ...old.slice(0, start).map(same),
    ...middle(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...old.slice(old.length - end).map(same),
  ];
}

function middle(old: readonly string[], now: readonly string[]): readonly DiffLine[] {
  if (old.length * now.length > mostCells) {
    return [
      ...old.map((text): DiffLine => ({ kind: "removed", text })),
      ...now.map((text): DiffLine => ({ kind: "added", text })),
    ];
  }
  const width = now.length + 1;
  const lengths = commonLengths(old, now, width);
  const lines: DiffLine[] = [];
  for (let row = 0, column = 0; row < old.length || column < now.length;) {
    const [left, right] = [old[row], now[column]];
    const takeOut = lengths[(row + 1) * width + column] ?? 0;
    const putIn = lengths[row * width + column + 1] ?? 0;
    if (left !== undefined && left === right) {
      lines.push({ kind: "same", text: left });
      row += 1;
      column += 1;
    } else if (left !== undefined && (right === undefined || takeOut >= putIn)) {
      lines.push({ kind: "removed", text: left });
      row += 1;
    } else {
      lines.push({ kind: "added", text: right ?? "" });
      column += 1;
    }
  }
  return lines;
}

/** Length of the longest common part of what follows each pair of lines. */
function commonLengths(old: readonly string[], now: readonly string[], width: number) {
  const lengths = new Uint32Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      const at = row * width + column;
      lengths[at] =
        old[row] === now[column]
          ? (lengths[at + width + 1] ?? 0) + 1
          : Math.max(lengths[at + width] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  return lengths;
}

/** The changed lines with a few around them; longer stretches in between as a number. */
export function shortened(lines: readonly DiffLine[]): readonly DiffPart[] {
  const changed = lines.flatMap(({ kind }, index) => (kind === "same" ? [] : [index]));
  const near = new Set(
    changed.flatMap((at) =>
      Array.from({ length: 2 * around + 1 }, (_, offset) => at - around + offset),
    ),
  );
  const parts: DiffPart[] = [];
  let skipped = 0;
  const leave = () => {
    if (skipped > 0) parts.push({ kind: "skipped", count: skipped });
    skipped = 0;
  };
  for (const [index, line] of lines.entries()) {
    if (near.has(index)) {
      leave();
      parts.push(line);
    } else skipped += 1;
  }
  leave();
  return parts;
}
