import type { BatchStep } from "#server/db/writer-connection.ts";
import { tenantOf } from "#server/ingest/accepted.ts";
import type { AcceptedMessage } from "#server/pipeline/message.ts";

/**
 * Taken before it is planned who gets a batch that retains something: a new subscriber waits for it,
 * so that either the subscriber finds what is retained or the plan finds the subscriber.
 * @returns undefined when nothing is retained
 */
export function shareRetained(
  messages: readonly { readonly message: AcceptedMessage }[],
): BatchStep | undefined {
  let tenants: Set<string> | undefined;
  for (const { message } of messages) {
    const isRetained = message.device === undefined ? message.publication.retain : message.retain;
    if (isRetained) (tenants ??= new Set()).add(tenantOf(message));
  }
  if (tenants === undefined) return undefined;
  return { statement: "shareRetained", parameters: [JSON.stringify([...tenants])] };
}
