import { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import { withTenant } from "#server/db/tenant.ts";
import { probeDeviceId } from "#server/domain/tls-probe-plan.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { issueCertificate } from "#server/services/certificate/issue.ts";
import { revokeCertificate } from "#server/services/certificate/revoke.ts";
import type { Context } from "#server/services/context.ts";
import { writeSetting } from "#server/services/tls/internal.ts";
import { tlsSettingKeys } from "#server/services/tls/settings.ts";

/** A certificate of the probe's device; its key is sealed. */
const kept = z.object({
  certificateId: z.uuid(),
  cert: z.string(),
  /** Base64 of what the keyring made of the PKCS #8 PEM. */
  sealedKey: z.string(),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
});
type Kept = z.output<typeof kept>;

const stored = z.object({
  /** Organisation and UUID of the device. */
  tenantId: z.uuid(),
  deviceId: z.uuid(),
  good: kept.optional(),
  /** The one before the good one, until it has expired. */
  before: kept.optional(),
  expired: kept.optional(),
  revoked: kept.optional(),
});
export type StoredProbeIdentity = z.output<typeof stored>;

/** PEM, as a TLS client takes it, or why there is none. */
export type ProbeCertificate =
  | { readonly cert: string; readonly key: string }
  | { readonly missing: string };

/** What only the registry can give the prober. */
export type ProbeCertificates = {
  readonly good: ProbeCertificate;
  readonly expired: ProbeCertificate;
  readonly revoked: ProbeCertificate;
};

/** Whether an administrator has let the prober have a device. */
export async function hasProbeDevice(tx: Tx): Promise<boolean> {
  return (await readProbeIdentity(tx)) !== undefined;
}

/** Undefined while there is no probe device. */
export async function readProbeIdentity(tx: Tx): Promise<StoredProbeIdentity | undefined> {
  const where = { key: tlsSettingKeys.probeDevice };
  const row = await tx.installationSetting.findUnique({ where, select: { value: true } });
  return stored.safeParse(row?.value).data;
}

function placeOf(tenantId: string, certificateId: string) {
  return { table: "installation_setting", column: "value", tenantId, id: certificateId };
}

/**
 * The certificates of the probe's device, made where they are missing: one that is good and renewed
 * when a third of its life is left, one that was revoked, and the one before the good one as soon as
 * it has expired. All are issued and revoked by the same services as any device's.
 * @param ctx of the organisation that has the device
 * @throws ServiceError when the device may have no certificate, SignerUnavailable, SignerRefusal
 */
export async function prepareProbeCertificates(
  ctx: Context,
  identity: StoredProbeIdentity,
): Promise<ProbeCertificates> {
  const now = ctx.now();
  let next = identity;
  if (next.before !== undefined && hasExpired(next.before, now)) {
    next = { ...next, expired: next.before, before: undefined };
  }
  if (next.good === undefined || isDue(next.good, now)) {
    next = { ...next, before: next.good, good: await issueKept(ctx, identity.deviceId) };
  }
  if (next.revoked === undefined || isDue(next.revoked, now)) {
    const revoked = await issueKept(ctx, identity.deviceId);
    const { certificateId } = revoked;
    await revokeCertificate(ctx, { certificateId, reason: "superseded" });
    next = { ...next, revoked };
  }
  if (next !== identity) await withTenant(ctx, (tx) => store(tx, ctx, next));
  return certificatesOf(ctx, next);
}

function certificatesOf(ctx: Context, identity: StoredProbeIdentity): ProbeCertificates {
  const open = (one: Kept | undefined): ProbeCertificate =>
    one === undefined ? { missing: "There is no such certificate yet." } : opened(ctx, one);
  const { before, expired, good, revoked } = identity;
  const ends = (before ?? good)?.notAfter.slice(0, 10) ?? "later";
  const missing = `The first certificate of ${probeDeviceId} expires on ${ends}.`;
  return {
    good: open(good),
    revoked: open(revoked),
    expired: expired === undefined ? { missing } : opened(ctx, expired),
  };
}

function hasExpired({ notAfter }: Kept, now: Date): boolean {
  return Date.parse(notAfter) <= now.getTime();
}

/** A third of its life is left, as for the listeners' own. */
function isDue({ notBefore, notAfter }: Kept, now: Date): boolean {
  const end = Date.parse(notAfter);
  return (end - now.getTime()) * 3 < end - Date.parse(notBefore);
}

async function issueKept(ctx: Context, deviceId: string): Promise<Kept> {
  const { privateKeyPem, csrPem } = await makeKeyAndRequest();
  const { certificateId, certificatePem, chainPem } = await issueCertificate(ctx, {
    deviceId,
    csrPem,
  });
  const { notBefore, notAfter } = describeCertificate(certificatePem);
  const sealed = ctx.keyring.seal(placeOf(ctx.tenantId, certificateId), Buffer.from(privateKeyPem));
  return {
    certificateId,
    cert: certificatePem + chainPem,
    sealedKey: Buffer.from(sealed).toString("base64"),
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
  };
}

function opened(ctx: Context, { certificateId, cert, sealedKey }: Kept): ProbeCertificate {
  const place = placeOf(ctx.tenantId, certificateId);
  const key = ctx.keyring.open(place, Buffer.from(sealedKey, "base64")).toString("utf8");
  return { cert, key };
}

/** Keeps what the prober has. */
export async function store(
  tx: Tx,
  ctx: Pick<Context, "actor" | "now">,
  identity: StoredProbeIdentity,
): Promise<void> {
  // JSON has no undefined.
  const value = z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(identity)));
  await writeSetting(tx, ctx, { key: tlsSettingKeys.probeDevice, value });
}
