import { countCertificates, listCertificatePage } from "#server/db/list-certificates.ts";
import { may } from "#server/domain/roles.ts";
import {
  inventoryEntry,
  type CertificateEntry,
} from "#server/services/certificate/inventory-entry.ts";
import {
  decodeCertificateCursor,
  encodeCertificateCursor,
} from "#server/services/certificate/list-cursor.ts";
import { certificateListSchema } from "#server/services/certificate/query-schemas.ts";
import { defineQuery } from "#server/services/query.ts";

/** Counting stops here: nobody acts differently on the 10 001st certificate. */
const countBound = 10_000;

export type CertificateList = {
  readonly certificates: readonly CertificateEntry[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
  /** First page only: how many match, counted up to 10 000. */
  readonly matching: { readonly count: number; readonly more: boolean } | null;
};

/**
 * One page of everything that runs out: certificates of devices, claim certificates, customers' CAs and
 * trust anchors of the organisation; for who may see authorities also those of the installation, its
 * server certificates and its newest revocation lists. Superseded, retired and revoked ones are left out
 * unless the filter names them.
 */
export const listCertificates = defineQuery({
  name: "certificate.list",
  can: "certificate.view",
  input: certificateListSchema,
  run: async ({ ctx, tx, input }): Promise<CertificateList> => {
    const { filter, sort, cursor, limit } = input;
    const now = ctx.now();
    const after = cursor === undefined ? null : decodeCertificateCursor(sort, cursor);
    const at = {
      filter,
      tenantId: ctx.tenantId,
      now,
      installation: may(ctx.role, "authority.view"),
    };
    const descending = sort === "-end";
    const rows = await listCertificatePage(tx, { ...at, descending, after, limit: limit + 1 });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const hasMore = rows.length > limit;
    const count =
      after !== null
        ? null
        : hasMore
          ? await countCertificates(tx, { ...at, bound: countBound + 1 })
          : page.length;
    return {
      certificates: page.map((row) => inventoryEntry(row, now)),
      nextCursor: hasMore && last !== undefined ? encodeCertificateCursor(sort, last) : null,
      matching:
        count === null ? null : { count: Math.min(count, countBound), more: count > countBound },
    };
  },
});
