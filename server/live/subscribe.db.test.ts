import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beatWorker } from "#server/db/beat-worker.ts";
import type { LiveFrame, LiveInterest } from "#server/domain/live.ts";
import { createLiveBus } from "#server/live/bus.ts";
import { serveLive } from "#server/live/server.ts";
import { subscribeLive } from "#server/live/subscribe.ts";
import { cloneDatabase, type TestDatabase } from "#server/testing/database.ts";

const clock = (): number => performance.timeOrigin + performance.now();
const tenantId = randomUUID();
const interest: LiveInterest = { tenantId, deviceKeys: ["7"], fleet: true, refusals: false };

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await cloneDatabase();
  folder = mkdtempSync(path.join(tmpdir(), "live-"));
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

async function startWorker(name: string) {
  const bus = createLiveBus(clock);
  const busPath = path.join(folder, name);
  const server = await serveLive({ bus, path: busPath, clock });
  const id = randomUUID();
  await beatWorker(database.ingest, { id, host: "h", pid: 1, busPath, startedAt: new Date() });
  return { bus, busPath, server };
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < 10_000 && !holds(); waited += 10) await sleep(10);
  expect(holds()).toBe(true);
}

const told = (ts: number): LiveFrame => ({
  kind: "messages",
  messages: [
    {
      deviceKey: "7",
      ts,
      receivedAt: ts,
      topic: "t",
      outcome: "stored",
      values: { a: 1 },
      text: "é",
    },
  ],
  dropped: 0,
});

describe("subscribeLive", () => {
  it("follows every worker, and one that comes back", async () => {
    const first = await startWorker("a.sock");
    const frames: LiveFrame[] = [];
    const abort = new AbortController();
    const following = subscribeLive({
      db: database.app,
      interest,
      onFrame: (frame) => frames.push(frame),
      signal: abort.signal,
    });
    const timesOf = (): number[] =>
      frames
        .flatMap((frame) => (frame.kind === "messages" ? frame.messages : []))
        .map(({ ts }) => ts);

    await until(() => first.bus.viewers === 1);
    expect(first.bus.wantsDevice(tenantId, 7n)).toBe(true);
    expect(first.bus.tenantsWithFleetViewers()).toEqual([tenantId]);
    first.bus.emit(tenantId, told(1));
    await until(() => timesOf().includes(1));

    const second = await startWorker("b.sock");
    await until(() => second.bus.viewers === 1);
    second.bus.emit(tenantId, told(2));
    await until(() => timesOf().includes(2));

    await first.server.stop();
    const again = createLiveBus(clock);
    const restarted = await serveLive({ bus: again, path: first.busPath, clock });
    await until(() => again.viewers === 1);
    again.emit(tenantId, told(3));
    await until(() => timesOf().includes(3));

    abort.abort();
    await following;
    await until(() => again.viewers === 0 && second.bus.viewers === 0);
    await restarted.stop();
    await second.server.stop();
  });

  it("keeps within bounds when a viewer does not read", async () => {
    const { bus, busPath, server } = await startWorker("c.sock");
    const query = encodeURIComponent(JSON.stringify(interest));
    const slow = request({ socketPath: busPath, path: `/live?interest=${query}` });
    slow.on("response", (response) => response.pause());
    slow.on("error", () => undefined);
    slow.end();
    await until(() => bus.viewers === 1);
    const before = process.memoryUsage().rss;
    for (let index = 0; index < 100_000; index += 1) {
      bus.emit(tenantId, told(index));
      if (index % 1000 === 0) await sleep(1);
    }
    expect(bus.dropped).toBeGreaterThan(50_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    slow.destroy();
    await until(() => bus.viewers === 0);
    await server.stop();
  });
});

describe("the worker's live server", () => {
  it("is for this user only and answers nothing but a proper interest", async () => {
    const { busPath, server } = await startWorker("d.sock");
    expect(statSync(busPath).mode & 0o077).toBe(0);
    const statusOf = (url: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request({ socketPath: busPath, path: url }, (response) => {
          response.destroy();
          resolve(response.statusCode);
        });
        sent.on("error", reject);
        sent.end();
      });
    expect(await statusOf("/")).toBe(404);
    expect(await statusOf("/live")).toBe(400);
    expect(await statusOf(`/live?interest=${encodeURIComponent('{"tenantId":"x"}')}`)).toBe(400);
    const many = {
      ...interest,
      deviceKeys: Array.from({ length: 1000 }, (_, key) => String(2 ** 50 + key)),
    };
    expect(await statusOf(`/live?interest=${encodeURIComponent(JSON.stringify(many))}`)).toBe(200);
    await server.stop();
  });
});
