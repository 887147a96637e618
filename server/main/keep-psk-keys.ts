import { createPskKeys, type PskKeys } from "#server/gateway/identify/psk-keys.ts";
import { repeat, type WorkerParts } from "#server/main/worker-parts.ts";

/** A change that no worker was told of holds here after so long. */
const reloadMs = 60_000;

/**
 * Reads the pre-shared keys that the TLS listener asks for, and keeps them fresh.
 * @throws Error when the database cannot be asked
 */
export async function keepPskKeys({ db, system, log, stops }: WorkerParts): Promise<PskKeys> {
  const keys = createPskKeys({ db, keyring: system.keyring, log });
  await keys.reload();
  stops.push(() => keys.stop());
  stops.push(repeat(reloadMs, () => reloadPskKeys(keys, log)));
  return keys;
}

/** What was read before holds until it is read again. */
export async function reloadPskKeys(
  keys: Pick<PskKeys, "reload">,
  log: WorkerParts["log"],
): Promise<void> {
  try {
    await keys.reload();
  } catch (error) {
    log.warn({ event: "psk.reload_failed", err: error });
  }
}
