import { pino } from "pino";
import { describe, expect, test } from "vitest";
import type { RefusedConnectionRow } from "#server/db/upsert-refused-connections.ts";
import type { LiveFrame } from "#server/domain/live.ts";
import { createRefusals } from "#server/gateway/refusals.ts";
import type { RefusedPeer } from "#server/gateway/refusal.ts";
import { createTokenBucket } from "#server/gateway/token-bucket.ts";

const peer = (claimedId: string, more: Partial<RefusedPeer> = {}): RefusedPeer => ({
  claimedId,
  tenantId: null,
  deviceKey: null,
  sha256: "",
  remote: "10.1.2.3",
  transport: "mqtts",
  ...more,
});
const refusal = { cause: "unknown-ca" as const, detail: "d", remedy: "r" };

function setUp() {
  const rows: RefusedConnectionRow[] = [];
  const frames: [string, LiveFrame][] = [];
  const state = { away: false, now: 1_000_000 };
  const refusals = createRefusals({
    store: {
      owners: async (ids) =>
        new Map(
          ids.map((id) => [
            id,
            id === "pump-17"
              ? { tenantId: "acme", deviceKey: 17n }
              : { tenantId: "operator", deviceKey: null },
          ]),
        ),
      upsert: async (given) => {
        if (state.away) throw new Error("away");
        rows.push(...given);
      },
    },
    live: { emit: (tenantId, frame) => frames.push([tenantId, frame]) },
    log: pino({ level: "silent" }),
    now: () => state.now,
  });
  return { rows, frames, state, refusals };
}

describe("refusals", () => {
  test("of one cause become one row with their number", async () => {
    const { refusals, rows, frames, state } = setUp();
    for (let n = 0; n < 5; n += 1) {
      refusals.record(peer("pump-17"), refusal);
      state.now += 10;
    }
    await refusals.stop();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ tenantId: "acme", deviceKey: 17n, count: 5 });
    expect(rows[0]!.lastAt.getTime() - rows[0]!.firstAt.getTime()).toBe(40);
    expect(frames).toEqual([
      ["acme", { kind: "refusal", refusal: expect.objectContaining({ deviceKey: "17" }) }],
    ]);
  });

  test("of unknown devices go to the operator's organisation", async () => {
    const { refusals, rows } = setUp();
    refusals.record(peer("nobody"), refusal);
    await refusals.stop();
    expect(rows[0]).toMatchObject({ tenantId: "operator", claimedId: "nobody" });
  });

  test("that differ in what the row is found by stay apart", async () => {
    const { refusals, rows } = setUp();
    refusals.record(peer("a"), refusal);
    refusals.record(peer("a", { remote: "10.1.2.4" }), refusal);
    refusals.record(peer("a", { sha256: "ff" }), refusal);
    refusals.record(peer("a"), { ...refusal, cause: "expired" });
    await refusals.stop();
    expect(rows).toHaveLength(4);
  });

  test("of the same row, once with the tenant known and once not, are added up", async () => {
    const { refusals, rows } = setUp();
    refusals.record(peer("pump-17"), refusal);
    refusals.record(peer("pump-17", { tenantId: "acme", deviceKey: 17n }), refusal);
    await refusals.stop();
    expect(rows).toHaveLength(1);
    expect(rows[0]?.count).toBe(2);
  });

  test("wait while the database is away, and none is lost", async () => {
    const { refusals, rows, state, frames } = setUp();
    state.away = true;
    refusals.record(peer("pump-17"), refusal);
    await refusals.flush();
    refusals.record(peer("pump-17"), refusal);
    expect(frames).toHaveLength(0);
    state.away = false;
    await refusals.stop();
    expect(rows).toHaveLength(1);
    expect(rows[0]?.count).toBe(2);
  });

  test("of a stranger who invents names fill neither memory nor table", async () => {
    const { refusals, rows } = setUp();
    for (let n = 0; n < 10_000; n += 1) refusals.record(peer(`made-up-${n}`), refusal);
    await refusals.stop();
    expect(rows.length).toBeLessThanOrEqual(201);
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
    expect(rows.find(({ remote }) => remote === "various")).toMatchObject({ claimedId: "" });
    expect(refusals.counts.get("unknown-ca")).toBe(10_000);
  });

  test("hold no text that the database would refuse", async () => {
    const { refusals, rows } = setUp();
    refusals.record(peer(`a\0${"b".repeat(400)}`), { ...refusal, detail: "x\0" });
    await refusals.stop();
    expect(rows[0]?.claimedId).toHaveLength(256);
    expect(JSON.stringify(rows[0]?.detail)).not.toContain("\\u0000");
  });

  test("of a name of any length and kind are kept short and printable", async () => {
    const { refusals, rows } = setUp();
    refusals.record(peer(`\u001b[2J${"a".repeat(251)}\u{1f600}${"b".repeat(65_000)}`), refusal);
    await refusals.stop();
    expect(rows[0]!.claimedId).toHaveLength(256);
    expect(rows[0]!.claimedId).toMatch(/^\ufffd\[2Ja+\ufffd$/u);
  });

  test("of known devices are told apart also while a stranger invents names", async () => {
    const { refusals, rows } = setUp();
    for (let n = 0; n < 2_000; n += 1) refusals.record(peer(`stranger-${n}`), refusal);
    const known = { tenantId: "acme", deviceKey: 18n };
    refusals.record(peer("pump-18", known), { ...refusal, cause: "expired" });
    await refusals.stop();
    expect(rows.find(({ reason }) => reason === "expired")).toMatchObject({
      claimedId: "pump-18",
      deviceKey: 18n,
    });
  });

  test("that are counted together stay with the organisation that they are of", async () => {
    const { refusals, rows } = setUp();
    for (let n = 0; n < 2_000; n += 1) {
      refusals.record(peer(`pump-${n}`, { tenantId: "acme", deviceKey: BigInt(n) }), refusal);
    }
    await refusals.stop();
    expect(new Set(rows.map(({ tenantId }) => tenantId))).toEqual(new Set(["acme"]));
    expect(rows.find(({ remote }) => remote === "various")).toMatchObject({
      claimedId: "",
      deviceKey: null,
    });
  });
});

test("a token bucket gives its burst, then its rate, and survives a clock set back", () => {
  let now = 0;
  const bucket = createTokenBucket({ perSecond: 2, burst: 3, now: () => now });
  const take = (times: number) => Array.from({ length: times }, () => bucket.take());
  expect(take(4)).toEqual([true, true, true, false]);
  now += 1_000;
  expect(take(3)).toEqual([true, true, false]);
  now -= 5_000;
  expect(take(1)).toEqual([false]);
  now += 500;
  expect(take(2)).toEqual([true, false]);
});
