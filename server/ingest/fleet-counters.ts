import type { LiveFleet } from "#server/domain/live.ts";
import { LatencyHistogram } from "#server/ingest/latency.ts";
import type { InboundMessage, Settlement } from "#server/ingest/message.ts";

type Counts = {
  received: number;
  stored: number;
  refused: number;
  readonly latency: LatencyHistogram;
};

/** What a tenant's fleet did since the last reading. */
export type FleetCounters = {
  received(tenantId: string): void;
  /** @param settledAt epoch milliseconds */
  settled(message: InboundMessage, settlement: Settlement, settledAt: number): void;
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
    settled: (message, settlement, settledAt) => {
      const counts = of(message.device.tenantId);
      if (settlement.outcome === "stored") counts.stored += 1;
      else if (settlement.outcome === "dead_lettered") counts.refused += 1;
      counts.latency.add(settledAt - message.receivedAt);
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
