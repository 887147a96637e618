import { createKeyring, type Keyring } from "#server/crypto/envelope.ts";
import type { Database } from "#server/db/client.ts";
import { findChildren } from "#server/db/find-children.ts";
import type { CredentialUse } from "#server/db/touch-device-credentials.ts";
import type { SasSlot } from "#server/domain/sas-key.ts";
import {
  createEnrolmentLookups,
  type EnrolmentLookups,
} from "#server/gateway/identify/read-enrolment.ts";
import { createMemory } from "#server/gateway/identify/memory.ts";
import type { ServicePrincipal } from "#server/gateway/identify/principal.ts";
import { readCertificates } from "#server/gateway/identify/read-certificates.ts";
import { readCredentials, readServiceClients } from "#server/gateway/identify/read-records.ts";
import { createSettled, type Settled } from "#server/gateway/identify/settled.ts";
import { createUse } from "#server/gateway/identify/use.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import type { DeviceState } from "#server/domain/device-state.ts";

/** A device as the registry knows it. */
export type RegisteredDevice = DeviceIdentity & {
  readonly state: DeviceState;
};

/** A certificate of the registry, issued here or by a customer's CA, with its device. */
export type CertificateRecord = {
  readonly id: string;
  /** Of the DER, lower-case hex. */
  readonly sha256: string;
  readonly state: "issued" | "active" | "superseded" | "retired" | "suspended" | "revoked";
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly revokedAt: Date | null;
  readonly revocationReason: string | null;
  /** The customer's CA that issued it, where that does not count any more. */
  readonly authority?:
    | { readonly name: string; readonly state: "disabled" | "removed" }
    | undefined;
  readonly device: RegisteredDevice;
};

/** A device as a gateway names it. */
export type ChildRecord = {
  readonly device: RegisteredDevice;
  /** Key of the gateway that it is behind; undefined where it is behind none. */
  readonly gatewayKey: bigint | undefined;
};

/** A device and what it may show instead of a certificate; what was revoked is left out. */
export type CredentialRecord = {
  readonly device: RegisteredDevice;
  /** SHA-256 of each password. */
  readonly secretHashes: readonly Buffer[];
  /** Ids of the passwords' rows, in the same order. */
  readonly secretIds?: readonly string[];
  /** Keys of SAS tokens; `key` is undefined where it cannot be unsealed here. */
  readonly sasKeys: readonly {
    /** Of the key's row. */
    readonly id?: string;
    readonly slot: SasSlot;
    readonly key: Buffer | undefined;
  }[];
  /** Ids of the pre-shared keys' rows; the keys themselves are in psk-keys.ts. */
  readonly pskIds?: readonly string[];
};

/** A service client and its passwords; what was revoked is left out. */
export type ServiceClientRecord = {
  readonly principal: ServicePrincipal;
  readonly state: "active" | "suspended";
  /** SHA-256 of each. */
  readonly passwords: readonly { readonly id: string; readonly hash: Buffer }[];
};

/** Many lookups at once. */
export type Refreshed = {
  readonly sha256s: readonly string[];
  readonly deviceIds: readonly string[];
  readonly usernames: readonly string[];
};

/** Who may connect. Lookups answer from memory where that is fresh enough. */
export type Registry = EnrolmentLookups & {
  /** @param sha256 of the certificate's DER, lower-case hex */
  certificate(sha256: string): Promise<CertificateRecord | undefined>;
  credentials(deviceId: string): Promise<CredentialRecord | undefined>;
  /** @param username `<slug>@<tenant slug>` */
  serviceClient(username: string): Promise<ServiceClientRecord | undefined>;
  /** A device that a gateway speaks for. */
  child(deviceId: string): Promise<ChildRecord | undefined>;
  /** The same from memory; undefined when the database must be asked. */
  knownChild(deviceId: string): { readonly value: ChildRecord | undefined } | undefined;
  /** Reads many at once, so that the lookups that follow need no database. */
  refresh(wanted: Refreshed): Promise<void>;
  /** Forgets a device: its next lookup asks the database. */
  forget(deviceKey: bigint): void;
  /** The same for many devices. */
  forgetMany(deviceKeys: ReadonlySet<bigint>): void;
  /** The same for a service client. */
  forgetServiceClient(serviceClientId: string): void;
  /** Forgets everything, after news may have been missed. */
  forgetAll(): void;
  /** A service client's password opened a connection, or keeps one open; written by {@link flushUsed}. */
  noteUsed(passwordId: string, at: Date): void;
  /** The same for a credential of a device. */
  noteCredentialUsed(use: CredentialUse): void;
  /** Writes when passwords and credentials were used last; what cannot be written waits for the next call. */
  flushUsed(): Promise<void>;
};

