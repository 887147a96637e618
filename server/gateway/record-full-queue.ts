import { readSessionKey, type SessionKey } from "#server/broker/publication.ts";
import type { RefusalRecorder } from "#server/gateway/refusal.ts";

/** Records that a session's queue was at its limit, so that what came was not kept for it. */
export function recordFullQueue(
  refusals: RefusalRecorder,
  key: SessionKey,
  tenantId: string,
): void {
  const { owner, clientId } = readSessionKey(key);
  refusals.record(
    {
      claimedId: clientId,
      tenantId,
      deviceKey: owner.kind === "device" ? owner.deviceKey : null,
      sha256: "",
      // The session may be away: there is no connection to name.
      remote: "",
      transport: "",
    },
    {
      cause: "quota",
      detail: "The queue of its session is full; newer messages for it are not kept.",
      remedy:
        "Connect the client so that it takes its messages, end the session, or raise the limit of queued messages.",
    },
  );
}
