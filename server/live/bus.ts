import type { LiveFrame, LiveInterest, LiveTailMessage } from "#server/domain/live.ts";
import { openOutlet, type Outlet, type UntoldMessage } from "#server/live/outlet.ts";
import type { LiveEvent, LiveMessages, LivePort } from "#server/live/port.ts";
import { wantsFrame } from "#server/live/wants.ts";
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
  /** The device, if anybody watches it: spares the work for messages that nobody sees. */
  watched(tenantId: string, deviceKey: bigint): WatchedDevice | undefined;
  /** Whether anybody watches the tenant's messages. Asked for each message: one look when nobody does. */
  wantsTail(tenantId: string): boolean;
  /** Offers a settled message to those who watch; `make` is called if one of them is shown it. */
  offerTail(tenantId: string, subject: TailSubject, make: () => LiveTailMessage): void;
  /** Tenants of which somebody watches the fleet counters. */
  tenantsWithFleetViewers(): readonly string[];
  readonly viewers: number;
  /** Messages that slow viewers did not get. */
  readonly dropped: number;
  subscribe(viewer: LiveViewer): LiveSubscription;
  stop(): void;
};

/** A device that somebody watches. */
export type WatchedDevice = {
  /**
   * Offers messages of it to those who watch; `make` is called for those that are told, which of a
   * busy device are few.
   */
  offer(messages: LiveMessages): void;
};

export type LiveSubscription = {
  /** From now on this is what the viewer asks for; what stays asked for misses nothing. */
  change(interest: LiveInterest): void;
  end(): void;
};

type Subscription = {
  interest: LiveInterest;
  /** The interest's devices. */
  devices: ReadonlySet<string>;
  readonly outlet: Outlet;
};

/**
 * Fan-out inside one worker, by an index of who watches what.
 * @param clock milliseconds, any origin
 */
export function createLiveBus(clock: () => number): LiveBus {
  const subscriptions = new Set<Subscription>();
  const byDevice: DeviceIndex = new Map();
  const tails: TailIndex = new Map();
  const nextSeq = risingNumbers(clock);
  let droppedBefore = 0;
  return {
    emit: (tenantId, frame) => {
      const at = { subscriptions, byDevice };
      for (const { outlet } of recipients(at, tenantId, frame)) outlet.offer(frame);
    },
    watched: (tenantId, deviceKey) => byDevice.get(tenantId)?.get(deviceKey),
    wantsTail: (tenantId) => tails.size > 0 && tails.has(tenantId),
    offerTail: (tenantId, subject, make) => {
      const once = onlyOnce(make);
      tails.get(tenantId)?.forEach((tail) => tail.offer(subject, once));
    },
    tenantsWithFleetViewers: () => fleetTenantsOf(subscriptions),
    get viewers() {
      return subscriptions.size;
    },
    get dropped() {
      return [...subscriptions].reduce((sum, { outlet }) => sum + outlet.dropped, droppedBefore);
    },
    subscribe: ({ interest, isReady, send }) => {
      const subscription: Subscription = {
        interest,
        devices: new Set(interest.deviceKeys),
        outlet: openOutlet({ isReady, send, clock, nextSeq }),
      };
      subscriptions.add(subscription);
      addToIndex(byDevice, subscription);
      let endTail = openTail(tails, { interest, isReady, send }, clock);
      return {
        change: (next) => {
          reindex(byDevice, subscription, next);
          endTail();
          endTail = openTail(tails, { interest: next, isReady, send }, clock);
        },
        end: () => {
          endTail();
          subscription.outlet.close();
          droppedBefore += subscription.outlet.dropped;
          subscriptions.delete(subscription);
          removeFromIndex(byDevice, subscription);
        },
      };
    },
    stop: () => {
      closeAll({ subscriptions, tails, byDevice });
    },
  };
}

function closeAll(of: {
  readonly subscriptions: Set<Subscription>;
  readonly tails: TailIndex;
  readonly byDevice: DeviceIndex;
}): void {
  for (const { outlet } of of.subscriptions) outlet.close();
  for (const samplers of of.tails.values()) for (const tail of samplers) tail.close();
  for (const each of [of.subscriptions, of.tails, of.byDevice]) each.clear();
}

function fleetTenantsOf(subscriptions: ReadonlySet<Subscription>): readonly string[] {
  const interests = [...subscriptions].map(({ interest }) => interest);
  return [...new Set(interests.filter(({ fleet }) => fleet).map(({ tenantId }) => tenantId))];
}

/** Numbers that rise with every message, also over a restart: microseconds, made to differ. */
function risingNumbers(clock: () => number): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Math.floor(clock() * 1_000));
    return last;
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

type Watched = WatchedDevice & { readonly by: Set<Subscription> };

/** @param key the device's, as it is told */
function watch(key: string): Watched {
  const by = new Set<Subscription>();
  return {
    by,
    offer: ({ count, make }) => {
      // The same for all who watch: they are to know it again.
      const messages: UntoldMessage[] = [];
      for (let index = 0; index < count; index += 1) {
        messages.push({ deviceKey: key, seq: undefined, index, make });
      }
      for (const { outlet } of by) outlet.offerMessages(messages);
    },
  };
}

type DeviceIndex = Map<string, Map<bigint, Watched>>;

function* recipients(
  at: { readonly subscriptions: ReadonlySet<Subscription>; readonly byDevice: DeviceIndex },
  tenantId: string,
  frame: LiveEvent,
): Iterable<Subscription> {
  if (frame.kind === "status" || frame.kind === "presence") {
    yield* at.byDevice.get(tenantId)?.get(BigInt(frame.deviceKey))?.by ?? [];
    return;
  }
  for (const subscription of at.subscriptions) {
    const { interest, devices } = subscription;
    if (interest.tenantId === tenantId && wantsFrame(interest, devices, frame)) yield subscription;
  }
}

function addToIndex(index: DeviceIndex, subscription: Subscription): void {
  const { tenantId, deviceKeys } = subscription.interest;
  for (const key of deviceKeys) {
    const devices = index.get(tenantId) ?? new Map<bigint, Watched>();
    index.set(tenantId, devices);
    const watched = devices.get(BigInt(key)) ?? watch(key);
    devices.set(BigInt(key), watched);
    watched.by.add(subscription);
  }
}

/** Between the two nothing can be told: it is one turn. */
function reindex(index: DeviceIndex, subscription: Subscription, next: LiveInterest): void {
  removeFromIndex(index, subscription);
  subscription.interest = next;
  subscription.devices = new Set(next.deviceKeys);
  addToIndex(index, subscription);
}

function removeFromIndex(index: DeviceIndex, subscription: Subscription): void {
  const { tenantId, deviceKeys } = subscription.interest;
  const devices = index.get(tenantId);
  if (devices === undefined) return;
  for (const key of deviceKeys) {
    const watched = devices.get(BigInt(key));
    watched?.by.delete(subscription);
    if (watched?.by.size === 0) devices.delete(BigInt(key));
  }
  if (devices.size === 0) index.delete(tenantId);
}
