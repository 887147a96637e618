import { readFleetKeys, writeFleetKeys, type KeptBundle } from "#server/cli/fleet-keys.ts";
import type { Env } from "#server/env.ts";
import { issueWithKey } from "#server/services/certificate/issue-with-key.ts";
import type { Context } from "#server/services/context.ts";
import { createDeviceWithCertificate } from "#server/services/device/create-with-certificate.ts";
import { ServiceError } from "#server/services/errors.ts";

/** A simulated device that is to exist. */
export type WantedDevice = {
  readonly deviceId: string;
  readonly name: string;
  readonly profileId: string;
};

async function createOne(ctx: Context, wanted: WantedDevice): Promise<KeptBundle> {
  const made = await createDeviceWithCertificate(ctx, wanted);
  const { certificate } = made;
  return {
    deviceId: wanted.deviceId,
    certificatePem: certificate.certificatePem,
    privateKeyPem: made.privateKeyPem ?? "",
    caPem: certificate.caPem,
    notAfter: certificate.notAfter,
  };
}

/** A device whose key was lost, or whose certificate is over, gets a new one. */
async function renewOne(ctx: Context, wanted: WantedDevice): Promise<KeptBundle> {
  const issued = await issueWithKey(ctx, { deviceId: wanted.deviceId });
  return {
    deviceId: wanted.deviceId,
    certificatePem: issued.certificatePem,
    privateKeyPem: issued.privateKeyPem,
    caPem: issued.caPem,
    notAfter: issued.notAfter,
  };
}

async function createOrRenew(ctx: Context, wanted: WantedDevice): Promise<KeptBundle> {
  try {
    return await createOne(ctx, wanted);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== "conflict") throw error;
    return renewOne(ctx, wanted);
  }
}

/**
 * Sees to it that the devices exist and that we have their keys; what an earlier run kept is used
 * again, so a second run creates nothing.
 */
export async function provisionFleet(
  ctx: Context,
  input: {
    readonly env: Pick<Env, "DATA_DIR">;
    /** Name of the file that keeps the keys. */
    readonly fleet: string;
    readonly devices: readonly WantedDevice[];
  },
): Promise<readonly KeptBundle[]> {
  const kept = new Map(readFleetKeys(input.env, input.fleet));
  const bundles: KeptBundle[] = [];
  for (const wanted of input.devices) {
    const old = kept.get(wanted.deviceId);
    const usable = old !== undefined && new Date(old.notAfter) > ctx.now();
    const bundle = usable ? old : await createOrRenew(ctx, wanted);
    bundles.push(bundle);
    if (usable) continue;
    kept.set(wanted.deviceId, bundle);
    // After each: what was issued must not be lost when the next one fails.
    writeFleetKeys(input.env, input.fleet, kept);
  }
  return bundles;
}

/** Keeps the key and certificate of a simulated device that was renewed for the next run. */
export function keepRenewed(
  env: Pick<Env, "DATA_DIR">,
  fleet: string,
): (bundle: KeptBundle) => void {
  return (bundle) => {
    const kept = new Map(readFleetKeys(env, fleet));
    writeFleetKeys(env, fleet, kept.set(bundle.deviceId, bundle));
  };
}
