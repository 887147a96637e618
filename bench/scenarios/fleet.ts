import { randomUUID } from "node:crypto";
import type { Measurement, Prepared, Scenario, Settings } from "#bench/harness.ts";
import { openFleetStores, type FleetStore } from "#bench/fleet-store.ts";
import { percentile } from "#bench/statistics.ts";
import { createKeyring } from "#server/crypto/envelope.ts";
import { deviceFacets } from "#server/services/device/facets.ts";
import { listDevices } from "#server/services/device/list.ts";
import type { Context } from "#server/services/context.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";

const usualDevices = 1_000_000;
const comparedWith = 100_000;
const runs = 30;
const warmRuns = 3;

type Asked = Parameters<typeof listDevices>[1];

/** What people ask of the table. `n` is the number of the run, so that answers do not repeat. */
const questions: Readonly<Record<string, (n: number) => Asked>> = {
  "first page": () => ({}),
  "by contact": () => ({ sort: "contact" }),
  "newest first": () => ({ sort: "-created" }),
  "presence silent": () => ({ filter: { presence: ["silent"] } }),
  "presence late, silent": () => ({ filter: { presence: ["late", "silent"] } }),
  "presence online by contact": () => ({ filter: { presence: ["online"] }, sort: "-contact" }),
  "a tag": (n) => ({ filter: { tags: [`site-${n % 50}`] } }),
  "a rare tag": () => ({ filter: { tags: ["test"] } }),
  "a profile and a presence": (n) => ({
    filter: { query: `profile:"profile ${1 + (n % 20)}" presence:late` },
  }),
  "firmware older": () => ({ filter: { query: "firmware:<2.0" } }),
  "a rare firmware": () => ({ filter: { query: "firmware:3.4.1-rc" } }),
  "certificate renew soon": () => ({ filter: { certificate: ["renew_soon"] } }),
  "certificate expired": () => ({ filter: { certificate: ["expired"] } }),
  "behind a gateway": (n) => ({ filter: { query: `gateway:"${gatewayName(n)}"` } }),
  "longer ago than a day": () => ({ filter: { query: "contact:>1d" } }),
  "text, rare": (n) => ({ filter: { query: String(1_234 + n * 991).padStart(7, "0") } }),
  "text, frequent": () => ({ filter: { query: "pump" } }),
  "text, none": () => ({ filter: { query: "nowhere-at-all" } }),
  "two tags and not silent": (n) => ({
    filter: { query: `tag:roof tag:site-${n % 50} -presence:silent` },
  }),
  "with newest values": () => ({ metrics: ["temperature", "pressure"] }),
};

/** Of any device that is a gateway in every size of fleet: the first ones. */
function gatewayName(n: number): string {
  return `Gateway ${n % 50}`;
}

function contextOf(store: FleetStore): Context {
  return {
    db: store.db,
    tenantId: store.tenantId,
    actor: { type: "system", name: "bench" },
    role: "viewer",
    requestId: randomUUID(),
    ip: undefined,
    now: () => new Date(),
    keyring: createKeyring(undefined),
    signer: absentSigner(),
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** A page deep in the fleet: its marker is fetched by walking there once. */
async function markerOfPage(ctx: Context, page: number): Promise<string | undefined> {
  let cursor: string | undefined;
  for (let at = 1; at < page; at += 2) {
    const next = await listDevices(ctx, { limit: 200, ...(cursor !== undefined && { cursor }) });
    if (next.nextCursor === null) return cursor;
    cursor = next.nextCursor;
  }
  return cursor;
}

async function measure(store: FleetStore): Promise<Measurement> {
  const ctx = contextOf(store);
  const cursor = await markerOfPage(ctx, 500);
  const asked: Record<string, (n: number) => Asked> = { ...questions };
  if (cursor !== undefined) asked["page 500"] = () => ({ cursor });
  const all: number[] = [];
  const more: Record<string, number> = {};
  for (const [name, question] of Object.entries(asked)) {
    const times: number[] = [];
    for (let n = 0; n < runs + warmRuns; n += 1) {
      const took = await timed(() => listDevices(ctx, { ...question(n), limit: 100 }));
      if (n >= warmRuns) times.push(took);
    }
    more[`${name} p50`] = percentile(times, 0.5);
    more[`${name} p95`] = percentile(times, 0.95);
    all.push(...times);
  }
  more["facets, once"] = await timed(() => deviceFacets(contextOf(store), {}));
  return { value: percentile(all, 0.95), more };
}

async function prepare(say: (line: string) => void, settings: Settings): Promise<Prepared> {
  const devices = settings.devices ?? usualDevices;
  const counts = devices > comparedWith ? [devices, comparedWith] : [devices];
  const opened = await openFleetStores(counts, say);
  return {
    arms: opened.stores.map((store) => ({
      name: `${store.devices} devices`,
      measure: () => measure(store),
    })),
    stop: () => opened.stop(),
  };
}

/** P10: a page of the fleet as the console asks for it, over many filters and orders. */
export const fleet: Scenario = {
  id: "P10",
  name: "fleet list, p95 over filters, orders and pages",
  unit: "ms",
  rounds: 3,
  prepare,
};
