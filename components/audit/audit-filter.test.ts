import { describe, expect, it } from "vitest";
import { auditFilterFrom, auditFilterKeys } from "#components/audit/audit-filter.ts";
import { deadLetterFilterFrom } from "#components/dead-letter/filter.ts";
import { auditFilter } from "#server/services/audit/schemas.ts";
import { deadLetterFilter } from "#server/services/dead-letter/schemas.ts";

// Browsers get no zod: what an address may hold is written plainly, and held to the schemas here.

const texts = ["", " ", "done", "denied", "2026-11-30", "2026-99-99", "x", "x".repeat(65)].concat(
  [128, 129, 200, 201].map((length) => "x".repeat(length)),
);

describe("the filters of an address are those that the services take", () => {
  it.each(texts)("%j", (text) => {
    const audit = auditFilterFrom(() => text);
    for (const key of auditFilterKeys) {
      const fits = text.trim() !== "" && auditFilter.shape[key].safeParse(text).success;
      expect([key, audit[key] !== ""]).toEqual([key, fits]);
    }
    const letters = deadLetterFilterFrom(() => text);
    for (const key of ["reason", "device", "text"] as const) {
      const fits = text.trim() !== "" && deadLetterFilter.shape[key].safeParse(text).success;
      expect([key, letters[key] !== ""]).toEqual([key, fits]);
    }
  });
});
