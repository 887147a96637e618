import type { BatchStep } from "#server/db/writer-connection.ts";
import type { AcceptedMessage } from "#server/pipeline/message.ts";

/** Asks for the packet identifiers of a batch's QoS 2 publications; undefined when it has none. */
export function askInboundClaims(
  messages: readonly { readonly message: AcceptedMessage }[],
): BatchStep | undefined {
  let claims: object[] | undefined;
  for (const { message } of messages) {
    const { claimedBy, packetId } = message;
    if (claimedBy === undefined) continue;
    const { sessionId, generation } = claimedBy;
    (claims ??= []).push({ session: sessionId.toString(), generation, packet: packetId });
  }
  if (claims === undefined) return undefined;
  return { statement: "claimInbound", parameters: [JSON.stringify(claims)] };
}

/** Packet identifiers that were claimed for this batch [MQTT-4.3.3-10]. */
export class InboundClaims {
  readonly #claimed: Set<string>;

  /** @param answer of {@link askInboundClaims}' step; empty when nothing was asked */
  constructor(answer: readonly string[]) {
    this.#claimed = new Set(answer);
  }

  /** What a publication that takes its identifier is; ask once for each message. */
  take({ claimedBy, packetId }: AcceptedMessage): "new" | "repeated" | "superseded" {
    if (claimedBy === undefined) return "new";
    const claim = `${claimedBy.sessionId}:${claimedBy.generation}:${packetId}`;
    if (this.#claimed.has(`${claim}:superseded`)) return "superseded";
    return this.#claimed.delete(claim) ? "new" : "repeated";
  }
}
