import type { LiveFleet } from "#server/domain/live.ts";
import { LatencyHistogram } from "#server/ingest/latency.ts";
import { receivedAtOf, tenantOf } from "#server/ingest/accepted.ts";
import type { AcceptedMessage, Settlement } from "#server/pipeline/message.ts";

type Counts = {
  received: number;
  stored: number;
  refused: number;
  readonly latency: LatencyHistogram;
};

/** What a tenant's fleet did since the last reading. */
export type FleetCounters = {
  received(tenantId: string): void;
  /** A publication that was received and given up, or refused, before the pipeline. */
  turnedAway(tenantId: string): void;
  /** @param settledAt epoch milliseconds */
  settled(message: AcceptedMessage, settlement: Settlement, settledAt: number): void;
  /** Reads and clears the counters of each tenant that had any since it was last read. */
  take(): ReadonlyMap<
    string,
    Pick<LiveFleet, "received" | "stored" | "refused" | "ackP50Ms" | "ackP99Ms">
  >;
};

export function countFleet(): FleetCounters {
  const tenants = new Map<string, Counts>();
  let lastId = "";
  let last: Counts | undefined;
  const of = (tenantId: string): Counts => {
    if (last !== undefined && lastId === tenantId) return last;
    lastId = tenantId;
    last = tenants.get(tenantId);
    if (last === undefined) {
      last = { received: 0, stored: 0, refused: 0, latency: new LatencyHistogram() };
      tenants.set(tenantId, last);
    }
    return last;
  };
  return {
    received: (tenantId) => {
      of(tenantId).received += 1;
    },
    turnedAway: (tenantId) => {
      const counts = of(tenantId);
      counts.received += 1;
      counts.refused += 1;
    },
    settled: (message, settlement, settledAt) => {
      const counts = of(tenantOf(message));
      if (settlement.outcome === "stored") counts.stored += 1;
      else if (settlement.outcome !== "duplicate") counts.refused += 1;
      counts.latency.add(settledAt - receivedAtOf(message));
    },
    take: () => {
      const taken = new Map(
        [...tenants].map(([tenantId, counts]) => {
          const { received, stored, refused, latency } = counts;
          const ackP50Ms = latency.quantile(0.5);
          const ackP99Ms = latency.quantile(0.99);
          return [tenantId, { received, stored, refused, ackP50Ms, ackP99Ms }] as const;
        }),
      );
      tenants.clear();
      last = undefined;
      return taken;
    },
  };
}
