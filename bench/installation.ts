import { randomUUID } from "node:crypto";
import { createKeyring } from "#server/crypto/envelope.ts";
import { openDatabase } from "#server/db/client.ts";
import { createProfile } from "#server/services/profile/create.ts";
import {
  startInstallation,
  type Installation,
  type TestDevice,
  type WorkerProcess,
} from "#server/testing/installation.ts";
import { messageSchema } from "#bench/message.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";

/** Our product without its console, with devices whose profile has the benchmark's JSON Schema. */
export type BenchInstallation = {
  readonly installation: Installation;
  readonly worker: WorkerProcess;
  readonly devices: readonly TestDevice[];
  /** Devices with a profile of their own that has the benchmark's schema. */
  createDevices(count: number, profileName: string): Promise<readonly TestDevice[]>;
  stop(): Promise<void>;
};

async function createBenchProfile(place: Installation, name: string): Promise<string> {
  const db = openDatabase({ url: place.appUrl, max: 1 });
  try {
    const profile = await createProfile(
      {
        db,
        tenantId: place.tenantId,
        actor: { type: "system", name: "bench" },
        role: "admin",
        requestId: randomUUID(),
        ip: undefined,
        now: () => new Date(),
        keyring: createKeyring(undefined),
        signer: absentSigner(),
      },
      { name, jsonSchema: messageSchema },
    );
    return profile.id;
  } finally {
    await db.close();
  }
}

/** Starts database, signer and worker, and creates the devices. */
export async function startBenchInstallation(
  deviceCount: number,
  env: Readonly<Record<string, string>> = {},
): Promise<BenchInstallation> {
  const installation = await startInstallation();
  try {
    const createDevices: BenchInstallation["createDevices"] = async (count, profileName) =>
      installation.createDevices(
        count,
        profileName,
        await createBenchProfile(installation, profileName),
      );
    const devices = await createDevices(deviceCount, "bench");
    const worker = await installation.startWorker({ NODE_ENV: "production", ...env });
    return { installation, worker, devices, createDevices, stop: () => installation.stop() };
  } catch (error) {
    await installation.stop();
    throw error;
  }
}
