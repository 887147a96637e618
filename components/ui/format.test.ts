import { expect, test } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMilliseconds,
  formatNumber,
  formatRelative,
  roundComputed,
} from "#components/ui/format.ts";

const plain = (text: string) => text.replaceAll(/[\u202f\u00a0]/g, " ");

test.each([
  [formatCount(10_412), "10 412"],
  [formatCount(90_118_204n), "90 118 204"],
  [formatNumber(1.23456789), "1.23457"],
  [formatNumber(-71), "−71"],
  [formatNumber(0), "0"],
  [formatNumber(12_345_678_901), "1.23e+10"],
  [formatNumber(Number.NaN), "–"],
  [formatMilliseconds(0.94), "0.9 ms"],
  [formatMilliseconds(340), "340 ms"],
  [formatMilliseconds(2_449), "2.4 s"],
  [formatMilliseconds(190_000), "3 min"],
  [formatBytes(26), "26 B"],
  [formatBytes(4_140), "4.14 kB"],
  [formatBytes(4_294_967_296), "4.29 GB"],
  [formatDuration(0), "0 s"],
  [formatDuration(900), "under 1 s"],
  [formatDuration(45_000), "45 s"],
  [formatDuration(7_500_000), "2 h 5 min"],
  [formatDuration(3 * 86_400_000), "3 d"],
  [formatRelative(1_000, 3_000), "just now"],
  [formatRelative(0, 59_000), "59 s ago"],
  [formatRelative(0, 125_000), "2 min ago"],
  [formatRelative(0, 47 * 3_600_000), "47 h ago"],
  [formatRelative(0, 3 * 86_400_000), "3 days ago"],
  [formatRelative(90_000, 0), "in 1 min"],
])("%s", (text, wanted) => {
  expect(plain(text)).toBe(wanted);
});

test.each([
  [46.524, undefined, 46.52],
  [12_345.6, undefined, 12_346],
  [0.071046, undefined, 0.07105],
  [0.071046, 46.524, 0.07],
  [-0.001, 46.524, -0],
  [0, undefined, 0],
  [0.5, 0, 0.5],
])("%f, beside %s, is computed as %f", (value, like, wanted) => {
  expect(roundComputed(value, like)).toBe(wanted);
});
