import type { Transport } from "#server/pipeline/message.ts";

/** Bits of `telemetry.reading.flags`: how a row came to be. */
export const readingFlag = {
  /** The device's time was out of bounds, `ts` is the server's. */
  outOfBounds: 1,
  /** The device sent no time. */
  absent: 2,
  /** Back-fill: it came later after its own time than the profile calls prompt. */
  late: 4,
  /** Stored by a replay of a dead letter. */
  replayed: 8,
  /** One of an array of readings. */
  inArray: 16,
} as const;

const qosShift = 5;
const transportShift = 8;

/** Numbers are stored: append, never reorder. */
const transports: readonly Transport[] = ["mqtt", "mqtts", "ws", "wss"];

/** @returns the bits that say by which way a message came */
export function wayFlags(transport: Transport, qos: 0 | 1 | 2): number {
  return ((transports.indexOf(transport) + 1) << transportShift) | (qos << qosShift);
}

/** @returns the bits without those of the transport, for what did not come to this installation */
export function withoutTransport(flags: number): number {
  return flags & ~(15 << transportShift);
}

/** How a stored row came, read back from its flags; `transport` is undefined for rows of before. */
export function readFlags(flags: number): {
  readonly serverTime: "absent" | "out_of_bounds" | null;
  readonly late: boolean;
  readonly replayed: boolean;
  readonly inArray: boolean;
  readonly qos: number;
  readonly transport: Transport | undefined;
} {
  return {
    serverTime:
      (flags & readingFlag.outOfBounds) !== 0
        ? "out_of_bounds"
        : (flags & readingFlag.absent) !== 0
          ? "absent"
          : null,
    late: (flags & readingFlag.late) !== 0,
    replayed: (flags & readingFlag.replayed) !== 0,
    inArray: (flags & readingFlag.inArray) !== 0,
    qos: (flags >> qosShift) & 3,
    transport: transports[((flags >> transportShift) & 15) - 1],
  };
}
