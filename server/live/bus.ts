import type { LiveFrame, LiveInterest, LiveTailMessage } from "#server/domain/live.ts";
import { openOutlet, type Outlet } from "#server/live/outlet.ts";
import type { LivePort } from "#server/live/port.ts";
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
  subscribe(viewer: LiveViewer): LiveSubscription;
  stop(): void;
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
  const number = numberMessages(clock);
  let droppedBefore = 0;
  return {
    emit: (tenantId, frame) => {
      const at = { subscriptions, byDevice };
      const told = frame.kind === "messages" ? number(frame) : frame;
      for (const { outlet } of recipients(at, tenantId, told)) outlet.offer(told);
    },
    wantsDevice: (tenantId, deviceKey) => {
      const devices = byDevice.get(tenantId);
      return devices !== undefined && devices.has(deviceKey.toString());
    },
    wantsTail: (tenantId) => tails.size > 0 && tails.has(tenantId),
    offerTail: (tenantId, subject, make) => {
      const once = onlyOnce(make);
      tails.get(tenantId)?.forEach((tail) => tail.offer(subject, once));
    },
    tenantsWithFleetViewers: () => {
      const interests = [...subscriptions].map(({ interest }) => interest);
      return tenantsOf(interests.filter(({ fleet }) => fleet));
    },
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
        outlet: openOutlet({ isReady, send, clock }),
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

function tenantsOf(interests: readonly LiveInterest[]): readonly string[] {
  return [...new Set(interests.map(({ tenantId }) => tenantId))];
}

type MessagesFrame = Extract<LiveFrame, { readonly kind: "messages" }>;

/** Numbers that rise with every message, also over a restart: microseconds, made to differ. */
function numberMessages(clock: () => number): (frame: MessagesFrame) => MessagesFrame {
  let last = 0;
  return (frame) => ({
    ...frame,
    messages: frame.messages.map((message) => {
      last = Math.max(last + 1, Math.floor(clock() * 1_000));
      return { ...message, seq: last };
    }),
  });
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
  if (frame.kind === "messages" || frame.kind === "status" || frame.kind === "presence") {
    const key = frame.kind === "messages" ? frame.messages[0]?.deviceKey : frame.deviceKey;
    yield* at.byDevice.get(tenantId)?.get(key ?? "") ?? [];
    return;
  }
  for (const subscription of at.subscriptions) {
    const { interest, devices } = subscription;
    if (interest.tenantId === tenantId && wantsFrame(interest, devices, frame)) yield subscription;
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
  for (const deviceKey of deviceKeys) {
    const set = devices.get(deviceKey);
    set?.delete(subscription);
    if (set?.size === 0) devices.delete(deviceKey);
  }
  if (devices.size === 0) index.delete(tenantId);
}
