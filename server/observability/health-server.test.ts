import { Registry } from "prom-client";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "#server/db/embedded.ts";
import { readReadiness, serveHealth } from "#server/observability/health-server.ts";

const good = { name: "database", check: async () => "answers" };
const bad = {
  name: "signer",
  check: async () => {
    throw new Error("The signer does not answer.");
  },
};

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

async function serve(checks: readonly (typeof good)[]): Promise<string> {
  const port = await freePort();
  stop = await serveHealth({ port, registry: new Registry(), checks });
  return `http://127.0.0.1:${port}`;
}

describe("the health server", () => {
  it("is ready when every check holds", async () => {
    const response = await fetch(`${await serve([good])}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      ready: true,
      checks: [{ name: "database", ok: true, detail: "answers" }],
    });
  });

  it("says why it is not", async () => {
    const response = await fetch(`${await serve([good, bad])}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      ready: false,
      checks: [{ ok: true }, { name: "signer", ok: false, detail: "The signer does not answer." }],
    });
  });

  it("lives while it is not ready, and refuses what it does not know", async () => {
    const address = await serve([bad]);
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
    expect((await fetch(`${address}/metrics`)).status).toBe(200);
    expect((await fetch(`${address}/other`)).status).toBe(404);
    expect((await fetch(`${address}/healthz`, { method: "POST" })).status).toBe(405);
  });

  it("names the setting when its port is taken", async () => {
    const address = await serve([good]);
    const port = Number(new URL(address).port);
    const second = serveHealth({ port, registry: new Registry(), checks: [] });
    await expect(second).rejects.toThrow("METRICS_PORT");
  });

  it("does not wait longer than two seconds for a check", async () => {
    const hanging = { name: "database", check: () => new Promise<string>(() => undefined) };
    const report = await readReadiness([hanging]);
    expect(report.checks[0]).toMatchObject({ ok: false, detail: "No answer within 2 s." });
  });
});
