import type { Logger } from "pino";
import type { Keyring } from "#server/crypto/envelope.ts";
import type { Database } from "#server/db/client.ts";
import { findPskKeys, type SealedPsk } from "#server/db/find-psk-keys.ts";
import { pskIdentityOf } from "#server/domain/psk.ts";

/** A pre-shared key of the registry. */
export type PskEntry = {
  readonly credentialId: string;
  readonly deviceId: string;
  readonly key: Buffer;
};

/**
 * The pre-shared keys of all devices, in memory: the TLS handshake asks for a key and takes no
 * promise. Whether the device may come in is judged at CONNECT, by the registry.
 */
export type PskKeys = {
  /** The key of an identity; undefined where there is none that counts. */
  find(identity: string): PskEntry | undefined;
  /** Reads all of them. @throws Error when the database cannot be asked; the keys stay as they are */
  reload(): Promise<void>;
  /** Those of a device may have changed; they are read soon, with those of others. */
  deviceChanged(deviceKey: bigint): void;
  /** Resolves when nothing is being read; afterwards nothing is. */
  stop(): Promise<void>;
};

type Kept = SealedPsk & { opened?: Buffer };

/** Changes of many devices at once make one question. */
const gatherMs = 50;

/** @param of.capacity keys beyond so many are not read, and the log says so */
export function createPskKeys(of: {
  readonly db: Database;
  readonly keyring: Keyring;
  readonly log: Logger;
  readonly capacity?: number;
}): PskKeys {
  const { db, keyring, log, capacity = 100_000 } = of;
  const kept = createKept();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  // One after the other: what was read first must not overwrite what was read later.
  let reading: Promise<void> = Promise.resolve();

  async function readAll(): Promise<void> {
    const rows = await findPskKeys(db, { limit: capacity + 1 });
    if (rows.length > capacity) log.error({ event: "psk.too_many", capacity });
    kept.replaceAll(rows.slice(0, capacity));
  }
  async function readChanged(): Promise<void> {
    timer = undefined;
    const deviceKeys = [...changed];
    changed.clear();
    try {
      const limit = Math.max(0, capacity - kept.size) + 2 * deviceKeys.length;
      kept.replaceOf(deviceKeys, await findPskKeys(db, { deviceKeys, limit }));
    } catch (error) {
      // All of them are read again within a minute.
      log.warn({ event: "psk.reload_failed", err: error });
    }
  }
  return {
    find: (identity) => {
      const entry = kept.get(identity);
      const key = entry === undefined ? undefined : opened({ entry, keyring, log });
      if (entry === undefined || key === undefined) return undefined;
      return { credentialId: entry.id, deviceId: entry.deviceId, key };
    },
    reload: () => {
      const done = reading.then(readAll);
      reading = done.catch(() => undefined);
      return done;
    },
    deviceChanged: (deviceKey) => {
      changed.add(String(deviceKey));
      timer ??= setTimeout(() => {
        reading = reading.then(readChanged);
      }, gatherMs);
    },
    stop: async () => {
      clearTimeout(timer);
      await reading;
    },
  };
}

/** Of whoever presents its identity the key is opened once, and kept open. */
function opened(of: {
  readonly entry: Kept;
  readonly keyring: Keyring;
  readonly log: Logger;
}): Buffer | undefined {
  const { entry, keyring, log } = of;
  const { tenantId, id } = entry;
  try {
    entry.opened ??= keyring.open(
      { table: "device_credential", column: "sealed_key", tenantId, id },
      entry.sealed,
    );
    return entry.opened;
  } catch (error) {
    log.warn({ event: "psk.cannot_be_opened", err: error, credentialId: id });
    return undefined;
  }
}

/** Keys by identity, and which identities a device has. */
function createKept() {
  let byIdentity = new Map<string, Kept>();
  let ofDevice = new Map<string, string[]>();
  function add(row: SealedPsk, before: ReadonlyMap<string, Kept>): void {
    const slot = row.kind === "psk-primary" ? "primary" : "secondary";
    const identity = pskIdentityOf(row.deviceId, slot);
    const known = before.get(identity);
    byIdentity.set(identity, known?.id === row.id ? known : row);
    ofDevice.set(row.deviceKey, [...(ofDevice.get(row.deviceKey) ?? []), identity]);
  }
  return {
    get size() {
      return byIdentity.size;
    },
    get: (identity: string) => byIdentity.get(identity),
    replaceAll(rows: readonly SealedPsk[]): void {
      const before = byIdentity;
      byIdentity = new Map();
      ofDevice = new Map();
      for (const row of rows) add(row, before);
    },
    replaceOf(deviceKeys: readonly string[], rows: readonly SealedPsk[]): void {
      for (const deviceKey of deviceKeys) {
        for (const identity of ofDevice.get(deviceKey) ?? []) byIdentity.delete(identity);
        ofDevice.delete(deviceKey);
      }
      for (const row of rows) add(row, byIdentity);
    },
  };
}
