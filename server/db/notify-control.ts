import type { Tx } from "#server/db/client.ts";

/** A change of the control plane that running workers must know at once. */
export type ControlEvent =
  | { readonly kind: "device"; readonly tenantId: string; readonly deviceKey: string }
  | { readonly kind: "profile"; readonly tenantId: string; readonly profileId: string }
  | {
      readonly kind: "service-client";
      readonly tenantId: string;
      readonly serviceClientId: string;
    }
  | { readonly kind: "limits"; readonly tenantId: string }
  /** Bulk work on dead letters was asked for. */
  | { readonly kind: "run"; readonly tenantId: string }
  /** A batch of devices waits for a worker. */
  | { readonly kind: "batch"; readonly tenantId: string }
  /** Certificates were revoked or held: the outbox has news. */
  | { readonly kind: "revocation"; readonly tenantId: string }
  /** A device should be asked to renew its certificate. */
  | { readonly kind: "renewal"; readonly tenantId: string; readonly deviceKey: string }
  /** A rotation campaign began, went on, or ended. */
  | { readonly kind: "campaign"; readonly tenantId: string }
  /** CAs, certificates of the listeners, or their TLS profile changed. */
  | { readonly kind: "trust"; readonly tenantId: string }
  /** The listeners are to be probed now. */
  | { readonly kind: "probe"; readonly tenantId: string }
  /** Alert rules are to be evaluated now. */
  | { readonly kind: "alerts"; readonly tenantId: string }
  /** A bulk change or an export waits for a worker, or was cancelled. */
  | { readonly kind: "work"; readonly tenantId: string }
  /** Many devices changed at once. */
  | { readonly kind: "fleet"; readonly tenantId: string };

/** PostgreSQL channel on which the workers listen. */
export const controlChannel = "quayside_control";

/** As {@link notifyControl}, of many in one statement. */
export async function notifyControls(tx: Tx, events: readonly ControlEvent[]): Promise<void> {
  if (events.length === 0) return;
  const texts = events.map((event) => JSON.stringify(event));
  await tx.$queryRaw`SELECT count(pg_notify(${controlChannel}, text)::text) FROM unnest(${texts}::text[]) AS text`;
}

/** Delivered when the transaction commits, never when it rolls back. */
export async function notifyControl(tx: Tx, event: ControlEvent): Promise<void> {
  await tx.$queryRaw`SELECT pg_notify(${controlChannel}, ${JSON.stringify(event)})::text`;
}
