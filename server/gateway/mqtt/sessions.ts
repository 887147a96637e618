import type { Connection } from "#server/gateway/mqtt/connection.ts";

/** Something to send to a device. */
export type Downlink = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1;
};

/** What became of a downlink: the caller decides whether to try again. */
export type DeliveryOutcome = "sent" | "no-subscription" | "busy" | "too-large";

/** The connected devices of this worker, over all listeners. */
export type Sessions = {
  /** Enters a connection; returns the one that had the same device and client id. */
  claim(connection: Connection): Connection | undefined;
  /** Removes a connection; true when it was the device's last. */
  release(connection: Connection): boolean;
  ofDevice(deviceKey: bigint): Connection[];
  all(): Connection[];
  has(deviceKey: bigint, clientId: string): boolean;
  readonly size: number;
  /** Connected devices of a tenant. */
  countOf(tenantId: string): number;
  /** Sends to every connection of the device that has subscribed to the topic. */
  deliver(deviceKey: bigint, downlink: Downlink): DeliveryOutcome;
};

/** By device first: the client id of one device may look like that of another (`a.1`). */
export function createSessions(): Sessions {
  const byDevice = new Map<bigint, Map<string, Connection>>();
  const devicesOf = new Map<string, number>();
  let size = 0;

  function count(tenantId: string, change: 1 | -1): void {
    const devices = (devicesOf.get(tenantId) ?? 0) + change;
    if (devices === 0) devicesOf.delete(tenantId);
    else devicesOf.set(tenantId, devices);
  }

  return {
    claim: (connection) => {
      const { device, clientId } = connection.established;
      let own = byDevice.get(device.deviceKey);
      if (own === undefined) {
        own = new Map();
        byDevice.set(device.deviceKey, own);
        count(device.tenantId, 1);
      }
      const previous = own.get(clientId);
      own.set(clientId, connection);
      if (previous === undefined) size += 1;
      return previous;
    },
    release: (connection) => {
      const { device, clientId } = connection.established;
      const own = byDevice.get(device.deviceKey);
      // Another connection took over: the entry is no longer this one's.
      if (own?.get(clientId) !== connection) return false;
      own.delete(clientId);
      size -= 1;
      if (own.size > 0) return false;
      byDevice.delete(device.deviceKey);
      count(device.tenantId, -1);
      return true;
    },
    ofDevice: (deviceKey) => [...(byDevice.get(deviceKey)?.values() ?? [])],
    all: () => [...byDevice.values()].flatMap((own) => [...own.values()]),
    has: (deviceKey, clientId) => byDevice.get(deviceKey)?.has(clientId) ?? false,
    get size() {
      return size;
    },
    countOf: (tenantId) => devicesOf.get(tenantId) ?? 0,
    deliver: (deviceKey, downlink) => {
      let outcome: DeliveryOutcome = "no-subscription";
      for (const connection of byDevice.get(deviceKey)?.values() ?? []) {
        const one = connection.deliver(downlink);
        if (outcome !== "sent" && one !== "no-subscription") outcome = one;
      }
      return outcome;
    },
  };
}
