/** Digits by their number, everything else as text. */
function piecesOf(version: string): readonly string[] {
  return (
    version
      .toLowerCase()
      .replace(/^v(?=\d)/, "")
      .match(/\d+|[a-z]+/g) ?? []
  );
}

const isNumber = (piece: string) => /^\d/.test(piece);

/** 0 stands for a piece that is not there: 2.1 is 2.1.0, and 2.1-rc1 comes before 2.1. */
function comparePieces(a: string | undefined, b: string | undefined): number {
  if (a === undefined) return b === undefined ? 0 : -comparePieces(b, a);
  if (b === undefined) return isNumber(a) ? Math.sign(Number(a)) : -1;
  if (isNumber(a) && isNumber(b)) return Math.sign(Number(a) - Number(b));
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? 1 : -1;
  return a < b ? -1 : Number(a > b);
}

/**
 * Compares two versions as people count them: 2.10 is newer than 2.9, 2.1-rc1 older than 2.1.
 * @returns a negative number when `a` is older, a positive one when it is newer, else 0
 */
export function compareVersions(a: string, b: string): number {
  const left = piecesOf(a);
  const right = piecesOf(b);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const order = comparePieces(left[index], right[index]);
    if (order !== 0) return order;
  }
  return 0;
}
