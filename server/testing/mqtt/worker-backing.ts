import { randomUUID } from "node:crypto";
import { createKeyring } from "#server/crypto/envelope.ts";
import { openDatabase } from "#server/db/client.ts";
import { freePort } from "#server/db/embedded.ts";
import { readAuthorityCertificates } from "#server/pki/authority.ts";
import { createServiceClient } from "#server/services/service-client/create.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";
import { accountGrants, type Backing, type StartBacking } from "#server/testing/mqtt/backing.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";

/** A service client of an installation with the grants given. */
export async function createInstalledClient(
  place: Installation,
  input: {
    readonly name: string;
    readonly grants: readonly {
      readonly filter: string;
      readonly maySubscribe: boolean;
      readonly mayPublish: boolean;
    }[];
  },
): Promise<{ readonly username: string; readonly password: string }> {
  const db = openDatabase({ url: place.appUrl, max: 1 });
  try {
    const { username, password } = await createServiceClient(
      {
        db,
        tenantId: place.tenantId,
        actor: { type: "system", name: "test" },
        role: "admin",
        requestId: randomUUID(),
        ip: undefined,
        now: () => new Date(),
        keyring: createKeyring(undefined),
        signer: absentSigner(),
      },
      { name: input.name, grants: [...input.grants] },
    );
    return { username, password };
  } finally {
    await db.close();
  }
}

/** A worker process of the installation, on free ports. */
export async function startInstalledWorker(
  place: Installation,
  env: Readonly<Record<string, string>> = {},
) {
  const ports = {
    mqtt: await freePort(),
    mqtts: await freePort(),
    ws: await freePort(),
    wss: await freePort(),
  };
  const worker = await place.startWorker({
    MQTT_PORT: String(ports.mqtt),
    MQTTS_PORT: String(ports.mqtts),
    MQTT_WS_PORT: String(ports.ws),
    MQTT_WSS_PORT: String(ports.wss),
    ...env,
  });
  return { worker, ports };
}

/** A worker with what its clients need to know of it. */
type Served = Omit<Backing, "account" | "stop"> & {
  readonly place: Installation;
  readonly stop: () => Promise<void>;
};

async function serve(installation: Promise<Installation>): Promise<Served> {
  const place = await installation;
  const { worker, ports } = await startInstalledWorker(place);
  const { rootPem, issuingPem } = await readAuthorityCertificates(place.dataDir);
  return {
    place,
    ports,
    ca: rootPem + issuingPem,
    addDevice: async () => {
      const [device] = await place.createDevices(1, randomUUID());
      return { deviceId: device!.id, token: device!.token };
    },
    stop: () => worker.stop(),
  };
}

/**
 * Backings that share an installation and, unless a test wants its own, a worker in a process of its
 * own with PostgreSQL. Each has an account of its own, so that none meets the limits for all.
 */
export function installedBackings(): { readonly start: StartBacking; stop(): Promise<void> } {
  let installation: Promise<Installation> | undefined;
  let shared: Promise<Served> | undefined;
  return {
    start: async ({ alone }) => {
      installation ??= startInstallation();
      if (!alone) shared ??= serve(installation);
      const { place, stop, ...served } = await (alone ? serve(installation) : shared!);
      const client = { name: randomUUID(), grants: accountGrants };
      const account = await createInstalledClient(place, client);
      return { ...served, account, stop: alone ? stop : () => Promise.resolve() };
    },
    stop: async () => {
      await (await installation)?.stop();
    },
  };
}
