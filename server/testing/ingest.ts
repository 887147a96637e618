import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { nothingForwarded, type Publication } from "#server/broker/publication.ts";
import type { Database } from "#server/db/client.ts";
import type { DeviceIdentity, InboundMessage, Settlement } from "#server/pipeline/message.ts";
import { startIngest, type IngestOptions, type RunningIngest } from "#server/ingest/start.ts";
import { createLiveBus, type LiveBus } from "#server/live/bus.ts";
import { createMetrics } from "#server/observability/metrics.ts";
import type { TestDatabase } from "#server/testing/database.ts";

/** The pipeline in this process, fed by hand. */
export type IngestBench = RunningIngest & {
  readonly live: LiveBus;
  /** Accepts payloads one after the other; resolves with their settlements when all are told. */
  send(
    device: DeviceIdentity,
    payloads: readonly (string | Buffer)[],
    more?: Partial<InboundMessage>,
  ): Promise<readonly Settlement[]>;
  /** The same for what a service client publishes, to the topic that `more` says, else `plant/x`. */
  relay(
    client: { readonly tenantId: string; readonly id: string },
    payloads: readonly string[],
    more?: Partial<Publication>,
  ): Promise<readonly Settlement[]>;
};

const clock = (): number => performance.timeOrigin + performance.now();

/** Starts a pipeline on the ingest role's connections; stop it in the test that started it. */
export function startIngestBench(db: Database, options: Partial<IngestOptions> = {}): IngestBench {
  const live = createLiveBus(clock);
  const workerId = randomUUID();
  const running = startIngest({
    db,
    live,
    workerId,
    log: pino({ level: "silent" }),
    metrics: createMetrics({ worker: workerId }),
    clock,
    ...options,
  });
  return {
    ...running,
    live,
    send: (device, payloads, more = {}) =>
      new Promise((resolve) => {
        const origin = collect(payloads.length, resolve);
        for (const [index, payload] of payloads.entries()) {
          running.ingest.accept({
            device,
            transport: "mqtt",
            topic: `qs/v1/d/${device.deviceId}/up/telemetry`,
            channel: "telemetry",
            qos: 1,
            retain: false,
            expiresAt: undefined,
            forwarded: nothingForwarded,
            publisher: undefined,
            claimedBy: undefined,
            payload: Buffer.from(payload),
            receivedAt: clock(),
            origin,
            packetId: index + 1,
            ...more,
          });
        }
      }),
    relay: (client, payloads, more = {}) =>
      new Promise((resolve) => {
        const origin = collect(payloads.length, resolve);
        for (const [index, payload] of payloads.entries()) {
          running.ingest.relay({
            tenantId: client.tenantId,
            client: { id: client.id, name: "dashboard" },
            transport: "mqtts",
            publication: {
              tenantId: client.tenantId,
              topic: "plant/x",
              payload: Buffer.from(payload),
              qos: 1,
              retain: false,
              expiresAt: undefined,
              receivedAt: clock(),
              forwarded: nothingForwarded,
              publisher: undefined,
              ...more,
            },
            packetId: index + 1,
            claimedBy: undefined,
            origin,
          });
        }
      }),
  };
}

/** Resolves when as many messages are settled as were sent. */
function collect(
  expected: number,
  resolve: (settlements: readonly Settlement[]) => void,
): InboundMessage["origin"] {
  const settlements: Settlement[] = [];
  return {
    settle: (_, settlement) => {
      settlements.push(settlement);
      if (settlements.length === expected) resolve(settlements);
    },
  };
}

/** Registers a device, as the console would. */
export async function createIngestDevice(
  database: Pick<TestDatabase, "app">,
  tenant: { readonly tenantId: string; readonly profileId: string },
  deviceId: string,
): Promise<DeviceIdentity> {
  const { tenantId, profileId } = tenant;
  const client = await database.app.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT set_config('app.tenant', $1, true)", [tenantId]);
    const made = await client.query<{ id: string; key: string }>(
      `INSERT INTO device (tenant_id, device_id, name, profile_id, created_by)
       VALUES ($1, $2, $2, $3, 'system:test') RETURNING id, key::text`,
      [tenantId, deviceId, profileId],
    );
    await client.query("COMMIT");
    const [row] = made.rows;
    if (row === undefined) throw new Error("No device was made.");
    return { tenantId, profileId, deviceId, id: row.id, deviceKey: BigInt(row.key) };
  } finally {
    client.release();
  }
}
