/** Every float of 32 bits is told from all others by so many digits. */
const mostDigits = 9;

/** The shortest number that is this float: 21.4 was sent, and is not 21.399999618530273. */
export function shortestFloat(value: number): number {
  if (Number.isInteger(value)) return value;
  for (let digits = 6; digits < mostDigits; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(mostDigits));
}
