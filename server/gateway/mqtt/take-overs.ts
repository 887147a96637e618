import type { SessionKey } from "#server/broker/publication.ts";
import type { Refusal } from "#server/gateway/refusal.ts";

/** Notices two clients with one identity: they take the session from each other again and again. */
export type TakeOvers = {
  /**
   * Notes that a session was taken over.
   * @returns what to record, from the second time within a minute on
   */
  note(at: {
    readonly key: SessionKey;
    readonly name: string;
    readonly clientId: string;
    readonly remote: string;
  }): Refusal | undefined;
};

const windowMs = 60_000;
/** A link that was lost shows up as one take-over; two devices take over from each other. */
const suspicious = 2;
const remembered = 5_000;
const words = ["", "once", "twice", "three times", "four times", "five times", "six times"];

/** @param now epoch milliseconds */
export function createTakeOvers(now: () => number): TakeOvers {
  const times = new Map<SessionKey, number[]>();
  return {
    note: ({ key, name, clientId, remote }) => {
      const recent = (times.get(key) ?? []).filter((at) => now() - at < windowMs);
      recent.push(now());
      // The newest are last, so that the oldest are forgotten first.
      times.delete(key);
      times.set(key, recent.slice(-100));
      const oldest = times.keys().next();
      if (times.size > remembered && oldest.done !== true) times.delete(oldest.value);
      if (recent.length < suspicious) return undefined;
      const often = words[recent.length] ?? `${recent.length} times`;
      return {
        cause: "taken-over",
        detail: `The client id ${clientId} was taken over by the same client, ${name}, from ${remote} ${often} a minute: two devices share one identity.`,
        remedy: `Give each device its own certificate or token, and not the one of ${name}; a further connection of one device uses the client id ${name}.2.`,
      };
    },
  };
}
