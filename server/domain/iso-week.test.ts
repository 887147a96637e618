import { expect, test } from "vitest";
import { isoWeek } from "#server/domain/iso-week.ts";

test.each([
  ["2026-11-23", 48],
  ["2026-12-31", 53],
  ["2027-01-03", 53],
  ["2027-01-04", 1],
  ["2024-12-30", 1],
  ["2021-01-01", 53],
])("%s lies in week %i", (day, week) => {
  expect(isoWeek(new Date(day))).toBe(week);
});
