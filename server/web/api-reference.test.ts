import { describe, expect, it } from "vitest";
import { apiReference } from "#server/web/api-reference.ts";
import { apiRoutes } from "#server/web/api/routes.ts";

describe("the API reference", () => {
  it("has every route, with its parameters in words", () => {
    const operations = apiReference();
    const telemetry = operations.find(
      ({ path }) => path === "/api/v1/devices/{deviceId}/telemetry",
    );

    expect(operations).toHaveLength(apiRoutes.length);
    expect(telemetry?.method).toBe("GET");
    expect(telemetry?.fields.map(({ name, place }) => [place, name])).toContainEqual([
      "query",
      "from",
    ]);
  });

  it("says what a change is told", () => {
    const create = apiReference().find(
      ({ method, path }) => method === "POST" && path === "/api/v1/devices",
    );

    expect(create?.fields).toContainEqual(
      expect.objectContaining({ name: "name", place: "body", type: "string", required: true }),
    );
  });
});
