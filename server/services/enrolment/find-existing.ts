import { X509Certificate } from "node:crypto";
import { SealBroken, KeyMissing } from "#server/crypto/envelope.ts";
import type { Tx } from "#server/db/client.ts";
import { lockDevice, type LockedDevice } from "#server/db/lock-device.ts";
import type { ExistingDevice } from "#server/domain/decide-enrolment.ts";
import { credentialKindOf } from "#server/domain/sas-key.ts";
import { actorName, type Context } from "#server/services/context.ts";
import type { EnrolmentEvidence } from "#server/services/enrolment/answer.ts";
import type { ReadAsk } from "#server/services/enrolment/read-ask.ts";

type At = { readonly ctx: Context; readonly tx: Tx };

/** A device that is there already, locked, and what speaks for its being the one that asks. */
export type FoundDevice = { readonly row: LockedDevice; readonly facts: ExistingDevice };

type Asked = {
  readonly groupId: string;
  readonly deviceId: string;
  readonly evidence: EnrolmentEvidence;
  readonly ask: ReadAsk;
  /** A CA of the customer has said that the device is called so. */
  readonly vouched: boolean;
};

/** Certificates of the device, newest first. */
async function certificatesOf({ ctx, tx }: At, deviceId: string) {
  return tx.certificate.findMany({
    where: { tenantId: ctx.tenantId, deviceId },
    orderBy: [{ issuedAt: "desc" }, { id: "desc" }],
    take: 200,
    select: { state: true, spkiSha256: true },
  });
}

/** The device's primary SAS key in clear, and who made it. */
export async function readSasKey({ ctx, tx }: At, deviceId: string) {
  const row = await tx.deviceCredential.findFirst({
    where: {
      tenantId: ctx.tenantId,
      deviceId,
      kind: credentialKindOf("primary"),
      revokedAt: null,
      sealedKey: { not: null },
    },
    select: { id: true, sealedKey: true, createdBy: true },
  });
  if (row?.sealedKey == null) return undefined;
  const place = {
    table: "device_credential",
    column: "sealed_key",
    tenantId: ctx.tenantId,
    id: row.id,
  };
  try {
    const key = ctx.keyring.open(place, row.sealedKey).toString("base64");
    return { key, createdBy: row.createdBy };
  } catch (error) {
    // A key that does not open proves nothing.
    if (error instanceof SealBroken || error instanceof KeyMissing) return undefined;
    throw error;
  }
}

async function judge(at: At, row: LockedDevice, { evidence, ask, vouched }: Asked) {
  if (evidence.ask.kind === "sas") {
    const kept = await readSasKey(at, row.id);
    // A key that people put in place of the derived one keeps the derived one out.
    const proven =
      kept !== undefined &&
      (kept.key === evidence.ask.key || kept.createdBy === actorName(at.ctx.actor));
    return { proven, revoked: false };
  }
  const certificates = await certificatesOf(at, row.id);
  const same = certificates.filter(({ spkiSha256 }) => spkiSha256 === ask.spkiSha256);
  const keyRevoked = same.some(({ state }) => state === "revoked");
  // Whoever puts a certificate on hold does not want its key to get another one meanwhile.
  const keyBarred = keyRevoked || same.some(({ state }) => state === "suspended");
  if (vouched) return { proven: !keyBarred, revoked: keyRevoked };
  return {
    proven: same.length > 0 && !keyBarred,
    revoked: keyRevoked || certificates[0]?.state === "revoked",
  };
}

/** The tenant's device under the wanted id, and whether the evidence is its own. */
export async function findExisting(at: At, asked: Asked): Promise<FoundDevice | null> {
  const { ctx, tx } = at;
  const row = await lockDevice(tx, asked.deviceId);
  // A device may call itself by another's UUID, by which devices are found as well.
  if (row === undefined || row.deviceId !== asked.deviceId) return null;
  const { enrolmentGroupId } = await tx.device.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: ctx.tenantId, id: row.id } },
    select: { enrolmentGroupId: true },
  });
  return {
    row,
    facts: {
      state: row.state,
      sameGroup: enrolmentGroupId === asked.groupId,
      ...(await judge(at, row, asked)),
    },
  };
}

/**
 * Why the word of a CA does not count: it is no active one of the group. A certificate that came by
 * an intermediate CA, or that was shown to ask for another, was checked where it was shown; then any
 * active CA will do.
 * @param pem of a certificate that is to count, if there is one
 * @returns a sentence, or undefined
 */
export async function authorityProblem(
  { ctx, tx }: At,
  group: { readonly id: string; readonly name: string },
  pem: string | undefined,
): Promise<string | undefined> {
  const authorities = await tx.customerCa.findMany({
    where: { tenantId: ctx.tenantId, groupId: group.id },
    select: { name: true, pem: true, state: true },
  });
  const leaf = pem === undefined ? undefined : new X509Certificate(pem);
  const issuer = authorities.find((authority) =>
    leaf?.checkIssued(new X509Certificate(authority.pem)),
  );
  if (issuer !== undefined && issuer.state !== "active") {
    return `The CA ${issuer.name} is ${issuer.state === "unproven" ? "not proven" : "disabled"}.`;
  }
  return authorities.some(({ state }) => state === "active")
    ? undefined
    : `The group ${group.name} has no active CA.`;
}
