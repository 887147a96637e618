import { describe, expect, it } from "vitest";
import { classifyFailure } from "#server/db/database-failure.ts";

describe("classifyFailure", () => {
  it.each([
    ["QS001", "committed"],
    ["23505", "conflict"],
    ["22P05", "data"],
    ["22003", "data"],
    ["23502", "data"],
    ["23514", "data"],
    ["54000", "data"],
    ["40001", "contended"],
    ["QS002", "behind"],
    ["40P01", "contended"],
    ["53100", "outage"],
    ["53300", "outage"],
    ["57014", "outage"],
    ["57P01", "outage"],
    ["57P03", "outage"],
    ["08006", "outage"],
    ["ECONNREFUSED", "outage"],
    ["ECONNRESET", "outage"],
    ["42P01", "outage"],
    ["XX000", "outage"],
    ["", "outage"],
  ])("%s is %s", (code, expected) => {
    expect(classifyFailure(Object.assign(new Error("x"), { code }))).toBe(expected);
  });

  it.each([[undefined], [null], ["text"], [new Error("no code")]])("%s is an outage", (error) => {
    expect(classifyFailure(error)).toBe("outage");
  });
});
