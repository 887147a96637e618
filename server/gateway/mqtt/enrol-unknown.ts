import { setTimeout as sleep } from "node:timers/promises";
import {
  identify,
  type Credential,
  type Identification,
} from "#server/gateway/identify/identify.ts";
import type { JustInTimeOutcome } from "#server/gateway/identify/just-in-time.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { quoted } from "#server/gateway/refusal.ts";

/** Longest that CONNECT waits for an enrolment; the enrolment itself goes on. */
const waitMs = 5_000;

/** The refusal of a moment ago, of a device whose certificate a customer's CA issued. */
export function rememberedRefusal(
  { gateway }: Connection,
  credential: Credential,
): Identification | undefined {
  if (credential.kind !== "certificate" || credential.ours) return undefined;
  const outcome = gateway.justInTime?.remembered(credential);
  return outcome?.refusal === undefined ? undefined : outcome;
}

/**
 * Registers a device that is unknown only because it connects for the first time, with a certificate
 * of a customer's CA, and identifies it then.
 * @returns undefined when it is not such a device: the refusal stays as it was found
 * @throws Error when the database cannot be asked
 */
export async function enrolUnknown(
  { gateway, facts }: Connection,
  credential: Credential,
  found: Identification,
): Promise<Identification | undefined> {
  const { justInTime, registry } = gateway;
  if (justInTime === undefined || credential.kind !== "certificate") return undefined;
  if (found.refusal?.cause !== "unknown-ca") return undefined;
  const { remote, transport } = facts;
  const outcome = await inTime(justInTime.enrol(credential, { remote, transport }));
  if (outcome === "late") {
    return {
      refusal: {
        cause: "unavailable",
        detail: `The enrolment of ${quoted(credential.commonName)} takes longer than ${waitMs / 1_000} s.`,
        remedy: "Nothing to do: it goes on, and the device is let in when it connects again.",
      },
      concerned: undefined,
    };
  }
  if (outcome === undefined || outcome.refusal !== undefined) return outcome;
  // Also what was remembered of the certificate: that it is unknown.
  registry.forget(outcome.device.key);
  return identify(registry, credential, new Date(gateway.now()));
}

async function inTime(
  work: Promise<JustInTimeOutcome | undefined>,
): Promise<JustInTimeOutcome | undefined | "late"> {
  const waiting = new AbortController();
  const late = sleep(waitMs, "late" as const, { signal: waiting.signal }).catch(
    () => "late" as const,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    waiting.abort();
  }
}
