import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beatWorker } from "#server/db/beat-worker.ts";
import type { LiveFrame, LiveInterest } from "#server/domain/live.ts";
import { createLiveBus, type LiveBus } from "#server/live/bus.ts";
import { createLiveRelay } from "#server/live/relay.ts";
import { serveLive } from "#server/live/server.ts";
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
  const server = await serveLive({ bus, path: busPath });
  const id = randomUUID();
  await beatWorker(database.ingest, { id, host: "h", pid: 1, busPath, startedAt: new Date() });
  return { bus, busPath, server };
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < 10_000 && !holds(); waited += 10) await sleep(10);
  expect(holds()).toBe(true);
}

function tell(bus: LiveBus, ts: number, deviceKey = "7"): void {
  const stored = { outcome: "stored", topic: "t", values: { a: 1 }, text: "é" } as const;
  const make = () => ({ deviceKey, ts, receivedAt: ts, ...stored });
  bus.watched(tenantId, BigInt(deviceKey))?.offer({ count: 1, make });
}

describe("the relay of a console", () => {
  it("follows once for all viewers, on every worker, and says hello after what may be missed", async () => {
    const first = await startWorker("a.sock");
    const relay = createLiveRelay({ db: database.app, clock });
    const near = viewerOf(["7"]);
    const watching = relay.watch(near.viewer)!;
    await until(() => near.lines.length === 1);
    expect(near.kinds()).toEqual(["hello"]);
    expect(first.bus.watched(tenantId, 7n)).toBeDefined();
    expect(first.bus.tenantsWithFleetViewers()).toEqual([tenantId]);

    const far = viewerOf(["8"]);
    const watchingToo = relay.watch(far.viewer)!;
    await until(() => far.kinds().includes("hello"));
    expect(first.bus.viewers).toBe(1);
    tell(first.bus, 1);
    tell(first.bus, 2, "8");
    await until(() => near.times().length + far.times().length === 2);
    expect([near.times(), far.times()]).toEqual([[1], [2]]);
    expect(near.kinds().filter((kind) => kind === "hello")).toHaveLength(1);

    const second = await startWorker("b.sock");
    await until(() => second.bus.viewers === 1);
    await until(() => near.kinds().filter((kind) => kind === "hello").length === 2);
    tell(second.bus, 3);
    await until(() => near.times().includes(3));

    await first.server.stop();
    const again = createLiveBus(clock);
    const restarted = await serveLive({ bus: again, path: first.busPath });
    await until(() => again.viewers === 1);
    await until(() => near.kinds().filter((kind) => kind === "hello").length === 3);
    tell(again, 4);
    await until(() => near.times().includes(4));

    watchingToo.end();
    await until(() => again.watched(tenantId, 8n) === undefined);
    watching.end();
    await until(() => again.viewers === 0 && second.bus.viewers === 0);
    expect(relay.viewers).toBe(0);
    await restarted.stop();
    await second.server.stop();
  });

  it("says hello at once where no worker runs, and refuses more devices than it can follow", async () => {
    await database.ingest.pool.query("DELETE FROM worker_instance");
    const relay = createLiveRelay({ db: database.app, clock });
    const { viewer, kinds } = viewerOf(["7"]);
    relay.watch(viewer);
    await until(() => kinds().includes("hello"));
    const many = Array.from({ length: 20_000 }, (_, key) => String(key));
    expect(relay.watch(viewerOf(many).viewer)).toBeUndefined();
    await relay.stop();
  });
});

/** A browser as the relay sees it. */
function viewerOf(deviceKeys: readonly string[]) {
  const lines: LiveFrame[] = [];
  const decoder = new TextDecoder();
  return {
    lines,
    kinds: () => lines.map(({ kind }) => kind),
    times: () =>
      lines.flatMap((frame) =>
        frame.kind === "messages" ? frame.messages.map(({ ts }) => ts) : [],
      ),
    viewer: {
      interest: { ...interest, deviceKeys },
      isReady: () => true,
      write: (event: Uint8Array) => {
        const text = decoder
          .decode(event)
          .trim()
          .replace(/^data: /, "");
        lines.push(JSON.parse(text) as LiveFrame);
      },
    },
  };
}

describe("a console that does not read", () => {
  it("costs the worker a bounded amount of memory", async () => {
    const { bus, busPath, server } = await startWorker("c.sock");
    const slow = request({ socketPath: busPath, path: "/live", method: "POST" });
    slow.on("response", (response) => response.pause());
    slow.on("error", () => undefined);
    slow.write(`${JSON.stringify({ version: 1, interest })}\n`);
    await until(() => bus.viewers === 1);
    const before = process.memoryUsage().rss;
    for (let index = 0; index < 100_000; index += 1) {
      tell(bus, index);
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
    const statusOf = (url: string, line: unknown): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request({ socketPath: busPath, path: url, method: "POST" }, (response) => {
          resolve(response.statusCode);
          sent.destroy();
        });
        sent.on("error", reject);
        sent.write(`${JSON.stringify(line)}\n`);
      });
    const many = Array.from({ length: 1000 }, (_, key) => String(2 ** 50 + key));
    expect(await statusOf("/", { version: 1, interest })).toBe(404);
    expect(await statusOf("/live", "x")).toBe(400);
    expect(await statusOf("/live", { version: 1, interest: { tenantId: "x" } })).toBe(400);
    expect(
      await statusOf("/live", { version: 1, interest: { ...interest, deviceKeys: many } }),
    ).toBe(200);
    await server.stop();
  });
});
