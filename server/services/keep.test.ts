import { describe, expect, it } from "vitest";
import type { Tx } from "#server/db/client.ts";
import type { Context } from "#server/services/context.ts";
import { createKeeper, createPatientKeeper } from "#server/services/keep.ts";

/** A caller whose clock stands still until it is set, and whose transactions do nothing. */
function createCaller() {
  const clock = { ms: 0 };
  const tx = { $queryRaw: async () => [] } as unknown as Tx;
  const transaction = async (work: (own: Tx) => Promise<unknown>) => work(tx);
  const db = { prisma: { $transaction: transaction } } as unknown as Context["db"];
  const ctx = (tenantId: string) =>
    ({ db, tenantId, now: () => new Date(clock.ms) }) as unknown as Context;
  return { clock, tx, ctx };
}

/** Readings that end when the test says so. */
function createReadings() {
  const open: { readonly resolve: (value: number) => void; readonly reject: (e: Error) => void }[] =
    [];
  const read = async () =>
    new Promise<number>((resolve, reject) => void open.push({ resolve, reject }));
  return { open, read };
}

const turn = async () => new Promise<void>((resolve) => void setImmediate(resolve));

describe("a keeper", () => {
  it("has the first wait, gives what it knows, and reads anew beside when that is due", async () => {
    const { clock, tx, ctx } = createCaller();
    const { open, read } = createReadings();
    const keeper = createKeeper(read, { laterMs: 0 });
    const north = ctx("north");

    const first = keeper({ ctx: north, tx });
    await turn();
    open[0]?.resolve(1);
    expect(await first).toBe(1);

    clock.ms = 2_999;
    expect(await keeper({ ctx: north, tx })).toBe(1);
    expect(open).toHaveLength(1);

    clock.ms = 3_000;
    expect(await keeper({ ctx: north, tx })).toBe(1);
    expect(await keeper({ ctx: north, tx })).toBe(1);
    await turn();
    expect(open).toHaveLength(2);
    open[1]?.resolve(2);
    await turn();
    expect(await keeper({ ctx: north, tx })).toBe(2);
  });

  it("keeps organisations apart", async () => {
    const { tx, ctx } = createCaller();
    const keeper = createKeeper(async ({ ctx: { tenantId } }) => tenantId);

    expect(await keeper({ ctx: ctx("north"), tx })).toBe("north");
    expect(await keeper({ ctx: ctx("south"), tx })).toBe("south");
  });

  it.each([
    ["ten minutes", {}, 600_000],
    ["what is said", { mostAgeMs: 30_000 }, 30_000],
  ])("does not show what is older than %s", async (_, options, ageMs) => {
    const { clock, tx, ctx } = createCaller();
    let value = 1;
    const keeper = createKeeper(async () => value, options);
    await keeper({ ctx: ctx("north"), tx });

    value = 2;
    clock.ms = ageMs;
    expect(await keeper({ ctx: ctx("north"), tx })).toBe(1);
    clock.ms = ageMs + 1;
    expect(await keeper({ ctx: ctx("north"), tx })).toBe(2);
  });

  it("keeps callers apart whose answers differ", async () => {
    const { tx, ctx } = createCaller();
    const apart = ({ requestId }: { readonly requestId: string }) => requestId;
    const keeper = createKeeper(async ({ ctx: { requestId } }) => requestId, { apart });

    const one = { ...ctx("north"), requestId: "one" };
    const two = { ...ctx("north"), requestId: "two" };
    expect(await keeper({ ctx: one, tx })).toBe("one");
    expect(await keeper({ ctx: two, tx })).toBe("two");
  });

  it("tells the next who asks why reading failed", async () => {
    const { clock, tx, ctx } = createCaller();
    let isBroken = false;
    const keeper = createKeeper(
      async () => {
        if (isBroken) throw new Error("no database");
        return 1;
      },
      { laterMs: 0 },
    );
    await keeper({ ctx: ctx("north"), tx });

    isBroken = true;
    clock.ms = 5_000;
    expect(await keeper({ ctx: ctx("north"), tx })).toBe(1);
    await turn();
    await expect(keeper({ ctx: ctx("north"), tx })).rejects.toThrow("no database");
  });
});

describe("a patient keeper", () => {
  it("answers undefined after its patience, reads once for all, and has the answer later", async () => {
    const { ctx } = createCaller();
    const { open, read } = createReadings();
    const keeper = createPatientKeeper(read, 5);

    expect(await Promise.all([keeper(ctx("north")), keeper(ctx("north"))])).toEqual([
      undefined,
      undefined,
    ]);
    expect(open).toHaveLength(1);
    open[0]?.resolve(7);
    await turn();
    expect(await keeper(ctx("north"))).toBe(7);
  });

  it("tells whoever waits why reading failed, and reads again for the next", async () => {
    const { ctx } = createCaller();
    const { open, read } = createReadings();
    const keeper = createPatientKeeper(read, 5_000);

    const first = keeper(ctx("north"));
    await turn();
    open[0]?.reject(new Error("no database"));
    await expect(first).rejects.toThrow("no database");

    const second = keeper(ctx("north"));
    await turn();
    open[1]?.resolve(3);
    expect(await second).toBe(3);
  });
});
