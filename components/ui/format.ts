import { uiText } from "#components/strings/ui.ts";

/** Between thousands. Half a space in our typeface. */
const thinSpace = "\u202f";
/** Between a number and its unit: with the thin one "17 ms" reads as one word. */
export const unitSpace = "\u00a0";

/** 10 412: groups set apart by a thin space that does not break. */
export function formatCount(value: number | bigint): string {
  return new Intl.NumberFormat("en", { maximumFractionDigits: 0 })
    .format(value)
    .replaceAll(",", thinSpace);
}

const formats = new Map<number, Intl.NumberFormat>();

/** Kept: charts write hundreds of numbers in a frame, and making a format costs more than using it. */
function significant(digits: number): Intl.NumberFormat {
  const known = formats.get(digits);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat("en", { maximumSignificantDigits: digits });
  formats.set(digits, format);
  return format;
}

/** A measured value with at most `digits` significant digits, a thin space between thousands. */
export function formatNumber(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(2).replace("-", "−");
  return significant(Math.max(digits, 1))
    .format(value)
    .replaceAll(",", thinSpace)
    .replace("-", "−");
}

/**
 * A computed value to four digits, or to as many decimals as `like` has with four: 46.524 is 46.52,
 * 12345.6 is 12346, and 0.071 beside 46.52 is 0.07.
 */
export function roundComputed(value: number, like = value): number {
  if (!Number.isFinite(value) || !Number.isFinite(like) || like === 0) return value;
  const decimals = 3 - Math.floor(Math.log10(Math.abs(like)));
  return Number(value.toFixed(Math.min(Math.max(decimals, 0), 12)));
}

/** 6.1 ms, 2.4 s, 3 min: what a duration in milliseconds is called. */
export function formatMilliseconds(value: number): string {
  if (value < 10) return `${formatNumber(Math.round(value * 10) / 10)}${unitSpace}ms`;
  if (value < 1_000) return `${formatCount(Math.round(value))}${unitSpace}ms`;
  if (value < 60_000) return `${formatNumber(Math.round(value / 100) / 10)}${unitSpace}s`;
  return `${formatCount(Math.round(value / 60_000))}${unitSpace}min`;
}

/** 812 B, 4.1 kB. */
export function formatBytes(value: number): string {
  if (value < 1_000) return `${formatCount(value)}${unitSpace}B`;
  if (value < 1_000_000) return `${formatNumber(value / 1_000, 3)}${unitSpace}kB`;
  if (value < 1_000_000_000) return `${formatNumber(value / 1_000_000, 3)}${unitSpace}MB`;
  return `${formatNumber(value / 1_000_000_000, 3)}${unitSpace}GB`;
}

const spans = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** A span of milliseconds in its two largest units: 3 d 4 h, 2 h 5 min, 45 s, under 1 s, 0 s. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds <= 0) return `0${unitSpace}s`;
  const seconds = Math.floor(milliseconds / 1_000);
  const largest = spans.findIndex(([, size]) => seconds >= size);
  if (largest === -1) return `under${unitSpace}1${unitSpace}s`;
  let rest = seconds;
  const parts = spans.slice(largest, largest + 2).map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return { count, unit };
  });
  return parts
    .filter(({ count }) => count > 0)
    .map(({ count, unit }) => `${formatCount(count)}${unitSpace}${unit}`)
    .join(" ");
}

/** "3 min ago", "in 2 days". Both in epoch milliseconds. */
export function formatRelative(at: number, now: number): string {
  const past = now >= at;
  const seconds = Math.floor(Math.abs(now - at) / 1_000);
  if (seconds < 5 && past) return uiText.justNow;
  const words = past
    ? [uiText.secondsAgo, uiText.minutesAgo, uiText.hoursAgo, uiText.daysAgo]
    : [uiText.inSeconds, uiText.inMinutes, uiText.inHours, uiText.inDays];
  const [unit, size] =
    seconds < 60
      ? [0, 1]
      : seconds < 3_600
        ? [1, 60]
        : seconds < 172_800
          ? [2, 3_600]
          : [3, 86_400];
  const word = words[unit] ?? uiText.secondsAgo;
  return word(formatCount(Math.floor(seconds / size)));
}
