import type { Logger } from "pino";
import type { OpenSession } from "#server/db/reassert-device-sessions.ts";
import type { DeviceContactRow } from "#server/db/write-device-contacts.ts";
import type { ConnectionEventRow, DeviceSessionRow } from "#server/db/write-device-sessions.ts";
import type { LivePort } from "#server/live/port.ts";

/** Where the status is kept. `sentAt` is the clock that the rows were made by, as they leave. */
export type StatusStore = {
  /** @param events how the devices of `rows` came and went, at most two for each */
  writeSessions(
    rows: readonly DeviceSessionRow[],
    events: readonly ConnectionEventRow[],
    sentAt: Date,
  ): Promise<void>;
  writeContacts(rows: readonly DeviceContactRow[], sentAt: Date): Promise<void>;
  /** These connections are open, whatever others noted. */
  reassert(sessions: readonly OpenSession[]): Promise<unknown>;
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
   * @param contact.eventAt as of when it says that the device is alive, if that is earlier
   * @param contact.firmware as the message names it, if it does
   */
  note(
    device: { readonly tenantId: string; readonly deviceKey: bigint },
    contact: {
      readonly receivedAt: number;
      readonly eventAt?: number | undefined;
      readonly firmware?: string | undefined;
    },
  ): void;
};

export type DeviceStatus = ContactPort & {
  connected(facts: SessionFacts): void;
  /** @param reason in words: "keep-alive timeout" */
  disconnected(facts: SessionFacts, reason: string): void;
  /** Others may have taken this worker for dead: its open connections are written once more. */
  reassert(): void;
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

type Contact = {
  readonly tenantId: string;
  receivedAt: number;
  eventAt: number;
  firmware: string | null;
};

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
  readonly #open = new Map<bigint, OpenSession>();
  readonly #store: StatusStore;
  readonly #now: () => number;
  #mustReassert = false;

  constructor(store: StatusStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  get size(): number {
    return this.#sessions.size + this.#contacts.size + (this.#mustReassert ? 1 : 0);
  }

  session(row: DeviceSessionRow): void {
    const { tenantId, deviceKey } = row;
    if (row.connected) this.#open.set(deviceKey, { tenantId, deviceKey });
    else this.#open.delete(deviceKey);
    this.#sessions.set(deviceKey, row);
    this.#events.add(eventOf(row));
  }

  contact(tenantId: string, deviceKey: bigint, noted: Noted): void {
    const { receivedAt, firmware } = noted;
    const eventAt = Math.min(noted.eventAt ?? receivedAt, receivedAt);
    const known = this.#contacts.get(deviceKey);
    if (known === undefined) {
      this.#contacts.set(deviceKey, { tenantId, receivedAt, eventAt, firmware: firmware ?? null });
      return;
    }
    if (receivedAt > known.receivedAt) known.receivedAt = receivedAt;
    if (eventAt > known.eventAt) known.eventAt = eventAt;
    known.firmware = firmware ?? known.firmware;
  }

  reassert(): void {
    this.#mustReassert = true;
  }

  async write(): Promise<void> {
    // Of one that comes while sessions are written the contact waits with its session: it would be told
    // as heard and not connected.
    const contacts = chunks([...this.#contacts]);
    for (const rows of chunks([...this.#sessions.values()])) {
      await this.#writeSessions(rows);
    }
    for (const entries of contacts) {
      const rows = entries.map(([deviceKey, { tenantId, receivedAt, eventAt, firmware }]) => {
        const lastMessageAt = new Date(receivedAt);
        return { tenantId, deviceKey, lastMessageAt, contactAt: new Date(eventAt), firmware };
      });
      await this.#store.writeContacts(rows, new Date(this.#now()));
      for (const row of rows) this.#forgetContact(row);
    }
    if (this.#mustReassert) await this.#writeOpen();
  }

  async #writeOpen(): Promise<void> {
    for (const rows of chunks([...this.#open.values()])) await this.#store.reassert(rows);
    this.#mustReassert = false;
  }

  async #writeSessions(rows: readonly DeviceSessionRow[]): Promise<void> {
    const events = this.#events.take(rows);
    try {
      await this.#store.writeSessions(rows, events, new Date(this.#now()));
    } catch (error) {
      for (const event of events) this.#events.add(event);
      throw error;
    }
    for (const row of rows) {
      // A newer state may have come while this one was written.
      if (this.#sessions.get(row.deviceKey) === row) this.#sessions.delete(row.deviceKey);
    }
  }

  #forgetContact(row: Required<DeviceContactRow>): void {
    const latest = this.#contacts.get(row.deviceKey);
    if (latest === undefined) return;
    const isWritten =
      Math.trunc(latest.receivedAt) <= row.lastMessageAt.getTime() &&
      Math.trunc(latest.eventAt) <= row.contactAt.getTime();
    if (isWritten) this.#contacts.delete(row.deviceKey);
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
  const pending = new PendingStatus(store, input.now);
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
    reassert: () => pending.reassert(),
    note: ({ tenantId, deviceKey }, contact) => pending.contact(tenantId, deviceKey, contact),
    flush,
    stop: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}
