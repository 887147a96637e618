import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sessionKey, type Qos } from "#server/broker/publication.ts";
import type { RouteChange, SessionHandle, SessionStore } from "#server/broker/session-store.ts";
import {
  enqueueAsBatch,
  handleOf,
  openRequest,
  queuedText,
  serviceOwner,
  startStoreBench,
  subscription,
  type StoreBench,
} from "#server/testing/broker.ts";
import type { InboundClaim } from "#server/pipeline/message.ts";
import { cloneDatabase, createTestTenant, type TestDatabase } from "#server/testing/database.ts";
import {
  createMemorySessionStore,
  type MemorySessionStore,
} from "#server/testing/memory-session-store.ts";

let database: TestDatabase;
let tenantId: string;
let workers: readonly [StoreBench, StoreBench];

beforeAll(async () => {
  database = await cloneDatabase();
  ({ tenantId } = await createTestTenant(database, { slug: "acme" }));
  workers = [await startStoreBench(database.ingest), await startStoreBench(database.ingest)];
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop(1000)));
  await database.drop();
});

type Act =
  | { readonly kind: "open"; readonly clean: boolean; readonly expiry: number }
  | { readonly kind: "subscribe"; readonly filter: string; readonly qos: Qos }
  | { readonly kind: "unsubscribe"; readonly filter: string }
  | { readonly kind: "enqueue"; readonly qos: Qos }
  | { readonly kind: "publish"; readonly qos: Qos }
  | { readonly kind: "claim"; readonly packet: number }
  | { readonly kind: "forget"; readonly packet: number }
  | { readonly kind: "release" | "done"; readonly seq: bigint }
  | { readonly kind: "page"; readonly after: bigint }
  | { readonly kind: "close"; readonly expiry: number; readonly sentThrough: bigint | undefined };

const filter = fc.constantFrom("a", "b", "c");
const qos = fc.constantFrom<Qos>(0, 1, 2);
const packet = fc.constantFrom(1, 2);
const seq = fc.bigInt(1n, 4n);
// Mostly sessions that last: else there is little to disagree about.
const expiry = fc.constantFrom(0, 3600, 3600, 3600);
const clean = fc.constantFrom(true, false, false, false);
const sentThrough = fc.option(fc.bigInt(0n, 3n), { nil: undefined });

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant("open" as const), clean, expiry }),
  fc.record({ kind: fc.constant("subscribe" as const), filter, qos }),
  fc.record({ kind: fc.constant("unsubscribe" as const), filter }),
  fc.record({ kind: fc.constant("enqueue" as const), qos }),
  fc.record({ kind: fc.constant("publish" as const), qos }),
  fc.record({ kind: fc.constant("claim" as const), packet }),
  fc.record({ kind: fc.constant("forget" as const), packet }),
  fc.record({ kind: fc.constantFrom("release" as const, "done" as const), seq }),
  fc.record({ kind: fc.constant("page" as const), after: fc.bigInt(0n, 3n) }),
  fc.record({ kind: fc.constant("close" as const), expiry, sentThrough }),
);

/** One step of one of two connections that share a client id; each is on a worker of its own. */
const step = fc.record({ connection: fc.constantFrom<0 | 1>(0, 1), act });

/** What both sides offer, and how a publisher reaches them. */
type Side = {
  readonly stores: readonly [SessionStore, SessionStore];
  readonly handles: [SessionHandle | undefined, SessionHandle | undefined];
  readonly publish: (sessionId: bigint, qos: Qos) => Promise<readonly (bigint | undefined)[]>;
  readonly claim: (claim: InboundClaim, packet: number) => Promise<string>;
};

type Of<Kind extends Act["kind"]> = Extract<Act, { kind: Kind }>;
type At = {
  readonly side: Side;
  readonly connection: 0 | 1;
  readonly request: ReturnType<typeof openRequest>;
};

/** @returns what the connection sees, without numbers that differ between the sides */
async function perform(at: At, act: Act): Promise<unknown> {
  if (act.kind === "open") return open(at, act);
  const handle = at.side.handles[at.connection];
  if (handle === undefined) return "not connected";
  if (act.kind === "publish" || act.kind === "claim") {
    if (handle.id === undefined) return "no row";
    return act.kind === "publish"
      ? at.side.publish(handle.id, act.qos)
      : at.side.claim({ sessionId: handle.id, generation: handle.generation }, act.packet);
  }
  return ask(at, handle, act);
}

