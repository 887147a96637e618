import { randomUUID } from "node:crypto";
import type { CampaignParts } from "#server/jobs/campaigns/parts.ts";
import { createLog } from "#server/observability/log.ts";
import { askForRenewal } from "#server/services/certificate/ask-for-renewal.ts";
import { absentSigner } from "#server/testing/absent-signer.ts";
import { testKeyring, type TestDatabase, type TestTenant } from "#server/testing/database.ts";

const dayMs = 86_400_000;

/** A device with one certificate row, without a key behind it. */
export type CertifiedDevice = {
  readonly id: string;
  readonly deviceId: string;
  readonly certificateId: string;
};

type RowAt = {
  readonly issuedAt: Date;
  readonly days?: number;
  readonly state?: "issued" | "active" | "superseded";
  readonly issuer?: string;
  readonly follows?: string;
  readonly keyAlgorithm?: string;
};

function certificateRow(tenantId: string, deviceId: string, at: RowAt) {
  const { issuedAt, days = 90, state = "active", issuer = "CN=Issuing CA", follows } = at;
  const id = randomUUID();
  return {
    tenantId,
    id,
    deviceId,
    sha256: Buffer.from(id.repeat(2)).toString("hex").slice(0, 64),
    serial: id.replaceAll("-", ""),
    issuer,
    subject: `CN=${deviceId}`,
    spkiSha256: Buffer.from(id.repeat(2)).toString("hex").slice(8, 72),
    keyAlgorithm: at.keyAlgorithm ?? "EC P-256",
    notBefore: issuedAt,
    notAfter: new Date(issuedAt.getTime() + days * dayMs),
    state,
    pem: "",
    issuedAt,
    issuedBy: "system:test",
    activatedAt: state === "issued" ? null : issuedAt,
    ...(follows !== undefined && { followsId: follows }),
  };
}

/** Devices that are in service with a certificate in use. */
export async function certifiedDevices(
  at: { readonly database: TestDatabase; readonly tenant: TestTenant },
  of: RowAt & { readonly prefix: string; readonly count: number; readonly tags?: string[] },
): Promise<readonly CertifiedDevice[]> {
  const { tenantId, profileId } = at.tenant;
  const devices = Array.from({ length: of.count }, (_, index) => ({
    tenantId,
    id: randomUUID(),
    deviceId: `${of.prefix}-${index}`,
    name: `${of.prefix} ${index}`,
    profileId,
    tags: of.tags ?? [],
    createdBy: "system:test",
  }));
  const certificates = devices.map(({ id }) => certificateRow(tenantId, id, of));
  await at.database.app.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT set_config('app.tenant', ${tenantId}, true)`;
    await tx.device.createMany({ data: devices });
    await tx.certificate.createMany({ data: certificates });
  });
  return devices.map(({ id, deviceId }, index) => ({
    id,
    deviceId,
    certificateId: certificates[index]?.id ?? "",
  }));
}

/** Gives devices the certificates that follow the ones they have. @returns ids of the new ones */
export async function followUp(
  at: { readonly database: TestDatabase; readonly tenant: TestTenant },
  devices: readonly CertifiedDevice[],
  of: RowAt,
): Promise<readonly string[]> {
  const { tenantId } = at.tenant;
  const rows = devices.map(({ id, certificateId }) =>
    certificateRow(tenantId, id, { ...of, follows: certificateId }),
  );
  await at.database.app.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT set_config('app.tenant', ${tenantId}, true)`;
    await tx.certificate.createMany({ data: rows });
  });
  return rows.map(({ id }) => id);
}

/** What a worker of a test needs for campaigns; what it asks is noted. */
export function campaignParts(
  database: Pick<TestDatabase, "app" | "ingest">,
  at: { readonly now: () => Date; readonly asked?: string[] },
): CampaignParts {
  return {
    db: database.ingest,
    system: { db: database.app, signer: absentSigner(), keyring: testKeyring, now: at.now },
    log: createLog({ name: "test", level: "fatal" }),
    workerId: randomUUID(),
    ask: async (tx, ctx, devices, ask) => {
      at.asked?.push(...devices.map(({ deviceId }) => deviceId));
      return askForRenewal(tx, ctx, devices, ask);
    },
  };
}
