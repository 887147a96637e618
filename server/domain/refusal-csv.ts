import type { CsvCell } from "#server/domain/csv.ts";

/** What an exported refusal is made of. */
export type ExportedRefusal = {
  readonly lastAt: string;
  readonly firstAt: string;
  readonly count: number;
  readonly cause: string;
  readonly claimedId: string;
  readonly device: { readonly deviceId: string } | null;
  readonly detail: string;
  readonly remedy: string;
  readonly remote: string;
  readonly transport: string;
  readonly sha256: string;
};

/** First record of exported refusals. */
export const refusalCsvHeader = [
  "last_at",
  "first_at",
  "count",
  "cause",
  "claimed_id",
  "device_id",
  "detail",
  "remedy",
  "remote",
  "transport",
  "certificate_sha256",
] as const;

/** One refusal as a record under {@link refusalCsvHeader}. */
export function refusalCsvRecord(refusal: ExportedRefusal): readonly CsvCell[] {
  return [
    refusal.lastAt,
    refusal.firstAt,
    refusal.count,
    refusal.cause,
    refusal.claimedId,
    refusal.device?.deviceId ?? null,
    refusal.detail,
    refusal.remedy,
    refusal.remote,
    refusal.transport,
    refusal.sha256,
  ];
}
