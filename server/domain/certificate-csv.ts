import type { CsvCell } from "#server/domain/csv.ts";

/** What an exported certificate is made of. */
export type ExportedCertificate = {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly device: { readonly deviceId: string } | null;
  readonly profile: { readonly name: string } | null;
  readonly standing: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly daysLeft: number;
  readonly renewalDueAt: string | null;
  readonly plan: string | null;
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly sha256: string;
  readonly keyAlgorithm: string;
  readonly lastContactAt: string | null;
  readonly nextContactAt: string | null;
};

/** First record of an exported inventory. */
export const certificateCsvHeader = [
  "kind",
  "id",
  "name",
  "device_id",
  "profile",
  "standing",
  "not_before",
  "not_after",
  "days_left",
  "renewal_due_at",
  "renewal_plan",
  "subject",
  "issuer",
  "serial",
  "sha256",
  "key_algorithm",
  "last_contact_at",
  "next_contact_at",
] as const;

/** One certificate as a record under {@link certificateCsvHeader}. */
export function certificateCsvRecord(entry: ExportedCertificate): readonly CsvCell[] {
  return [
    entry.kind,
    entry.id,
    entry.name,
    entry.device?.deviceId ?? null,
    entry.profile?.name ?? null,
    entry.standing,
    entry.notBefore,
    entry.notAfter,
    entry.daysLeft,
    entry.renewalDueAt,
    entry.plan,
    entry.subject,
    entry.issuer,
    entry.serial,
    entry.sha256,
    entry.keyAlgorithm,
    entry.lastContactAt,
    entry.nextContactAt,
  ];
}