async function open({ side, connection, request }: At, act: Of<"open">): Promise<unknown> {
  const asked = { ...request, cleanStart: act.clean, expirySeconds: act.expiry };
  const opened = await side.stores[connection].open(asked);
  side.handles[connection] = handleOf(asked, opened);
  const { id, generation: _, ...seen } = opened;
  const subscriptions = seen.subscriptions.toSorted((a, b) => a.filter.localeCompare(b.filter));
  return { ...seen, subscriptions, hasRow: id !== undefined };
}

async function ask(
  { side, connection }: At,
  handle: SessionHandle,
  act: Exclude<Act, Of<"open" | "publish" | "claim">>,
): Promise<unknown> {
  const store = side.stores[connection];
  switch (act.kind) {
    case "subscribe":
      return store.subscribe(handle, [subscription(act.filter, { qos: act.qos })]);
    case "unsubscribe":
      return store.unsubscribe(handle, [act.filter]);
    case "enqueue":
      return store.enqueue(handle, [queuedText("own", { qos: act.qos })]);
    case "forget":
      return store.forgetInbound(handle, act.packet);
    case "release":
      return store.release(handle, act.seq);
    case "done":
      store.done(handle, [act.seq]);
      // Nobody waits for it, but it takes effect in order with calls that are waited for.
      await store.release(handle, 999n);
      return "told";
    case "page":
      return store.page(handle, act.after);
    case "close":
      side.handles[connection] = undefined;
      return store.close(handle, {
        expirySeconds: act.expiry,
        willDueAt: undefined,
        sentThrough: act.sentThrough,
      });
  }
}

function memorySide(routes: Map<string, unknown>): Side {
  const onRoutes = (changes: readonly RouteChange[]): void => {
    for (const change of changes) {
      if (change.kind === "put") routes.set(change.session.key, change);
      else routes.delete(change.key);
    }
  };
  const memory: MemorySessionStore = createMemorySessionStore({
    workerId: workers[0].workerId,
    onRoutes,
  });
  const second = memory.asWorker({ workerId: workers[1].workerId });
  return {
    stores: [memory, second],
    handles: [undefined, undefined],
    publish: async (id, level) => memory.queue(id, [queuedText("published", { qos: level })]),
    claim: async (claim, packet) => memory.claimInbound(claim, packet),
  };
}

function postgresSide(): Side {
  return {
    stores: workers,
    handles: [undefined, undefined],
    publish: (sessionId, qos) =>
      enqueueAsBatch(database, workers[0], { tenantId, sessionId }, [
        queuedText("published", { qos }),
      ]),
    claim: async ({ sessionId, generation }, packet) => {
      const pairs = JSON.stringify([{ session: sessionId.toString(), generation, packet }]);
      const claimed = await database.ingest.pool.query<{ superseded: boolean }>(
        "SELECT superseded FROM mqtt_claim_inbound($1)",
        [pairs],
      );
      const [row] = claimed.rows;
      if (row === undefined) return "repeated";
      return row.superseded ? "superseded" : "new";
    },
  };
}

it("whatever two connections of a client do in whatever order, PostgreSQL and the model agree", async () => {
  const steps = fc.array(step, { minLength: 20, maxLength: 60, size: "max" });
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const request = openRequest(tenantId, serviceOwner());
      const routes = new Map<string, unknown>();
      const model = memorySide(routes);
      const real = postgresSide();
      for (const { connection, act: one } of all) {
        const expected = await perform({ side: model, connection, request }, one);
        expect(await perform({ side: real, connection, request }, one)).toEqual(expected);
      }
      const key = sessionKey(request.owner, request.clientId);
      for (const worker of workers) {
        await worker.catchUp();
        expect(seenBy(worker.routes.get(key))).toEqual(seenBy(routes.get(key)));
      }
    }),
    { numRuns: 30, endOnFailure: true },
  );
}, 60_000);

/** A route without the number of its row. */
function seenBy(route: unknown): unknown {
  if (route === undefined) return undefined;
  const { session, subscriptions } = route as Extract<RouteChange, { kind: "put" }>;
  const { id: _, ...known } = session;
  return { known, filters: subscriptions.map(({ filter, qos }) => `${filter} ${qos}`).sort() };
}