/**
 * The registry in the database, remembered for at most a minute; changes told by NOTIFY are
 * forgotten at once. A lookup during which its device or client was forgotten is made again: it may
 * have read what was true before the change.
 * @param input.now epoch milliseconds
 * @param input.keyring opens SAS keys; without it devices that use them are refused with the reason
 */
export function createRegistry(input: {
  readonly db: Database;
  readonly now: () => number;
  readonly keyring?: Keyring;
  readonly capacity?: number;
}): Registry {
  const { db, now, keyring = createKeyring(undefined), capacity = 50_000 } = input;
  const settled = createSettled();
  const { certificates, credentials, clients, children } = createStores({
    db,
    keyring,
    shared: { capacity, now, settled },
  });
  return {
    ...createUse(db),
    ...createEnrolmentLookups(db, keyring),
    certificate: (sha256) => certificates.find(sha256),
    credentials: (deviceId) => credentials.find(deviceId),
    serviceClient: (username) => clients.find(username),
    child: (deviceId) => children.find(deviceId),
    knownChild: (deviceId) => children.known(deviceId),
    refresh: async ({ sha256s, deviceIds, usernames }) => {
      await certificates.refresh(sha256s);
      await credentials.refresh(deviceIds);
      await clients.refresh(usernames);
    },
    forget: (deviceKey) => {
      settled.changed(deviceKey);
      certificates.forget((record) => record.device.deviceKey === deviceKey);
      credentials.forget((record) => record.device.deviceKey === deviceKey);
      children.forget((record) => record.device.deviceKey === deviceKey);
    },
    forgetMany: (deviceKeys) => {
      for (const deviceKey of deviceKeys) settled.changed(deviceKey);
      for (const store of [certificates, credentials, children]) {
        store.forget((record) => deviceKeys.has(record.device.deviceKey));
      }
    },
    forgetServiceClient: (serviceClientId) => {
      settled.changed(serviceClientId);
      clients.forget(({ principal }) => principal.serviceClientId === serviceClientId);
    },
    forgetAll: () => {
      settled.changed();
      for (const store of [certificates, credentials, clients, children]) store.clear();
    },
  };
}

/** A store for each kind of record. */
function createStores(parts: {
  readonly db: Database;
  readonly keyring: Keyring;
  readonly shared: {
    readonly capacity: number;
    readonly now: () => number;
    readonly settled: Settled;
  };
}) {
  const { db, keyring, shared } = parts;
  return {
    certificates: createStore<CertificateRecord>({
      ...shared,
      read: (keys) => readCertificates(db, keys),
      keyOf: ({ sha256 }) => sha256,
      ownerOf: ({ device }) => device.deviceKey,
    }),
    credentials: createStore<CredentialRecord>({
      ...shared,
      read: (keys) => readCredentials(db, keyring, keys),
      keyOf: ({ device }) => device.deviceId,
      ownerOf: ({ device }) => device.deviceKey,
    }),
    clients: createStore<ServiceClientRecord>({
      ...shared,
      read: (keys) => readServiceClients(db, keys),
      keyOf: ({ principal }) => principal.name,
      ownerOf: ({ principal }) => principal.serviceClientId,
    }),
    children: createStore<ChildRecord>({
      ...shared,
      read: (keys) => findChildren(db, keys),
      keyOf: ({ device }) => device.deviceId,
      ownerOf: ({ device }) => device.deviceKey,
    }),
  };
}

/** One kind of record: what is remembered of it, else the database. */
function createStore<T>(of: {
  readonly capacity: number;
  readonly now: () => number;
  readonly settled: Settled;
  readonly read: (keys: readonly string[]) => Promise<readonly T[]>;
  readonly keyOf: (record: T) => string;
  readonly ownerOf: (record: T) => bigint | string;
}) {
  const memory = createMemory<T>(of.capacity, of.now);
  const readSettled = (keys: readonly string[]): Promise<readonly T[]> =>
    of.settled.run(
      () => of.read(keys),
      (records) => (records.length < keys.length ? undefined : records.map(of.ownerOf)),
    );
  async function refresh(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const records = await readSettled(keys);
    const found = new Map(records.map((record) => [of.keyOf(record), record]));
    for (const key of keys) memory.set(key, found.get(key));
  }
  return {
    refresh,
    find: async (key: string): Promise<T | undefined> => {
      const known = memory.get(key);
      if (known !== undefined) return known.value;
      const records = await readSettled([key]);
      const record = records.find((each) => of.keyOf(each) === key);
      memory.set(key, record);
      return record;
    },
    known: (key: string) => memory.get(key),
    forget: (where: (record: T) => boolean): void => memory.forget(where),
    clear: (): void => memory.clear(),
  };
}
