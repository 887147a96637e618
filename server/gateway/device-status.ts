import type { Logger } from "pino";
import type { DeviceContactRow } from "#server/db/write-device-contacts.ts";
import type { ConnectionEventRow, DeviceSessionRow } from "#server/db/write-device-sessions.ts";
import type { LivePort } from "#server/live/port.ts";

/** Where the status is kept. */
export type StatusStore = {
  /** @param events how the devices of `rows` came and went, at most two for each */
  writeSessions(
    rows: readonly DeviceSessionRow[],
    events: readonly ConnectionEventRow[],
  ): Promise<void>;
  writeContacts(rows: readonly DeviceContactRow[]): Promise<void>;
};

/** Facts of a connection, as the device's page shows them. */
export type SessionFacts = Omit<
  DeviceSessionRow,
  "connected" | "workerId" | "disconnectedAt" | "disconnectReason"
>;

/** Told of a device's messages after their commit; the ingest side calls it. */
export type ContactPort = {
  /**
   * @param contact.receivedAt epoch milliseconds of the newest message
   * @param contact.firmware as the message names it, if it does
   */
  note(
    device: { readonly tenantId: string; readonly deviceKey: bigint },
    contact: { readonly receivedAt: number; readonly firmware?: string | undefined },
  ): void;
};

export type DeviceStatus = ContactPort & {
  connected(facts: SessionFacts): void;
  /** @param reason in words: "keep-alive timeout" */
  disconnected(facts: SessionFacts, reason: string): void;
  flush(): Promise<void>;
  stop(): Promise<void>;
};

const flushEveryMs = 1_000;
const rowsAtOnce = 2_000;

function chunks<T>(rows: readonly T[]): readonly (readonly T[])[] {
  const parts: T[][] = [];
  for (let at = 0; at < rows.length; at += rowsAtOnce) parts.push(rows.slice(at, at + rowsAtOnce));
  return parts;
}

type Contact = { readonly tenantId: string; receivedAt: number; firmware: string | null };

function eventOf(row: DeviceSessionRow): ConnectionEventRow {
  const { tenantId, deviceKey, remoteAddress, clientId, protocol, tlsVersion } = row;
  const { tlsCipher, certificateSha256 } = row;
  return {
    tenantId,
    deviceKey,
    remoteAddress,
    clientId,
    protocol,
    tlsVersion,
    tlsCipher,
    certificateSha256,
    at: row.disconnectedAt ?? row.connectedAt,
    kind: row.connected ? "connected" : "disconnected",
    reason: row.disconnectReason,
    count: 1,
  };
}

/** Comings and goings since the last write; a device that flaps is counted, not listed. */
class PendingEvents {
  readonly #events = new Map<string, ConnectionEventRow>();

  /** The newest of a kind stands for those before it. */
  add(event: ConnectionEventRow): void {
    const key = `${event.deviceKey} ${event.kind}`;
    const known = this.#events.get(key);
    if (known === undefined) {
      this.#events.set(key, event);
      return;
    }
    const newest = known.at > event.at ? known : event;
    this.#events.set(key, { ...newest, count: known.count + event.count });
  }

  take(devices: readonly DeviceSessionRow[]): readonly ConnectionEventRow[] {
    return devices.flatMap(({ deviceKey }) =>
      (["connected", "disconnected"] as const).flatMap((kind) => {
        const key = `${deviceKey} ${kind}`;
        const event = this.#events.get(key);
        this.#events.delete(key);
        return event === undefined ? [] : [event];
      }),
    );
  }
}

type Noted = Parameters<ContactPort["note"]>[1];

/** What is not written yet: at most one row of each kind for each device. */
class PendingStatus {
  readonly #sessions = new Map<bigint, DeviceSessionRow>();
  readonly #events = new PendingEvents();
  readonly #contacts = new Map<bigint, Contact>();
  readonly #store: StatusStore;

  constructor(store: StatusStore) {
    this.#store = store;
  }

  get size(): number {
    return this.#sessions.size + this.#contacts.size;
  }

  session(row: DeviceSessionRow): void {
    this.#sessions.set(row.deviceKey, row);
    this.#events.add(eventOf(row));
  }

  contact(tenantId: string, deviceKey: bigint, { receivedAt, firmware }: Noted): void {
    const known = this.#contacts.get(deviceKey);
    if (known === undefined) {
      this.#contacts.set(deviceKey, { tenantId, receivedAt, firmware: firmware ?? null });
      return;
    }
    if (receivedAt > known.receivedAt) known.receivedAt = receivedAt;
    known.firmware = firmware ?? known.firmware;
  }

  async write(): Promise<void> {
    for (const rows of chunks([...this.#sessions.values()])) {
      await this.#writeSessions(rows);
    }
    const contacts = [...this.#contacts].map(([deviceKey, { tenantId, receivedAt, firmware }]) => {
      return { tenantId, deviceKey, lastMessageAt: new Date(receivedAt), firmware };
    });
    for (const rows of chunks(contacts)) {
      await this.#store.writeContacts(rows);
      for (const row of rows) this.#forgetContact(row);
    }
  }

  async #writeSessions(rows: readonly DeviceSessionRow[]): Promise<void> {
    const events = this.#events.take(rows);
    try {
      await this.#store.writeSessions(rows, events);
    } catch (error) {
      for (const event of events) this.#events.add(event);
      throw error;
    }
    for (const row of rows) {
      // A newer state may have come while this one was written.
      if (this.#sessions.get(row.deviceKey) === row) this.#sessions.delete(row.deviceKey);
    }
  }

  #forgetContact({ deviceKey, lastMessageAt }: DeviceContactRow): void {
    const latest = this.#contacts.get(deviceKey);
    if (latest === undefined) return;
    if (Math.trunc(latest.receivedAt) <= lastMessageAt.getTime()) this.#contacts.delete(deviceKey);
  }
}

/**
 * Writes each device's status at most once a second, however often it connects or sends; viewers
 * are told of connects and disconnects at once. What cannot be written waits.
 * @param now epoch milliseconds
 */
export function createDeviceStatus(input: {
  readonly store: StatusStore;
  readonly live: LivePort;
  readonly log: Logger;
  readonly workerId: string;
  readonly now: () => number;
}): DeviceStatus {
  const { store, live, log, workerId } = input;
  const pending = new PendingStatus(store);
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    try {
      await pending.write();
    } catch (error) {
      log.warn({ event: "device_status.write_failed", err: error, devices: pending.size });
    } finally {
      writing = undefined;
    }
  }

  function change(row: DeviceSessionRow): void {
    pending.session(row);
    live.emit(row.tenantId, {
      kind: "status",
      deviceKey: row.deviceKey.toString(),
      connected: row.connected,
      at: (row.disconnectedAt ?? row.connectedAt).getTime(),
      reason: row.disconnectReason,
    });
  }

  async function flush(): Promise<void> {
    await writing;
    writing = write();
    await writing;
  }

  const timer = setInterval(() => {
    if (pending.size > 0) writing ??= write();
  }, flushEveryMs);
  timer.unref();

  return {
    connected: (facts) =>
      change({ ...facts, workerId, connected: true, disconnectedAt: null, disconnectReason: null }),
    disconnected: (facts, reason) => {
      const disconnectedAt = new Date(input.now());
      change({ ...facts, workerId, connected: false, disconnectedAt, disconnectReason: reason });
    },
    note: ({ tenantId, deviceKey }, contact) => pending.contact(tenantId, deviceKey, contact),
    flush,
    stop: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}
