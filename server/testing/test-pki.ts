import { pino } from "pino";
import { freePort } from "#server/db/embedded.ts";
import { parseEnv } from "#server/env.ts";
import { createLiveBus } from "#server/live/bus.ts";
import { startPki } from "#server/main/start-pki.ts";
import { createFollowers, type WorkerParts } from "#server/main/worker-parts.ts";
import { createMetrics } from "#server/observability/metrics.ts";
import type { Signer } from "#server/pki/signer-client.ts";
import { testKeyring, type TestDatabase } from "#server/testing/database.ts";

/** What a worker has for lists and OCSP, without the rest of it. */
export type TestPki = {
  readonly url: string;
  readonly metrics: WorkerParts["metrics"];
  /** As a control event that somebody revoked something. */
  revoked(): void;
  stop(): Promise<void>;
};

/**
 * Starts the publisher of lists and the PKI port on a database of a test.
 * @param input.dataDir holds the folder `pki`
 * @param input.clock epoch milliseconds
 */
export async function startTestPki(input: {
  readonly database: TestDatabase;
  readonly signer: Signer;
  readonly dataDir: string;
  readonly port?: number;
  readonly clock?: () => number;
}): Promise<TestPki> {
  const { database, signer, dataDir, clock = () => Date.now() } = input;
  const port = input.port ?? (await freePort());
  const env = parseEnv({ PKI_PORT: String(port), DATA_DIR: dataDir });
  const followers = createFollowers();
  const metrics = createMetrics({ worker: "test" });
  const stop = await startPki({
    env,
    db: database.ingest,
    system: { db: database.app, signer, keyring: testKeyring, now: () => new Date(clock()) },
    log: pino({ level: "silent" }),
    metrics,
    live: createLiveBus(clock),
    workerId: "test",
    signerPath: "",
    clock,
    followers,
    stops: [],
  });
  return {
    url: `http://127.0.0.1:${port}`,
    metrics,
    revoked: () => followers.get("revocation")?.(undefined),
    stop: async () => stop(),
  };
}
