import type { Database } from "#server/db/client.ts";
import { findCertificates } from "#server/db/find-certificates.ts";
import { findDeviceCredentials } from "#server/db/find-device-credentials.ts";
import type { DeviceIdentity } from "#server/ingest/message.ts";

/** A device as the registry knows it. */
export type RegisteredDevice = DeviceIdentity & {
  readonly state: "active" | "suspended" | "decommissioned";
};

/** A certificate that was issued here, with its device. */
export type CertificateRecord = {
  readonly id: string;
  /** Of the DER, lower-case hex. */
  readonly sha256: string;
  readonly state: "issued" | "active" | "superseded" | "retired" | "suspended" | "revoked";
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly revokedAt: Date | null;
  readonly revocationReason: string | null;
  readonly device: RegisteredDevice;
};

/** A device and the tokens that open the plain listener for it; revoked ones are left out. */
export type CredentialRecord = {
  readonly device: RegisteredDevice;
  /** SHA-256 of each token. */
  readonly secretHashes: readonly Buffer[];
};

/** Who may connect. Lookups answer from memory where that is fresh enough. */
export type Registry = {
  /** @param sha256 of the certificate's DER, lower-case hex */
  certificate(sha256: string): Promise<CertificateRecord | undefined>;
  credentials(deviceId: string): Promise<CredentialRecord | undefined>;
  /** Reads many certificates at once, so that the lookups that follow need no database. */
  refresh(sha256s: readonly string[]): Promise<void>;
  /** Forgets a device: its next lookup asks the database. */
  forget(deviceKey: bigint): void;
  /** Forgets everything, after news may have been missed. */
  forgetAll(): void;
};

type Cached<T> = { readonly value: T | undefined; readonly until: number };

const freshMs = 60_000;
/** Short: a device that connects a moment before it is registered must not stay locked out. */
const absentFreshMs = 1_000;

/** Keeps what was read lately, the least recently used goes first. */
function createMemory<T>(limit: number, now: () => number) {
  const entries = new Map<string, Cached<T>>();
  return {
    get(key: string): Cached<T> | undefined {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      if (entry.until <= now()) return undefined;
      entries.set(key, entry);
      return entry;
    },
    set(key: string, value: T | undefined): void {
      entries.delete(key);
      entries.set(key, { value, until: now() + (value === undefined ? absentFreshMs : freshMs) });
      if (entries.size <= limit) return;
      const oldest = entries.keys().next();
      if (oldest.done !== true) entries.delete(oldest.value);
    },
    forget(where: (value: T) => boolean): void {
      for (const [key, { value }] of entries) {
        if (value === undefined || where(value)) entries.delete(key);
      }
    },
    clear: () => entries.clear(),
  };
}

/**
 * The registry in the database, remembered for at most a minute; changes told by NOTIFY are
 * forgotten at once. A lookup during which something was forgotten is made again: it may have read
 * what was true before the change.
 * @param now epoch milliseconds
 */
export function createRegistry(input: {
  readonly db: Database;
  readonly now: () => number;
  readonly capacity?: number;
}): Registry {
  const capacity = input.capacity ?? 50_000;
  const certificates = createMemory<CertificateRecord>(capacity, input.now);
  const credentials = createMemory<CredentialRecord>(capacity, input.now);
  let generation = 0;

  async function settled<T>(read: () => Promise<T>): Promise<T> {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const before = generation;
      const value = await read();
      if (before === generation) return value;
    }
    throw new Error("The registry changes faster than it can be read; the device may try again.");
  }

  return {
    certificate: async (sha256) => {
      const known = certificates.get(sha256);
      if (known !== undefined) return known.value;
      const [record] = await settled(() => findCertificates(input.db, [sha256]));
      certificates.set(sha256, record);
      return record;
    },
    credentials: async (deviceId) => {
      const known = credentials.get(deviceId);
      if (known !== undefined) return known.value;
      const record = await settled(() => findDeviceCredentials(input.db, deviceId));
      credentials.set(deviceId, record);
      return record;
    },
    refresh: async (sha256s) => {
      const records = await settled(() => findCertificates(input.db, sha256s));
      const found = new Map(records.map((record) => [record.sha256, record]));
      for (const sha256 of sha256s) certificates.set(sha256, found.get(sha256));
    },
    forget: (deviceKey) => {
      generation += 1;
      certificates.forget((record) => record.device.deviceKey === deviceKey);
      credentials.forget((record) => record.device.deviceKey === deviceKey);
    },
    forgetAll: () => {
      generation += 1;
      certificates.clear();
      credentials.clear();
    },
  };
}
