import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { apiRoutes } from "#server/web/api/routes.ts";
import { buildOpenApi } from "#server/web/openapi.ts";

const root = path.resolve(import.meta.dirname, "../../app/api/v1");

/** "get /tokens/{tokenId}" for every method that a route file exports. */
function routesOnDisk(): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => path.basename(file) === "route.ts" && !file.startsWith("openapi.json"))
    .flatMap((file) => {
      const where = `/${path.dirname(file)}`.replace(/\[(\w+)\]/g, "{$1}");
      const text = readFileSync(path.join(root, file), "utf8");
      return Array.from(
        text.matchAll(/export const (GET|POST|PUT|PATCH|DELETE)\b/g),
        ([, method = ""]) => `${method.toLowerCase()} ${where}`,
      );
    })
    .toSorted();
}

describe("the OpenAPI document", () => {
  it("describes every route that exists and no other", () => {
    const described = apiRoutes.map((route) => `${route.method} ${route.path}`).toSorted();
    expect(described).toEqual(routesOnDisk());
  });

  it("gives every operation its own id and every path parameter a schema", () => {
    const document = buildOpenApi(apiRoutes) as {
      paths: Record<string, Record<string, { operationId: string; parameters: { in: string }[] }>>;
    };
    const operations = Object.entries(document.paths).flatMap(([where, methods]) =>
      Object.values(methods).map((operation) => ({ where, operation })),
    );
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { where, operation } of operations) {
      const inPath = operation.parameters.filter((parameter) => parameter.in === "path");
      expect(inPath).toHaveLength(where.split("{").length - 1);
    }
  });

  it("puts what a GET filters by into the query and what a POST makes into the body", () => {
    const document = buildOpenApi(apiRoutes);
    expect(document).toMatchObject({
      openapi: "3.1.1",
      paths: {
        "/audit": {
          get: {
            parameters: expect.arrayContaining([
              expect.objectContaining({
                in: "query",
                name: "from",
                required: false,
                schema: { type: "string", format: "date-time" },
              }),
              expect.objectContaining({ in: "query", name: "limit", required: false }),
            ]),
          },
        },
        "/tokens": {
          post: {
            requestBody: {
              content: {
                "application/json": { schema: { type: "object", required: ["name", "role"] } },
              },
            },
            responses: { 201: { description: "Done" } },
          },
        },
        "/tokens/{tokenId}": {
          delete: {
            parameters: [{ in: "path", name: "tokenId", required: true }],
            responses: { 204: { description: "Done" } },
          },
        },
      },
    });
  });
});
