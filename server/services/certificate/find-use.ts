import type { Tx } from "#server/db/client.ts";
import { deviceTarget } from "#server/services/device/internal.ts";

/** Where a certificate is and was used, and what people and jobs did to it. */
export type CertificateUse = {
  /** The connection that the device has with it now, or had with it last. */
  readonly session: {
    readonly connected: boolean;
    readonly connectedAt: string | null;
    readonly disconnectedAt: string | null;
    readonly remoteAddress: string | null;
    readonly protocol: string | null;
    readonly tlsVersion: string | null;
    readonly tlsCipher: string | null;
    readonly lastMessageAt: string | null;
  } | null;
  /** How connections with it began and ended in the last 30 days, newest first, at most 50. */
  readonly connections: readonly {
    readonly at: string;
    readonly kind: "connected" | "disconnected";
    readonly remoteAddress: string;
    readonly protocol: string;
    readonly tlsVersion: string | null;
    readonly tlsCipher: string | null;
    readonly reason: string | null;
    readonly count: number;
  }[];
  /** Its events of the audit trail, newest first; null for who may not see that. */
  readonly audit:
    | readonly {
        readonly seq: string;
        readonly at: string;
        readonly actor: string;
        readonly action: string;
        readonly reason: string | null;
      }[]
    | null;
  /** What revoked or held it, newest first. */
  readonly revocations: readonly {
    readonly id: string;
    readonly kind: string;
    readonly reason: string;
    readonly at: string;
    readonly by: string;
    readonly releasedAt: string | null;
  }[];
};

type Of = {
  readonly tenantId: string;
  readonly certificate: { readonly id: string; readonly sha256: string };
  readonly device: { readonly key: bigint; readonly deviceId: string };
  /** Whether the audit trail is part of it. */
  readonly audit: boolean;
};

/** Reads it; nothing here is long, for each list is bounded. */
export async function findUse(tx: Tx, of: Of): Promise<CertificateUse> {
  return {
    session: await findSession(tx, of),
    connections: await findConnections(tx, of),
    audit: of.audit ? await findEvents(tx, of) : null,
    revocations: await findRevocations(tx, of),
  };
}

async function findSession(tx: Tx, of: Of): Promise<CertificateUse["session"]> {
  const status = await tx.deviceStatus.findUnique({
    where: { tenantId_deviceKey: { tenantId: of.tenantId, deviceKey: of.device.key } },
  });
  if (status === null || status.certificateSha256 !== of.certificate.sha256) return null;
  return {
    connected: status.connected,
    connectedAt: status.connectedAt?.toISOString() ?? null,
    disconnectedAt: status.disconnectedAt?.toISOString() ?? null,
    remoteAddress: status.remoteAddress,
    protocol: status.protocol,
    tlsVersion: status.tlsVersion,
    tlsCipher: status.tlsCipher,
    lastMessageAt: status.lastMessageAt?.toISOString() ?? null,
  };
}

async function findConnections(tx: Tx, of: Of): Promise<CertificateUse["connections"]> {
  const rows = await tx.deviceConnectionEvent.findMany({
    where: {
      tenantId: of.tenantId,
      deviceKey: of.device.key,
      certificateSha256: of.certificate.sha256,
    },
    orderBy: { at: "desc" },
    take: 50,
  });
  return rows.map((row) => ({
    at: row.at.toISOString(),
    kind: row.kind,
    remoteAddress: row.remoteAddress,
    protocol: row.protocol,
    tlsVersion: row.tlsVersion,
    tlsCipher: row.tlsCipher,
    reason: row.reason,
    count: row.count,
  }));
}

async function findEvents(tx: Tx, of: Of): Promise<NonNullable<CertificateUse["audit"]>> {
  const rows = await tx.auditEvent.findMany({
    where: {
      tenantId: of.tenantId,
      target: deviceTarget(of.device),
      OR: [
        { payload: { path: ["certificateId"], equals: of.certificate.id } },
        { payload: { path: ["sha256"], equals: of.certificate.sha256 } },
      ],
    },
    orderBy: { seq: "desc" },
    select: { seq: true, at: true, actor: true, actionCode: true, reason: true },
    take: 50,
  });
  return rows.map(({ seq, at, actionCode, ...row }) => ({
    seq: String(seq),
    at: at.toISOString(),
    action: actionCode,
    ...row,
  }));
}

async function findRevocations(tx: Tx, of: Of): Promise<CertificateUse["revocations"]> {
  const rows = await tx.certificateRevocation.findMany({
    where: { tenantId: of.tenantId, certificateId: of.certificate.id },
    orderBy: { position: "desc" },
    select: { id: true, kind: true, reason: true, at: true, by: true, releasedAt: true },
    take: 20,
  });
  return rows.map(({ at, releasedAt, ...row }) => ({
    ...row,
    at: at.toISOString(),
    releasedAt: releasedAt?.toISOString() ?? null,
  }));
}
