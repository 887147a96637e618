import { describe, expect, it } from "vitest";
import {
  everyRefusal,
  refusalFilterOf,
  refusalViewFromParams,
  refusalViewToParams,
} from "#server/domain/refusal-view.ts";

describe("the state of the page of refusals", () => {
  it.each([
    ["", everyRefusal],
    [
      "q=pump&cause=expired,rate&device=pump-17&range=1h",
      { text: "pump", causes: ["expired", "rate"], device: "pump-17", range: "1h" as const },
    ],
    ["range=all", { ...everyRefusal, range: "all" as const }],
  ])("comes back from the address %j", (address, expected) => {
    const view = refusalViewFromParams(new URLSearchParams(address));

    expect(view).toEqual(expected);
    expect(decodeURIComponent(refusalViewToParams(view).toString())).toBe(address);
  });

  it("leaves out what it does not know", () => {
    const params = new URLSearchParams({ range: "9y", cause: "expired,DROP TABLE,", q: "  " });

    expect(refusalViewFromParams(params)).toEqual({ ...everyRefusal, causes: ["expired"] });
  });

  it("is a filter that begins the range before now", () => {
    const now = new Date("2026-11-23T12:00:00Z");
    const view = { ...everyRefusal, device: "pump-17", range: "24h" as const };

    expect(refusalFilterOf(view, now)).toEqual({
      deviceId: "pump-17",
      from: new Date("2026-11-22T12:00:00Z"),
    });
    expect(refusalFilterOf({ ...everyRefusal, range: "all" }, now)).toEqual({});
  });
});
