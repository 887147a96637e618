import { expect, it } from "vitest";
import { slugOf } from "#server/domain/slug.ts";

it.each([
  ["Harbour Works GmbH & Co. KG", "harbour-works-gmbh-co-kg"],
  ["Ålesund Pümpen", "alesund-pumpen"],
  ["港湾", "organisation"],
  ["--", "organisation"],
  [`${"a".repeat(47)} b`, "a".repeat(47)],
])("%s becomes %s", (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
