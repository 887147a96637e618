import { countCertificates } from "#server/db/list-certificates.ts";
import { certificateCsvHeader, certificateCsvRecord } from "#server/domain/certificate-csv.ts";
import { csvRecord } from "#server/domain/csv.ts";
import { may } from "#server/domain/roles.ts";
import { listCertificates, type CertificateList } from "#server/services/certificate/list.ts";
import { certificateExportSchema } from "#server/services/certificate/query-schemas.ts";
import type { Context } from "#server/services/context.ts";
import { parseInput } from "#server/services/input.ts";
import { defineMutation } from "#server/services/mutation.ts";

const pageSize = 200;
const countBound = 1_000_000;

/** Records the export before its first line is read: the whole inventory tells much to others. */
const recordExport = defineMutation({
  name: "certificate.export",
  can: "certificate.view",
  input: certificateExportSchema,
  run: async ({ ctx, tx, input }) => {
    const certificates = await countCertificates(tx, {
      filter: input.filter,
      tenantId: ctx.tenantId,
      now: ctx.now(),
      installation: may(ctx.role, "authority.view"),
      bound: countBound,
    });
    const payload = { filter: input.filter, format: input.format, certificates };
    return { value: certificates, audit: { target: "certificates:export", payload } };
  },
});

export type CertificateExport = {
  readonly format: "csv" | "ndjson";
  /** Lines as they are made. */
  readonly lines: AsyncGenerator<string, void>;
};

/**
 * The matching certificates as CSV or NDJSON, page by page, so that a large inventory never stands in
 * memory. The audit trail knows who took it.
 * @param input filter and sort as listCertificates takes them, and `format`
 * @throws ServiceError as listCertificates does, before the first line
 */
export async function exportCertificates(ctx: Context, input: unknown): Promise<CertificateExport> {
  await recordExport(ctx, input as Parameters<typeof recordExport>[1]);
  const { format, ...view } = parseInput(certificateExportSchema, input);
  return { format, lines: format === "csv" ? records(ctx, view) : documents(ctx, view) };
}

type View = Parameters<typeof listCertificates>[1];

async function* pages(ctx: Context, view: View): AsyncGenerator<CertificateList, void> {
  let cursor: string | null = null;
  do {
    const page: CertificateList = await listCertificates(ctx, {
      ...view,
      limit: pageSize,
      ...(cursor === null ? {} : { cursor }),
    });
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

async function* records(ctx: Context, view: View): AsyncGenerator<string, void> {
  yield csvRecord(certificateCsvHeader);
  for await (const { certificates } of pages(ctx, view)) {
    yield certificates.map((entry) => csvRecord(certificateCsvRecord(entry))).join("");
  }
}

async function* documents(ctx: Context, view: View): AsyncGenerator<string, void> {
  for await (const { certificates } of pages(ctx, view)) {
    yield certificates.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  }
}
