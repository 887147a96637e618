import type { LiveFrame, LiveInterest, LiveTailMessage } from "#server/domain/live.ts";
import { openOutlet, type Outlet } from "#server/live/outlet.ts";
import type { LivePort } from "#server/live/port.ts";
import { sampleTail, type TailSampler, type TailSubject } from "#server/live/tail-sampler.ts";

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
  /** Whether anybody watches the tenant's messages. Asked for each message: one look when nobody does. */
  wantsTail(tenantId: string): boolean;
  /** Offers a settled message to those who watch; `make` is called if one of them is shown it. */
  offerTail(tenantId: string, subject: TailSubject, make: () => LiveTailMessage): void;
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
  const tails: TailIndex = new Map();
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
    wantsTail: (tenantId) => tails.size > 0 && tails.has(tenantId),
    offerTail: (tenantId, subject, make) => {
      const once = onlyOnce(make);
      for (const tail of tails.get(tenantId) ?? []) tail.offer(subject, once);
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
      const endTail = openTail(tails, { interest, isReady, send }, clock);
      return () => {
        endTail();
        subscription.outlet.close();
        subscriptions.delete(subscription);
        removeFromIndex(byDevice, subscription);
      };
    },
    stop: () => {
      for (const { outlet } of subscriptions) outlet.close();
      for (const samplers of tails.values()) for (const tail of samplers) tail.close();
      tails.clear();
      subscriptions.clear();
      byDevice.clear();
    },
  };
}

type TailIndex = Map<string, Set<TailSampler>>;

/** @returns a function that ends it */
function openTail(
  tails: TailIndex,
  { interest, isReady, send }: LiveViewer,
  clock: () => number,
): () => void {
  const { tenantId, tail: filter } = interest;
  if (filter === undefined) return () => undefined;
  const sampler = sampleTail({ filter, isReady, send, clock, random: Math.random });
  const samplers = tails.get(tenantId) ?? new Set();
  tails.set(tenantId, samplers.add(sampler));
  return () => {
    sampler.close();
    samplers.delete(sampler);
    if (samplers.size === 0) tails.delete(tenantId);
  };
}

/** Several viewers may be shown the same message: it is formatted once. */
function onlyOnce<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
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
    // Tails go their own way: each viewer has a sample of its own.
    case "tail":
    case "tail_refused":
      return false;
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
