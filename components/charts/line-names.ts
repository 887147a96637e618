/** Letters that fit beside a line's end. */
const most = 15;
const between = " · ";

/** The part after the last separator; empty without one. */
function endingOf(label: string): string {
  const at = label.lastIndexOf(between);
  return at === -1 ? "" : label.slice(at);
}

/** The beginning and the end of a label: names of a series often differ in their last letters. */
function cut(label: string): string {
  if (label.length <= most) return label;
  const half = (most - 1) / 2;
  return `${label.slice(0, half).trimEnd()}…${label.slice(-half).trimStart()}`;
}

/**
 * Labels as they are written at the ends of lines: what all have in common at their end ("· flow")
 * is left out where it would be too long, and the rest is cut in its middle. Pure.
 */
export function lineNames(labels: readonly string[]): readonly string[] {
  const isLong = labels.some((label) => label.length > most);
  const ending = endingOf(labels[0] ?? "");
  const isCommon = labels.length > 1 && labels.every((label) => endingOf(label) === ending);
  return labels.map((label) =>
    cut(isLong && isCommon ? label.slice(0, label.length - ending.length) : label),
  );
}
