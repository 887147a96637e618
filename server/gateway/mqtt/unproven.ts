import { setTimeout as sleep } from "node:timers/promises";
import type { Credential } from "#server/gateway/identify/identify.ts";
import type { Refusal, RefusalCause } from "#server/gateway/refusal.ts";

/** What the registry says of a name before anything is proven. */
const tellsOfRegistry: ReadonlySet<RefusalCause> = new Set([
  "bad-credentials",
  "plain-not-allowed",
  "unknown-service-client",
  "sas-other-device",
  "sas-signature",
  "no-sas-key",
  "internal",
]);

/** Credentials that CONNECT brings; a certificate has proven its key in the handshake. */
const showsPassword: ReadonlySet<Credential["kind"]> = new Set([
  "token",
  "sas",
  "service",
  "registration",
]);

const told: Refusal = {
  cause: "bad-credentials",
  detail: "The user name and the password or token do not fit.",
  remedy: "Why they were refused is on the console's page of refused connections.",
};

/** Longer than a lookup takes, in milliseconds. */
const answerAfterMs = 200;

/**
 * A peer that has proven nothing is told the same whatever is wrong, and after the same time: who has
 * a device or a service client here, also in another organisation, is nothing for strangers. The
 * record has the whole.
 * @param since when the lookup began, as `performance.now()` says it
 * @returns the words for the peer; undefined when it may have those of the refusal
 */
export async function wordsForUnproven(
  credential: Credential,
  refusal: Refusal,
  since: number,
): Promise<Refusal | undefined> {
  const { kind } = credential;
  if (!showsPassword.has(kind)) return undefined;
  if (!tellsOfRegistry.has(refusal.cause)) return undefined;
  await sleep(Math.max(0, since + answerAfterMs - performance.now()));
  return told;
}
