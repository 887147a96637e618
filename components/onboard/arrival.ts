import type { LiveFrame, LiveMessage, LiveRefusal } from "#server/domain/live.ts";

export type OnboardedDevice = {
  /** UUID. */
  readonly id: string;
  readonly deviceId: string;
  readonly name: string;
};

/** What was heard of a new device while its wizard waits. Instants are epoch milliseconds. */
export type Arrival = {
  readonly connected: boolean;
  /** The first that was stored. */
  readonly message: Pick<LiveMessage, "receivedAt" | "values"> | null;
  readonly deadLetter: Pick<LiveMessage, "receivedAt" | "text"> | null;
  readonly refusal: LiveRefusal | null;
};

export const nothingYet: Arrival = {
  connected: false,
  message: null,
  deadLetter: null,
  refusal: null,
};

/** Whether a refusal can be about this device: its own, or one of somebody whom we do not know. */
export function concerns(
  refusal: Pick<LiveRefusal, "deviceKey" | "claimedId">,
  device: { readonly key: string; readonly deviceId: string },
): "device" | "unknown" | null {
  if (refusal.deviceKey === device.key) return "device";
  const { claimedId } = refusal;
  if (claimedId === device.deviceId || claimedId.startsWith(`${device.deviceId}.`)) return "device";
  return refusal.deviceKey === null ? "unknown" : null;
}

/**
 * Of two refusals the one to show: the device's own rather than a stranger's, else the newer. One
 * that concerns somebody else is none.
 */
export function moreTelling(
  first: LiveRefusal | null,
  second: LiveRefusal,
  device: { readonly key: string; readonly deviceId: string },
): LiveRefusal | null {
  const about = concerns(second, device);
  if (about === null || first === null) return about === null ? first : second;
  const before = concerns(first, device);
  if (before !== about) return about === "device" ? second : first;
  return second.at >= first.at ? second : first;
}

/** The arrival after one more live frame. */
export function hearFrame(
  arrival: Arrival,
  frame: LiveFrame,
  device: { readonly key: string; readonly deviceId: string },
): Arrival {
  switch (frame.kind) {
    case "hello":
    case "fleet":
    case "presence":
    case "tail":
    case "tail_refused":
      return arrival;
    case "status":
      return frame.deviceKey === device.key
        ? { ...arrival, connected: frame.connected, ...(frame.connected && { refusal: null }) }
        : arrival;
    case "refusal":
      return { ...arrival, refusal: moreTelling(arrival.refusal, frame.refusal, device) };
    case "messages":
      return frame.messages
        .filter((message) => message.deviceKey === device.key)
        .reduce(hearMessage, arrival);
  }
}

function hearMessage(arrival: Arrival, message: LiveMessage): Arrival {
  switch (message.outcome) {
    case "stored":
    case "duplicate":
    case "filtered":
      return { ...arrival, message: arrival.message ?? message };
    case "dead_lettered":
    case "rejected":
      return { ...arrival, deadLetter: message };
  }
}
