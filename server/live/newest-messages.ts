/** What a frame holds at most of few devices; of many, each one's newest. */
const messagesPerFrame = 200;

export type TakenMessages<T> = {
  readonly messages: readonly T[];
  /** By device key, of those that lack any. */
  readonly missed: Readonly<Record<string, number>>;
  readonly dropped: number;
};

/** Messages that wait for a frame. */
export type NewestMessages<T> = {
  /** @param missed what was missed of these devices before, by device key */
  add(messages: readonly T[], missed?: Readonly<Record<string, number>>): void;
  /** What waits, each device's in its order. Empties it. */
  take(): TakenMessages<T>;
  readonly isEmpty: boolean;
  /** Messages that fell out here since the start. */
  readonly dropped: number;
};

type Waiting<T> = { readonly messages: T[]; missed: number };

/**
 * Keeps the newest messages of every device, bounded: all devices share a frame's room evenly, and
 * the newest message of each stays, so that a busy device never pushes out a quiet one.
 */
export function keepNewest<T extends { readonly deviceKey: string }>(): NewestMessages<T> {
  const waiting = new Map<string, Waiting<T>>();
  /** What each device has of a frame's room. */
  let share = messagesPerFrame;
  let dropped = 0;

  const of = (deviceKey: string): Waiting<T> => {
    const known = waiting.get(deviceKey);
    if (known !== undefined) return known;
    const begun: Waiting<T> = { messages: [], missed: 0 };
    waiting.set(deviceKey, begun);
    share = Math.max(1, Math.floor(messagesPerFrame / waiting.size));
    return begun;
  };
  const shorten = (device: Waiting<T>): void => {
    const excess = device.messages.length - share;
    if (excess <= 0) return;
    if (excess === 1) device.messages.shift();
    else device.messages.splice(0, excess);
    device.missed += excess;
    dropped += excess;
  };

  return {
    add: (messages, missed) => {
      for (const message of messages) {
        const device = of(message.deviceKey);
        device.messages.push(message);
        shorten(device);
      }
      if (missed === undefined) return;
      for (const [deviceKey, count] of Object.entries(missed)) of(deviceKey).missed += count;
    },
    take: () => {
      const devices = [...waiting];
      for (const [, device] of devices) shorten(device);
      waiting.clear();
      share = messagesPerFrame;
      const lacking = devices.filter(([, { missed }]) => missed > 0);
      return {
        messages: devices.flatMap(([, { messages }]) => messages),
        missed: Object.fromEntries(lacking.map(([key, { missed }]) => [key, missed])),
        dropped: lacking.reduce((sum, [, { missed }]) => sum + missed, 0),
      };
    },
    get isEmpty() {
      return waiting.size === 0;
    },
    get dropped() {
      return dropped;
    },
  };
}
