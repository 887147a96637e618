import { countRevocations, findRevocations } from "#server/db/find-revocations.ts";
import type { RevocationChip } from "#server/domain/revocation-state.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";
import { revocationListSchema } from "#server/services/revocation/schemas.ts";
import { viewOf, type RevocationView } from "#server/services/revocation/view.ts";

export type RevocationPage = {
  readonly revocations: readonly RevocationView[];
  /** How many each state has, whatever state is asked for. */
  readonly counts: Readonly<Record<RevocationChip, number>>;
  /** `cursor` of the next page; null on the last. */
  readonly next: string | null;
};

/**
 * Certificates that were revoked or held, newest first.
 * @throws ServiceError invalid (cursor)
 */
export const listRevocations = defineQuery({
  name: "revocation.list",
  can: "certificate.view",
  input: revocationListSchema,
  run: async ({ tx, input }): Promise<RevocationPage> => {
    const { state: chip, q: text, cursor, limit } = input;
    const rows = await findRevocations(
      tx,
      { chip, text },
      { before: positionOf(cursor), limit: limit + 1 },
    );
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      revocations: page.map(viewOf),
      counts: await countRevocations(tx, { text }),
      next: rows.length > limit && last !== undefined ? String(last.position) : null,
    };
  },
});

function positionOf(cursor: string | undefined): bigint | undefined {
  if (cursor === undefined) return undefined;
  if (/^\d{1,18}$/.test(cursor)) return BigInt(cursor);
  throw new ServiceError("invalid", "This page does not exist.", {
    remedy: "Start again at the first page.",
  });
}
