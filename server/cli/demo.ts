import { randomUUID } from "node:crypto";
import { readDemoAccount } from "#server/cli/demo-account.ts";
import { demoDevices, demoProfiles } from "#server/cli/demo-fleet.ts";
import { keepRenewed, provisionFleet } from "#server/cli/provision.ts";
import { simulate, type Simulation } from "#server/cli/simulate.ts";
import { createKeyring } from "#server/crypto/envelope.ts";
import { openDatabase } from "#server/db/client.ts";
import { InvalidEnvironment, type Env } from "#server/env.ts";
import { signerSocket } from "#server/main/signer-process.ts";
import { connectSigner } from "#server/pki/signer-client.ts";
import type { Context } from "#server/services/context.ts";
import { deviceLocation, locateDevice } from "#server/services/device/location.ts";
import { updateDevice } from "#server/services/device/update.ts";
import { createProfile } from "#server/services/profile/create.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { socketPath } from "#server/socket-path.ts";

/** Messages a second over all of the demo's devices. */
const demoRate = 8;
/** What the devices bring along, so that charts show a day from the first minute. */
const recordedHours = 26;

/** Ids of the demo's profiles by name; those that are missing are created. */
async function ensureProfiles(ctx: Context): Promise<ReadonlyMap<string, string>> {
  const known = new Map((await listProfiles(ctx, {})).map(({ name, id }) => [name, id]));
  for (const profile of demoProfiles) {
    if (known.has(profile.name)) continue;
    known.set(profile.name, (await createProfile(ctx, profile)).id);
  }
  return known;
}

/** Says where the devices are and tags them, where nobody has. */
async function describeFleet(ctx: Context): Promise<void> {
  for (const { deviceId, tags, latitude, longitude, place } of demoDevices) {
    if ((await deviceLocation(ctx, { deviceId })).source !== null) continue;
    await locateDevice(ctx, { deviceId, latitude, longitude, place });
    await updateDevice(ctx, { deviceId, tags: [...tags] });
  }
}

/** Creates what is missing of the demo's fleet, and lets it send. */
async function startFleet(ctx: Context, env: Env): Promise<Simulation> {
  const profiles = await ensureProfiles(ctx);
  const bundles = await provisionFleet(ctx, {
    env,
    fleet: "demo",
    devices: demoDevices.map(({ deviceId, name, profile }) => ({
      deviceId,
      name,
      profileId: profiles.get(profile) ?? "",
    })),
  });
  await describeFleet(ctx);
  const devices = demoDevices.flatMap((device, index) => {
    const bundle = bundles[index];
    return bundle === undefined || device.waiting === true ? [] : [{ ...device, ...bundle }];
  });
  return simulate({
    devices,
    rate: demoRate,
    host: "localhost",
    port: env.MQTTS_PORT,
    renewed: keepRenewed(env, "demo"),
    recordedHours,
  });
}

/**
 * Runs the demo's devices until stopped. Its organisation was made by ensureDemoAccount before.
 * @throws InvalidEnvironment, ServiceError
 */
export async function runDemo(env: Env): Promise<{ stop(): Promise<void> }> {
  const account = readDemoAccount(env);
  if (env.APP_DATABASE_URL === undefined || account === undefined) {
    throw new InvalidEnvironment(["The demo runs as part of `npm start -- --demo` only"]);
  }
  const db = openDatabase({ url: env.APP_DATABASE_URL, max: 2 });
  try {
    const simulation = await startFleet(
      {
        db,
        tenantId: account.tenantId,
        actor: { type: "system", name: "demo" },
        role: "admin",
        requestId: randomUUID(),
        ip: undefined,
        now: () => new Date(),
        signer: connectSigner(socketPath(env, signerSocket)),
        keyring: createKeyring(env.ENCRYPTION_KEY),
      },
      env,
    );
    return { stop: () => simulation.stop() };
  } finally {
    await db.close();
  }
}
