import { describe, expect, it } from "vitest";
import { bodyLimitBytes, readJsonBody } from "#server/web/read-body.ts";

function request(body: BodyInit | null, type = "application/json"): Request {
  return new Request("http://localhost/api/v1/devices", {
    method: "POST",
    headers: { "content-type": type },
    body,
  });
}

describe("a JSON body", () => {
  it.each([
    ["an object", '{"name":"pump"}', { name: "pump" }],
    ["nothing", null, {}],
    ["an empty text", "", {}],
  ])("may be %s", async (_, body, expected) => {
    expect(await readJsonBody(request(body))).toEqual(expected);
  });

  it.each([
    ["a list", "[1]", "application/json", 400],
    ["null", "null", "application/json", 400],
    ["a number", "7", "application/json", 400],
    ["cut off", '{"name":', "application/json", 400],
    ["a form", "name=pump", "application/x-www-form-urlencoded", 415],
    ["JSON that says it is text", '{"name":"pump"}', "text/plain", 415],
    ["too large", `"${"a".repeat(bodyLimitBytes)}"`, "application/json", 413],
  ])("may not be %s", async (_, body, type, status) => {
    await expect(readJsonBody(request(body, type))).rejects.toMatchObject({ status });
  });

  it("cannot give an object another prototype", async () => {
    const text = '{"__proto__":{"role":"admin"},"deep":{"__proto__":{"role":"admin"}}}';
    const body = await readJsonBody(request(text));
    expect(Object.keys(body)).toEqual(["deep"]);
    expect({ ...body }).not.toHaveProperty("role");
    expect(body["deep"]).not.toHaveProperty("role");
  });

  it("is not read further than the limit", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const hostile = new Request("http://localhost/", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: endless,
      duplex: "half",
    } as RequestInit);
    await expect(readJsonBody(hostile)).rejects.toMatchObject({ status: 413 });
    expect(sent).toBeLessThan(bodyLimitBytes + 4 * 65_536);
  });
});
