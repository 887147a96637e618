import { pino } from "pino";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { RevocationChecked, RevocationEntry } from "#server/db/revocation-outbox.ts";
import { createCuts } from "#server/gateway/mqtt/cuts.ts";
import { followRevocations, type RevocationFollower } from "#server/gateway/revocations.ts";

const followers: RevocationFollower[] = [];
afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.stop();
});

function entry(position: number, sha256 = `sha-${position}`): RevocationEntry {
  return {
    tenantId: "acme",
    id: `r${position}`,
    position: BigInt(position),
    sha256,
    deviceKey: BigInt(position),
  };
}

/** An outbox in memory, and sessions that are cut when they are judged. */
async function setUp(entries: RevocationEntry[] = []) {
  const at = { now: 1_000_000, away: false };
  const written: RevocationChecked[] = [];
  const open = new Map<bigint, string>();
  const refreshed: string[] = [];
  const cuts = createCuts();
  const floors: bigint[] = [];
  const follower = await followRevocations({
    outbox: {
      positionBefore: async () => 0n,
      read: async ({ after, limit }) => {
        floors.push(after);
        if (at.away) throw new Error("away");
        const done = new Set(written.map(({ id }) => id));
        return entries
          .filter(({ position, id }) => position > after && !done.has(id))
          .toSorted((a, b) => Number(a.position - b.position))
          .slice(0, limit);
      },
      write: async (checks) => {
        written.push(...checks);
      },
      refreshContacts: async (those) => {
        refreshed.push(...those.map(({ id }) => id));
      },
    },
    sessions: {
      judge: async (keys) => {
        for (const key of keys) {
          const sha256 = open.get(key);
          if (sha256 !== undefined) cuts.note(sha256, at.now);
          open.delete(key);
        }
      },
      has: (key, sha256) => open.get(key) === sha256,
      cuts,
    },
    log: pino({ level: "silent" }),
    now: () => at.now,
  });
  followers.push(follower);
  const settled = async (count: number) => {
    await vi.waitFor(() => expect(written.length).toBe(count), { interval: 1 });
  };
  await vi.waitFor(() => expect(floors.length).toBeGreaterThan(0), { interval: 1 });
  return { at, written, open, refreshed, follower, floors, entries, settled };
}

describe("a worker that follows revocations", () => {
  test("cuts and writes down what it cut, once", async () => {
    const { entries, open, follower, settled, written } = await setUp();
    open.set(1n, "sha-1");
    entries.push(entry(1), entry(2));
    follower.wake();
    await settled(2);
    follower.wake();
    expect(written).toMatchObject([
      { id: "r1", sessions: 1, cutAt: new Date(1_000_000) },
      { id: "r2", sessions: 0, cutAt: null },
    ]);
  });

  test("takes an entry that becomes visible below those that were read", async () => {
    const { entries, follower, settled, at, floors } = await setUp([entry(7)]);
    await settled(1);
    entries.push(entry(5));
    follower.wake();
    await settled(2);
    // Once no transaction can still be open, the search begins behind them.
    at.now += 200_000;
    follower.wake();
    entries.push(entry(8));
    await vi.waitFor(() => {
      follower.wake();
      expect(floors.at(-1)).toBe(7n);
    });
  });

  test("cuts a session that was being opened meanwhile, also if nobody tells", async () => {
    const { open, follower, settled, written } = await setUp([entry(1)]);
    await settled(1);
    open.set(1n, "sha-1");
    follower.wake();
    await settled(2);
    expect(written[1]).toMatchObject({ id: "r1", sessions: 1 });
    expect(open.size).toBe(0);
  });

  test("leaves a session on another certificate of the device", async () => {
    const { open, follower, settled, at } = await setUp([entry(1)]);
    await settled(1);
    open.set(1n, "sha-new");
    follower.wake();
    at.now += 1;
    follower.wake();
    await vi.waitFor(() => expect(open.size).toBe(1));
  });

  test("tries again when the database was away", async () => {
    const { entries, follower, settled, at, floors } = await setUp();
    at.away = true;
    entries.push(entry(1));
    const before = floors.length;
    follower.wake();
    await vi.waitFor(() => expect(floors.length).toBeGreaterThan(before));
    at.away = false;
    await vi.waitFor(() => follower.wake());
    await settled(1);
  });

  test("counts a cut with the newest entry of the certificate", async () => {
    const { entries, open, follower, settled, written, refreshed } = await setUp();
    open.set(1n, "same");
    const held = { ...entry(1, "same"), deviceKey: 1n };
    entries.push(held, { ...entry(2, "same"), deviceKey: 1n });
    follower.wake();
    await settled(2);
    expect(written.map(({ sessions }) => sessions)).toEqual([0, 1]);
    await vi.waitFor(() => expect(refreshed).toEqual(["r2"]));
  });
});

test("cuts that came while others were written stay", () => {
  const cuts = createCuts();
  cuts.note("a", 1);
  cuts.note("a", 2);
  cuts.forget("a", 1);
  expect(cuts.of("a")).toEqual({ sessions: 1, at: 2 });
  cuts.forget("a", 1);
  expect(cuts.of("a")).toBeUndefined();
});
