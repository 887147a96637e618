import { randomUUID } from "node:crypto";
import type pg from "pg";
import { asOwner, metricNames, openChartStore, type ChartStore } from "#bench/chart-store.ts";
import type { Measurement, Prepared, Scenario, Settings } from "#bench/harness.ts";
import { percentile } from "#bench/statistics.ts";
import { createKeyring } from "#server/crypto/envelope.ts";
import type { Context } from "#server/services/context.ts";
import { queryTelemetry } from "#server/services/telemetry/query.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";

const usualValues = 100_000_000;
const pixels = 1_000;
const runs = 30;
const warmRuns = 3;
const hour = 3_600_000;

const ranges: Readonly<Record<string, number>> = {
  "1 h": hour,
  "24 h": 24 * hour,
  "7 d": 168 * hour,
  all: Number.POSITIVE_INFINITY,
};

type Question = {
  readonly from: number;
  readonly to: number;
  readonly metric: number;
  readonly devices: ChartStore["devices"];
};

/** Another device, metric and place in time at every run, the same ones for every arm. */
function questionOf(store: ChartStore, rangeMs: number, devices: number, n: number): Question {
  const whole = store.to - store.from;
  const length = Math.min(rangeMs, whole);
  const from = store.from + Math.floor(((n * 0.618_034) % 1) * (whole - length));
  const first = (n * 7) % store.devices.length;
  const chosen = [...store.devices.slice(first), ...store.devices].slice(0, devices);
  return { from, to: from + length, metric: n % metricNames.length, devices: chosen };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function measure(
  store: ChartStore,
  devices: number,
  ask: (question: Question) => Promise<unknown>,
): Promise<Measurement> {
  const all: number[] = [];
  const more: Record<string, number> = {};
  for (const [name, rangeMs] of Object.entries(ranges)) {
    const times: number[] = [];
    for (let n = 0; n < runs + warmRuns; n += 1) {
      const question = questionOf(store, rangeMs, devices, n);
      const took = await timed(() => ask(question));
      if (n >= warmRuns) times.push(took);
    }
    more[`${name} p50`] = percentile(times, 0.5);
    more[`${name} p95`] = percentile(times, 0.95);
    all.push(...times);
  }
  return { value: percentile(all, 0.95), more };
}

function contextOf(store: ChartStore): Context {
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

const byService =
  (store: ChartStore, across: "each" | "all") =>
  ({ from, to, metric, devices }: Question): Promise<unknown> =>
    queryTelemetry(contextOf(store), {
      devices: { by: "devices", ids: devices.map(({ id }) => id) },
      metrics: [metricNames[metric] ?? ""],
      from: new Date(from),
      to: new Date(to),
      pixels,
      across,
    });

/** The same picture from single readings by the primary key: without rights, transactions or units. */
const fromReadings =
  (client: pg.Client) =>
  ({ from, to, metric, devices }: Question): Promise<unknown> =>
    client.query(
      `SELECT device_key, date_bin(make_interval(secs => $1), ts, 'epoch') AS b,
         avg("values"[$2]), min("values"[$2]), max("values"[$2]), count("values"[$2])
       FROM telemetry.reading WHERE device_key = ANY($3) AND ts >= $4 AND ts < $5 GROUP BY 1, 2 ORDER BY 1, 2`,
      [
        (to - from) / pixels / 1_000,
        metric + 1,
        devices.map(({ key }) => key),
        new Date(from),
        new Date(to),
      ],
    );

/** Runs the arms beside a connection of the owner. */
async function withOwner(
  store: ChartStore,
  armsOf: (client: pg.Client) => Prepared["arms"],
): Promise<Prepared> {
  const opened = Promise.withResolvers<pg.Client>();
  const ended = Promise.withResolvers<undefined>();
  const whole = asOwner(store.ownerUrl, (client) => {
    opened.resolve(client);
    return ended.promise;
  });
  whole.catch(opened.reject);
  return {
    arms: armsOf(await opened.promise),
    stop: async () => {
      ended.resolve(undefined);
      await whole;
      await store.stop();
    },
  };
}

const open = (say: (line: string) => void, settings: Settings): Promise<ChartStore> =>
  openChartStore(settings.values ?? usualValues, say);

/** P8: the chart of a metric as the console asks for it, over ranges of an hour up to everything. */
export const charts: Scenario = {
  id: "P8",
  name: "chart of one metric of one device, p95 over ranges of 1 h, 24 h, 7 d and everything, 1 000 pixels",
  unit: "ms",
  rounds: 3,
  prepare: async (say, settings) => {
    const store = await open(say, settings);
    const many = Math.min(10, store.devices.length);
    return withOwner(store, (client) => [
      { name: "quayside", measure: () => measure(store, 1, byService(store, "each")) },
      { name: "single readings by index", measure: () => measure(store, 1, fromReadings(client)) },
      {
        name: `quayside, ${many} devices`,
        measure: () => measure(store, many, byService(store, "each")),
      },
      {
        name: `single readings by index, ${many} devices`,
        measure: () => measure(store, many, fromReadings(client)),
      },
    ]);
  },
};

/** P9: the mean, least and greatest of a metric over the whole fleet and the whole time. */
export const chartAggregates: Scenario = {
  id: "P9",
  name: "one metric of all devices over all time brought together",
  unit: "ms",
  rounds: 5,
  prepare: async (say, settings) => {
    const store = await open(say, settings);
    const ask = byService(store, "all");
    const question = (n: number): Question => {
      return { from: store.from, to: store.to, metric: n % 8, devices: store.devices };
    };
    return withOwner(store, (client) => [
      {
        name: "quayside",
        measure: async () => {
          const times: number[] = [];
          for (let n = 0; n < 10; n += 1) times.push(await timed(() => ask(question(n))));
          return { value: percentile(times, 0.5), more: { p95: percentile(times, 0.95) } };
        },
      },
      {
        name: "all readings scanned",
        measure: async () => ({
          value: await timed(() =>
            client.query(
              `SELECT date_bin('1 hour', ts, 'epoch') AS b, avg("values"[3]), min("values"[3]), max("values"[3]), count("values"[3])
               FROM telemetry.reading GROUP BY 1 ORDER BY 1`,
            ),
          ),
        }),
      },
    ]);
  },
};
