import { describe, expect, it } from "vitest";
import { localTime, readLocalTime } from "#components/message/local-time.ts";

describe("an instant in a field of date and time", () => {
  it.each([0, 1_764_227_601_007, 1_780_000_000_999])("%d comes back as it was", (at) => {
    expect(readLocalTime(localTime(String(at)))).toBe(String(at));
  });

  it.each(["", "soon", "NaN"])("%o is none", (text) => {
    expect(localTime(text)).toBe("");
    expect(readLocalTime(text)).toBe("");
  });
});
