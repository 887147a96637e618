import type { BatchStep } from "#server/db/writer-connection.ts";
import type { AcceptedMessage } from "#server/ingest/message.ts";

/** Asks for the packet identifiers of a batch's QoS 2 publications; undefined when it has none. */
export function askInboundClaims(
  messages: readonly { readonly message: AcceptedMessage }[],
): BatchStep | undefined {
  let claims: { readonly session: string; readonly packet: number }[] | undefined;
  for (const { message } of messages) {
    const { claimedBy, packetId } = message;
    if (claimedBy === undefined) continue;
    (claims ??= []).push({ session: claimedBy.toString(), packet: packetId });
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

  /** Whether this is the first publication that takes its identifier; ask once for each message. */
  take({ claimedBy, packetId }: AcceptedMessage): boolean {
    return claimedBy === undefined || this.#claimed.delete(`${claimedBy}:${packetId}`);
  }
}
