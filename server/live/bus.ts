import type { LiveFrame, LiveInterest } from "#server/domain/live.ts";
import { openOutlet, type Outlet } from "#server/live/outlet.ts";
import type { LivePort } from "#server/live/port.ts";

/** One who watches. */
export type LiveViewer = {
  readonly interest: LiveInterest;
  /** False while the viewer cannot take more; what comes meanwhile is coalesced. */
  readonly isReady: () => boolean;
  readonly send: (frame: LiveFrame) => void;
};

/** Whom the worker tells, and who is told. */
export type LiveBus = LivePort & {
  /** Whether anybody watches the device: spares the work of making a frame that nobody sees. */
  wantsDevice(tenantId: string, deviceKey: bigint): boolean;
  /** Tenants of which somebody watches the fleet counters. */
  tenantsWithFleetViewers(): readonly string[];
  readonly viewers: number;
  /** Messages that slow viewers did not get. */
  readonly dropped: number;
  /** @returns a function that ends it */
  subscribe(viewer: LiveViewer): () => void;
  stop(): void;
};

type Subscription = { readonly interest: LiveInterest; readonly outlet: Outlet };

/**
 * Fan-out inside one worker, by an index of who watches what.
 * @param clock milliseconds, any origin
 */
export function createLiveBus(clock: () => number): LiveBus {
  const subscriptions = new Set<Subscription>();
  const byDevice: DeviceIndex = new Map();
  let dropped = 0;
  return {
    emit: (tenantId, frame) => {
      for (const { outlet } of recipients({ subscriptions, byDevice }, tenantId, frame)) {
        dropped += outlet.offer(frame);
      }
    },
    wantsDevice: (tenantId, deviceKey) => {
      const devices = byDevice.get(tenantId);
      return devices !== undefined && devices.has(deviceKey.toString());
    },
    tenantsWithFleetViewers: () => {
      const interests = [...subscriptions].map(({ interest }) => interest);
      return [...new Set(interests.filter(({ fleet }) => fleet).map(({ tenantId }) => tenantId))];
    },
    get viewers() {
      return subscriptions.size;
    },
    get dropped() {
      return dropped;
    },
    subscribe: ({ interest, isReady, send }) => {
      const subscription = { interest, outlet: openOutlet({ isReady, send, clock }) };
      subscriptions.add(subscription);
      addToIndex(byDevice, subscription);
      return () => {
        subscription.outlet.close();
        subscriptions.delete(subscription);
        removeFromIndex(byDevice, subscription);
      };
    },
    stop: () => {
      for (const { outlet } of subscriptions) outlet.close();
      subscriptions.clear();
      byDevice.clear();
    },
  };
}

type DeviceIndex = Map<string, Map<string, Set<Subscription>>>;

function* recipients(
  at: { readonly subscriptions: ReadonlySet<Subscription>; readonly byDevice: DeviceIndex },
  tenantId: string,
  frame: LiveFrame,
): Iterable<Subscription> {
  if (frame.kind === "messages" || frame.kind === "status") {
    const key = frame.kind === "status" ? frame.deviceKey : frame.messages[0]?.deviceKey;
    yield* at.byDevice.get(tenantId)?.get(key ?? "") ?? [];
    return;
  }
  for (const subscription of at.subscriptions) {
    const { interest } = subscription;
    if (interest.tenantId === tenantId && wants(interest, frame)) yield subscription;
  }
}

function wants(interest: LiveInterest, frame: LiveFrame): boolean {
  switch (frame.kind) {
    case "hello":
      return true;
    case "fleet":
      return interest.fleet;
    case "refusal": {
      const { deviceKey } = frame.refusal;
      return interest.refusals || (deviceKey !== null && interest.deviceKeys.includes(deviceKey));
    }
    case "messages":
      return frame.messages.some(({ deviceKey }) => interest.deviceKeys.includes(deviceKey));
    case "status":
      return interest.deviceKeys.includes(frame.deviceKey);
  }
}

function addToIndex(index: DeviceIndex, subscription: Subscription): void {
  const { tenantId, deviceKeys } = subscription.interest;
  for (const deviceKey of deviceKeys) {
    const devices = index.get(tenantId) ?? new Map<string, Set<Subscription>>();
    index.set(tenantId, devices);
    const set = devices.get(deviceKey) ?? new Set();
    devices.set(deviceKey, set.add(subscription));
  }
}

function removeFromIndex(index: DeviceIndex, subscription: Subscription): void {
  const { tenantId, deviceKeys } = subscription.interest;
  const devices = index.get(tenantId);
  if (devices === undefined) return;
  for (const deviceKey of deviceKeys) {
    const set = devices.get(deviceKey);
    set?.delete(subscription);
    if (set?.size === 0) devices.delete(deviceKey);
  }
  if (devices.size === 0) index.delete(tenantId);
}
