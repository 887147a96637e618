import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { DeviceBundle } from "#server/cli/simulate.ts";
import type { Env } from "#server/env.ts";
import { writePrivateFile } from "#server/main/secrets.ts";

const schema = z.record(
  z.string(),
  z.object({
    deviceId: z.string(),
    certificatePem: z.string(),
    privateKeyPem: z.string(),
    caPem: z.string(),
    notAfter: z.string(),
  }),
);

/** A simulated device's bundle with the end of its certificate, ISO 8601. */
export type KeptBundle = DeviceBundle & { readonly notAfter: string };

const fileIn = (env: Pick<Env, "DATA_DIR">, fleet: string) =>
  path.join(env.DATA_DIR, "simulator", `${fleet}.json`);

/** Keys of the simulated devices of an earlier run, by device id; empty when there was none. */
export function readFleetKeys(
  env: Pick<Env, "DATA_DIR">,
  fleet: string,
): ReadonlyMap<string, KeptBundle> {
  const file = fileIn(env, fleet);
  if (!existsSync(file)) return new Map();
  const parsed = schema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  return new Map(parsed.success ? Object.entries(parsed.data) : []);
}

/** Keeps them for the next run, readable by this user only: they are worth as little as the simulation. */
export function writeFleetKeys(
  env: Pick<Env, "DATA_DIR">,
  fleet: string,
  bundles: ReadonlyMap<string, KeptBundle>,
): void {
  writePrivateFile(fileIn(env, fleet), `${JSON.stringify(Object.fromEntries(bundles))}\n`);
}
