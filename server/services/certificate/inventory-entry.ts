import type { CertificateRow } from "#server/db/list-certificates.ts";
import type { CertificateKind } from "#server/domain/certificate-kind.ts";
import { daysLeft } from "#server/domain/certificate-life.ts";
import type { CertificateStanding, RenewalPlan } from "#server/domain/certificate-standing.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { splitPemBundle } from "#server/pki/pem.ts";

/** One line of the inventory. Times are ISO 8601 in UTC, digests lower-case hex. */
export type CertificateEntry = {
  readonly kind: CertificateKind;
  /** UUID of a device's certificate; of other kinds what identifies them there. */
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly issuer: string;
  /** Of a revocation list its number. */
  readonly serial: string;
  /** Empty for a revocation list. */
  readonly sha256: string;
  readonly keyAlgorithm: string;
  readonly device: { readonly deviceId: string; readonly name: string } | null;
  readonly profile: { readonly id: string; readonly name: string } | null;
  /** The enrolment group of a claim certificate or a customer's CA. */
  readonly groupId: string | null;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly daysLeft: number;
  readonly standing: CertificateStanding;
  /** When it should be renewed by itself; null where people renew it. */
  readonly renewalDueAt: string | null;
  /** Who sees to it that another one follows in time; null when nobody does. */
  readonly plan: RenewalPlan | null;
  readonly lastContactAt: string | null;
  /** When its device is expected next; null for one that never was in contact. */
  readonly nextContactAt: string | null;
};

/** What the columns leave out, the certificate itself says. */
function described(
  row: CertificateRow,
): Pick<CertificateRow, "subject" | "issuer" | "serial" | "keyAlgorithm"> {
  const { subject, issuer, serial, keyAlgorithm, pem } = row;
  const known = { subject, issuer, serial, keyAlgorithm };
  const leaf = pem === null ? undefined : splitPemBundle(pem)[0];
  if (leaf === undefined) return known;
  try {
    const said = describeCertificate(leaf);
    return {
      subject: subject === "" ? said.subject : subject,
      issuer: issuer === "" ? said.issuer : issuer,
      serial: serial === "" ? said.serial : serial,
      keyAlgorithm: keyAlgorithm === "" ? said.keyAlgorithm : keyAlgorithm,
    };
  } catch {
    // Kept before it was checked: the row says what it can.
    return known;
  }
}

export function inventoryEntry(row: CertificateRow, now: Date): CertificateEntry {
  return {
    kind: row.kind,
    id: row.id,
    name: row.name,
    ...described(row),
    sha256: row.sha256,
    device: row.deviceId === null ? null : { deviceId: row.deviceId, name: row.deviceName ?? "" },
    profile: row.profileId === null ? null : { id: row.profileId, name: row.profileName ?? "" },
    groupId: row.groupId,
    notBefore: row.notBefore.toISOString(),
    notAfter: row.notAfter.toISOString(),
    daysLeft: daysLeft(row.notAfter, now),
    standing: row.standing,
    renewalDueAt: row.dueAt?.toISOString() ?? null,
    plan: row.plan,
    lastContactAt: row.lastContactAt?.toISOString() ?? null,
    nextContactAt: row.nextContactAt?.toISOString() ?? null,
  };
}
