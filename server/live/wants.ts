import type { LiveFrame, LiveInterest } from "#server/domain/live.ts";

/**
 * Whether an interest asks for a frame.
 * @param devices the interest's device keys, as a set
 */
export function wantsFrame(
  interest: Pick<LiveInterest, "fleet" | "refusals">,
  devices: ReadonlySet<string>,
  frame: LiveFrame,
): boolean {
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
      return interest.refusals || (deviceKey !== null && devices.has(deviceKey));
    }
    case "messages":
      return frame.messages.some(({ deviceKey }) => devices.has(deviceKey));
    case "status":
    case "presence":
      return devices.has(frame.deviceKey);
  }
}
