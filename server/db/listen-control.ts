import { z } from "zod";
import type { Database } from "#server/db/client.ts";
import { listenChannel } from "#server/db/listen-channel.ts";
import { controlChannel, type ControlEvent } from "#server/db/notify-control.ts";

const events = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("device"), tenantId: z.string(), deviceKey: z.string() }),
  z.object({ kind: z.literal("profile"), tenantId: z.string(), profileId: z.string() }),
  z.object({
    kind: z.literal("service-client"),
    tenantId: z.string(),
    serviceClientId: z.string(),
  }),
  z.object({ kind: z.literal("limits"), tenantId: z.string() }),
  z.object({ kind: z.literal("run"), tenantId: z.string() }),
  z.object({ kind: z.literal("batch"), tenantId: z.string() }),
  z.object({ kind: z.literal("revocation"), tenantId: z.string() }),
  z.object({ kind: z.literal("renewal"), tenantId: z.string(), deviceKey: z.string() }),
  z.object({ kind: z.literal("campaign"), tenantId: z.string() }),
  z.object({ kind: z.literal("trust"), tenantId: z.string() }),
  z.object({ kind: z.literal("probe"), tenantId: z.string() }),
  z.object({ kind: z.literal("alerts"), tenantId: z.string() }),
  z.object({ kind: z.literal("work"), tenantId: z.string() }),
  z.object({ kind: z.literal("fleet"), tenantId: z.string() }),
]) satisfies z.ZodType<ControlEvent>;

/**
 * Listens for changes of the control plane on a connection of its own, for as long as the process
 * lives; a lost connection is opened again.
 * @param on.missed called after each gap, also the first: what was told meanwhile is not known
 * @returns a function that ends it
 */
export function listenControl(
  db: Database,
  on: { readonly event: (event: ControlEvent) => void; readonly missed: () => void },
): () => Promise<void> {
  return listenChannel(db, controlChannel, {
    missed: on.missed,
    payload: (text) => {
      const event = readEvent(text);
      if (event !== undefined) on.event(event);
    },
  });
}

function readEvent(payload: string): ControlEvent | undefined {
  try {
    const parsed = events.safeParse(JSON.parse(payload));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
