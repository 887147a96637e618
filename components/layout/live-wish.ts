import type { LiveFrame } from "#server/domain/live.ts";

/** What a part of the page wants to hear of. Devices are UUIDs. */
export type LiveWish = {
  readonly devices?: readonly string[];
  readonly fleet?: boolean;
  readonly refusals?: boolean;
  /** Every settled message that fits; a page has one tail at most. */
  readonly tail?: TailWish;
};

/** A live tail: empty text filters nothing. */
export type TailWish = {
  /** UUID of this opening: it is recorded once. */
  readonly opening: string;
  /** The device's own id. */
  readonly device: string;
  readonly profile: string;
  readonly outcome: string;
  readonly topic: string;
  readonly text: string;
};

/** The keys of devices by their UUIDs, as the console named them when the stream was opened. */
export type DeviceKeys = Readonly<Record<string, string>>;

/** One wish for all; the first tail counts. Devices are sorted, so that the same wish reads alike. */
export function mergeWishes(wishes: readonly LiveWish[]): LiveWish {
  const devices = [...new Set(wishes.flatMap((wish) => wish.devices ?? []))].toSorted();
  const tail = wishes.find((wish) => wish.tail !== undefined)?.tail;
  return {
    devices,
    fleet: wishes.some((wish) => wish.fleet === true),
    refusals: wishes.some((wish) => wish.refusals === true),
    ...(tail !== undefined && { tail }),
  };
}

/** Whether nothing is wished for. */
export function isEmptyWish({ devices = [], fleet, refusals, tail }: LiveWish): boolean {
  return devices.length === 0 && fleet !== true && refusals !== true && tail === undefined;
}

/** Whether whoever has the first wish fulfilled has the second as well. */
export function coversWish(first: LiveWish, second: LiveWish): boolean {
  const devices = new Set(first.devices);
  return (
    (second.devices ?? []).every((id) => devices.has(id)) &&
    (first.fleet === true || second.fleet !== true) &&
    (first.refusals === true || second.refusals !== true) &&
    (second.tail === undefined || JSON.stringify(first.tail) === JSON.stringify(second.tail))
  );
}

/** Gives a wish its part of a frame; undefined when nothing of it was wished for. */
export type FrameFilter = (frame: LiveFrame) => LiveFrame | undefined;

/** Reads a wish once, for all the frames that come. */
export function filterFor(wish: LiveWish, keys: DeviceKeys): FrameFilter {
  const devices = new Set((wish.devices ?? []).flatMap((id) => keys[id] ?? []));
  const pass = (frame: LiveFrame, does: boolean) => (does ? frame : undefined);
  return (frame) => {
    switch (frame.kind) {
      case "hello":
        return frame;
      case "fleet":
        return pass(frame, wish.fleet === true);
      case "tail":
      case "tail_refused":
        return pass(frame, wish.tail !== undefined);
      case "status":
      case "presence":
        return pass(frame, devices.has(frame.deviceKey));
      case "refusal": {
        const { deviceKey } = frame.refusal;
        const isOurs = deviceKey !== null && devices.has(deviceKey);
        return pass(frame, wish.refusals === true || isOurs);
      }
      case "messages":
        return messagesOf(devices, frame);
    }
  };
}

type MessagesFrame = Extract<LiveFrame, { readonly kind: "messages" }>;

function messagesOf(devices: ReadonlySet<string>, frame: MessagesFrame): LiveFrame | undefined {
  const messages = frame.messages.filter(({ deviceKey }) => devices.has(deviceKey));
  if (messages.length === 0) return undefined;
  const missed = Object.entries(frame.missed ?? {}).filter(([key]) => devices.has(key));
  return {
    kind: "messages",
    messages,
    dropped: missed.reduce((sum, [, count]) => sum + count, 0),
    ...(missed.length > 0 && { missed: Object.fromEntries(missed) }),
  };
}
