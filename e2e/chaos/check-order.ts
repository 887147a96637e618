/** A stored message: who sent it, its number, on which connection it came, and when it was received. */
export type StoredMessage = {
  readonly device: string;
  readonly number: number;
  /** Of the device, counted from 1; part of the payload, so the row itself says it. */
  readonly connection: number;
  /** Epoch microseconds. */
  readonly receivedMicros: number;
};

/**
 * Messages that were received before one that the same device had sent earlier on the same
 * connection. Pure.
 * @returns `device/number` of the later message of each inverted pair of neighbours
 */
export function findInversions(stored: readonly StoredMessage[]): readonly string[] {
  const sorted = stored.toSorted(
    (a, b) =>
      a.device.localeCompare(b.device) || a.connection - b.connection || a.number - b.number,
  );
  return sorted.flatMap((message, index) => {
    const before = sorted[index - 1];
    const isNeighbour =
      before?.device === message.device && before.connection === message.connection;
    return isNeighbour && before.receivedMicros > message.receivedMicros
      ? [`${message.device}/${message.number}`]
      : [];
  });
}

/** Verdict on what one subscriber got; each key is `device/number`. */
export type DeliveryVerdict = {
  /** Acknowledged to the publisher and never delivered. */
  readonly undelivered: readonly string[];
  readonly deliveredTwice: readonly string[];
  /** Delivered though nobody sent it. */
  readonly invented: readonly string[];
  /** Delivered after a later one of the same device. */
  readonly outOfOrder: readonly string[];
};

/** Exactly once, end to end. Messages never acknowledged may be delivered or not. Pure. */
export function checkDeliveries(history: {
  readonly attempted: ReadonlySet<string>;
  readonly acknowledged: ReadonlySet<string>;
  /** In the order of delivery. */
  readonly delivered: readonly string[];
}): DeliveryVerdict {
  const once = new Set<string>();
  const twice = new Set<string>();
  const newest = new Map<string, number>();
  const outOfOrder: string[] = [];
  for (const key of history.delivered) {
    if (once.has(key)) {
      twice.add(key);
      continue;
    }
    once.add(key);
    const slash = key.lastIndexOf("/");
    const device = key.slice(0, slash);
    const number = Number(key.slice(slash + 1));
    if (number < (newest.get(device) ?? 0)) outOfOrder.push(key);
    else newest.set(device, number);
  }
  return {
    undelivered: [...history.acknowledged].filter((key) => !once.has(key)),
    deliveredTwice: [...twice],
    invented: [...once].filter((key) => !history.attempted.has(key)),
    outOfOrder,
  };
}
