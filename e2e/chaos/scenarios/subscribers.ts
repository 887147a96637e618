import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { residentMiB } from "#bench/processes.ts";
import { checkDeliveries } from "#e2e/chaos/check-order.ts";
import {
  disturbUnderLoad,
  killWorker,
  type Disturb,
  type Site,
} from "#e2e/chaos/disturb-under-load.ts";
import { openEventLog, readEventLog, type LoggedEvents } from "#e2e/chaos/event-log.ts";
import { findingOf, type ChaosScenario } from "#e2e/chaos/scenario.ts";
import { createDashboard } from "#e2e/chaos/service-client.ts";
import { Subscriber } from "#e2e/chaos/subscriber.ts";
import type { Installation } from "#server/testing/installation.ts";

/** A subscriber of all telemetry, with its own log. */
async function subscribe(
  place: Installation,
  input: { readonly name: string; readonly qos: 0 | 1 | 2; readonly port: () => number },
) {
  const { username, password } = await createDashboard(place, `${input.name}-${Date.now()}`);
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-subscriber-"));
  const file = path.join(folder, "deliveries.log");
  const log = openEventLog(file);
  const subscriber = new Subscriber({
    ...input,
    username,
    password,
    clientId: input.name,
    filter: "qs/v1/d/+/up/telemetry",
    log,
  });
  subscriber.start();
  await subscriber.untilSubscribed();
  return {
    subscriber,
    /** In the order of delivery, of the devices whose id begins so. */
    delivered: async (prefix: string) => {
      await new Promise<void>((resolve) => log.afterSync(resolve));
      const all = readEventLog(file).delivered.get(input.name) ?? [];
      return all.filter((key) => key.startsWith(prefix));
    },
    stop: () => {
      subscriber.stop();
      log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Watched = Awaited<ReturnType<typeof subscribe>>;

async function deliveryProblems(
  watched: Watched,
  { attempted, acknowledged }: LoggedEvents,
  prefix: string,
): Promise<readonly string[]> {
  await watched.subscriber.untilQuiet(1_500);
  const verdict = checkDeliveries({
    attempted,
    acknowledged,
    delivered: await watched.delivered(prefix),
  });
  return [
    ...Object.entries(verdict).flatMap(([what, keys]) =>
      keys.length === 0 ? [] : [`${keys.length} ${what}: ${keys.slice(0, 5).join(", ")}`],
    ),
    ...(watched.subscriber.forgottenSessions === 0
      ? []
      : ["the subscriber's session was not present again"]),
  ];
}

/** QoS 2 from devices without ids to a subscriber with QoS 2, through some disturbance. */
export function exactlyOnceThrough(input: {
  readonly name: string;
  readonly round: string;
  readonly rounds: number;
  readonly disturb: Disturb;
  /** Starts the workers, where they are not the site's usual one; returns what stops them. */
  readonly begin?: (site: Site) => Promise<() => Promise<void>>;
}): ChaosScenario {
  return {
    name: input.name,
    round: input.round,
    rounds: input.rounds,
    run: async ({ place, rounds, say }) => {
      const watched: Watched[] = [];
      const report = await disturbUnderLoad(place, {
        name: input.name,
        rounds,
        workers: input.begin === undefined ? 1 : 0,
        devices: {
          count: 8,
          version: 5,
          qos: 2,
          // Nothing but the packet identifier and the kept session tells a repetition.
          naming: "nothing",
          isPersistent: true,
          rate: 100,
        },
        prepare: async (site) => {
          const stop = await input.begin?.(site);
          const port = () => site.port();
          watched.push(await subscribe(place, { name: input.name, qos: 2, port }));
          return async () => {
            for (const each of watched) each.stop();
            await stop?.();
          };
        },
        disturb: input.disturb,
        inspect: async (events, prefix) => {
          const [one] = watched;
          return one === undefined ? [] : deliveryProblems(one, events, prefix);
        },
        say,
      });
      return findingOf(report, { delivered: watched[0]?.subscriber.delivered ?? 0 });
    },
  };
}

/** QoS 2 from devices without ids, through the worker's death, to a subscriber with QoS 2. */
export const exactlyOnce = exactlyOnceThrough({
  name: "exactly-once",
  round: "kill -9 of the worker between QoS 2 publishers and a QoS 2 subscriber",
  rounds: 200,
  disturb: killWorker,
});

/** The same through the database's death. */
export const exactlyOnceDatabase = exactlyOnceThrough({
  name: "exactly-once-database",
  round: "kill -9 of PostgreSQL between QoS 2 publishers and a QoS 2 subscriber",
  rounds: 60,
  disturb: async (site) => {
    await site.place.cluster.kill();
    await site.place.cluster.restart();
  },
});

/** The same through a replacement of the worker: the session moves to the next one. */
export const exactlyOnceRolling = exactlyOnceThrough({
  name: "exactly-once-rolling",
  round: "replacement of the worker between QoS 2 publishers and a QoS 2 subscriber",
  rounds: 30,
  disturb: async (site) => {
    const old = site.worker;
    await site.addWorker();
    site.forget(old);
    await old.stop();
  },
});

/** Acknowledged messages a second over some time. */
async function rateOf(site: Site, ms: number): Promise<number> {
  const count = () => site.devices.reduce((sum, device) => sum + device.acknowledgedCount, 0);
  const before = count();
  const startedAt = performance.now();
  await sleep(ms);
  return (count() - before) / ((performance.now() - startedAt) / 1000);
}

/** A subscriber that reads nothing any more, while another one and the publishers go on. */
export function slowConsumer(frozenMs: number): ChaosScenario {
  return {
    name: "slow-consumer",
    round: `a subscriber that stops reading for ${frozenMs / 1000} s`,
    rounds: 10,
    run: async ({ place, rounds, say }) => {
      const watched: { healthy?: Watched; frozen?: Watched } = {};
      const rates = { before: 0, frozen: 0 };
      let largest = 0;
      const report = await disturbUnderLoad(place, {
        name: "slow",
        rounds,
        pauseMs: [500, 500],
        devices: { rate: 100, window: 100 },
        prepare: async (site) => {
          const port = () => site.workerPort();
          watched.healthy = await subscribe(place, { name: "healthy", qos: 1, port });
          watched.frozen = await subscribe(place, { name: "frozen", qos: 1, port });
          return async () => {
            watched.healthy?.stop();
            watched.frozen?.stop();
            await Promise.resolve();
          };
        },
        disturb: async (site) => {
          rates.before += await rateOf(site, 2_000);
          watched.frozen?.subscriber.freeze();
          rates.frozen += await rateOf(site, frozenMs);
          largest = Math.max(largest, residentMiB(site.worker.pid, "peak"));
          watched.frozen?.subscriber.thaw();
        },
        inspect: async (events, prefix) =>
          watched.healthy === undefined
            ? []
            : (await deliveryProblems(watched.healthy, events, prefix)).filter(
                // QoS 1 may come twice.
                (problem) => !problem.includes("deliveredTwice"),
              ),
        say,
      });
      const share = rates.frozen / rates.before;
      const finding = findingOf(report, {
        rateShareWhileFrozen: Math.round(share * 100) / 100,
        largestRssMiB: Math.round(largest),
        deliveredToFrozen: watched.frozen?.subscriber.delivered ?? 0,
      });
      return {
        ...finding,
        problems: [
          ...finding.problems,
          ...(share < 0.8 ? [`publishers fell to ${Math.round(share * 100)} % of their rate`] : []),
          ...(largest > 1_024 ? [`the worker grew to ${Math.round(largest)} MiB`] : []),
        ],
      };
    },
  };
}
