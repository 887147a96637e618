import type { Tx } from "#server/db/client.ts";
import { certificatesOf } from "#server/services/device/certificates.ts";
import { deviceTarget } from "#server/services/device/internal.ts";
import { deviceShowSchema } from "#server/services/device/query-schemas.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";

/** What shows that a device was taken out of service. Times are ISO 8601 in UTC, digests lower-case hex. */
export type DecommissionProof = {
  readonly organisation: string;
  readonly device: {
    readonly id: string;
    readonly deviceId: string;
    readonly name: string;
    readonly profile: string;
    readonly serial: string;
    readonly manufacturer: string;
    readonly model: string;
    readonly hardwareRevision: string;
    readonly registeredAt: string;
    readonly registeredBy: string;
  };
  readonly decommissioned: {
    readonly at: string;
    readonly by: string;
    readonly reason: string | null;
    /** Of a gateway: its children. */
    readonly children: { readonly detached: number; readonly decommissioned: number };
  };
  readonly certificates: readonly {
    readonly sha256: string;
    readonly serial: string;
    readonly revokedAt: string | null;
  }[];
  readonly credentials: readonly {
    readonly id: string;
    readonly kind: string;
    readonly revokedAt: string | null;
  }[];
  readonly lastConnection: {
    readonly connectedAt: string | null;
    readonly disconnectedAt: string | null;
    readonly remoteAddress: string | null;
  };
  readonly lastMessageAt: string | null;
  readonly retentionClass: string;
  /** What was deleted of what it sent; null when it is kept. */
  readonly erasure: {
    readonly requestedAt: string;
    /** Null while it is under way. */
    readonly finishedAt: string | null;
    readonly readings: number;
    readonly messages: number;
    readonly letters: number;
    readonly samples: number;
    readonly connections: number;
  } | null;
  readonly audit: { readonly seq: string; readonly hash: string; readonly at: string };
};

/**
 * Gathers the proof of a decommissioning from the registry and the audit chain.
 * @throws ServiceError not_found, conflict (still in service, or gone to another organisation)
 */
export const decommissionProof = defineQuery({
  name: "device.decommissionProof",
  can: "audit.view",
  input: deviceShowSchema,
  run: async ({ ctx, tx, input }): Promise<DecommissionProof> => {
    const { tenantId } = ctx;
    const now = ctx.now();
    const device = await requireDevice(tx, { tenantId, reference: input.device, now });
    const event = await eventOf(tx, { tenantId, device });
    const identity = await identityOf(tx, { tenantId, deviceUuid: device.id });
    const certificates = await certificatesOf(tx, { tenantId, deviceUuid: device.id, now });
    const { name } = await tx.tenant.findUniqueOrThrow({
      where: { id: tenantId },
      select: { name: true },
    });
    return {
      organisation: name,
      device: {
        ...identity.device,
        id: device.id,
        deviceId: device.deviceId,
        name: device.name,
        profile: device.profileName,
        registeredAt: device.createdAt.toISOString(),
        registeredBy: device.createdBy,
      },
      decommissioned: {
        at: (device.decommissionedAt ?? event.at).toISOString(),
        by: event.actor,
        reason: event.reason,
        children: childrenIn(event.payload),
      },
      certificates: certificates.map(({ sha256, serial, revokedAt }) => {
        return { sha256, serial, revokedAt };
      }),
      credentials: identity.credentials,
      lastConnection: {
        connectedAt: device.connectedAt?.toISOString() ?? null,
        disconnectedAt: device.disconnectedAt?.toISOString() ?? null,
        remoteAddress: device.remoteAddress,
      },
      lastMessageAt: device.lastMessageAt?.toISOString() ?? null,
      retentionClass: identity.retentionClass,
      erasure: await erasureOf(tx, { tenantId, deviceKey: device.key }),
      audit: {
        seq: String(event.seq),
        hash: Buffer.from(event.hash).toString("hex"),
        at: event.at.toISOString(),
      },
    };
  },
});

async function eventOf(
  tx: Tx,
  {
    tenantId,
    device,
  }: { readonly tenantId: string; readonly device: { readonly deviceId: string } },
) {
  const event = await tx.auditEvent.findFirst({
    where: {
      tenantId,
      target: deviceTarget(device),
      actionCode: "device.decommission",
      outcome: "done",
    },
    orderBy: { seq: "desc" },
    select: { seq: true, at: true, actor: true, reason: true, payload: true, hash: true },
  });
  if (event !== null) return event;
  throw new ServiceError("conflict", `${device.deviceId} was not decommissioned here.`, {
    remedy: "There is a proof once the device is decommissioned.",
  });
}

async function identityOf(tx: Tx, at: { readonly tenantId: string; readonly deviceUuid: string }) {
  const { credentials, profile, ...device } = await tx.device.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: at.tenantId, id: at.deviceUuid } },
    select: {
      serial: true,
      manufacturer: true,
      model: true,
      hardwareRevision: true,
      profile: { select: { retentionClass: true } },
      credentials: {
        select: { id: true, kind: true, revokedAt: true },
        orderBy: [{ createdAt: "asc" }, { id: "asc" }],
        take: 100,
      },
    },
  });
  return {
    device,
    retentionClass: profile.retentionClass,
    credentials: credentials.map(({ id, kind, revokedAt }) => {
      return { id, kind, revokedAt: revokedAt?.toISOString() ?? null };
    }),
  };
}

async function erasureOf(
  tx: Tx,
  { tenantId, deviceKey }: { readonly tenantId: string; readonly deviceKey: bigint },
): Promise<DecommissionProof["erasure"]> {
  const row = await tx.deviceErasure.findUnique({
    where: { tenantId_deviceKey: { tenantId, deviceKey } },
  });
  if (row === null) return null;
  const { readings, messages, letters, samples, connections } = row;
  return {
    requestedAt: row.requestedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    readings: Number(readings),
    messages: Number(messages),
    letters: Number(letters),
    samples: Number(samples),
    connections: Number(connections),
  };
}

/** As the event says it; events of devices that are no gateways say nothing. */
function childrenIn(payload: unknown): DecommissionProof["decommissioned"]["children"] {
  const { after } = (payload ?? {}) as {
    readonly after?: { readonly children?: DecommissionProof["decommissioned"]["children"] };
  };
  return after?.children ?? { detached: 0, decommissioned: 0 };
}
