import { isWrong } from "#server/domain/tls-probe-plan.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";
import { tlsProbeListSchema, tlsProbeSchema } from "#server/services/tls/schemas.ts";

/** One look at all listeners. Times are ISO 8601 in UTC. */
export type TlsProbeRunView = {
  readonly id: string;
  readonly startedAt: string;
  /** Null while it runs, or when its worker died. */
  readonly finishedAt: string | null;
  /** Name of the profile, `@`, and a digest of all that was set on the listeners. */
  readonly profile: string;
  /** `schedule`, `change`, or who asked. */
  readonly requestedBy: string;
  readonly cells: number;
  readonly wrong: number;
  readonly error: string;
};

/** A question that was asked, and the answer. */
export type TlsProbeCellView = {
  readonly listener: string;
  readonly version: string;
  readonly suite: string;
  readonly curve: string;
  readonly client: string;
  readonly expected: string;
  readonly outcome: string;
  readonly detail: string;
  readonly milliseconds: number;
  readonly wrong: boolean;
};

type Row = Omit<TlsProbeRunView, "startedAt" | "finishedAt"> & {
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
};

const columns = {
  id: true,
  startedAt: true,
  finishedAt: true,
  profile: true,
  requestedBy: true,
  cells: true,
  wrong: true,
  error: true,
} as const;

function viewOf(row: Row): TlsProbeRunView {
  return {
    ...row,
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

/** The probes of the last 90 days, newest first. */
export const listTlsProbes = defineQuery({
  name: "tls.probe_list",
  can: "tls.view",
  input: tlsProbeListSchema,
  run: async ({ tx, input: { limit } }): Promise<readonly TlsProbeRunView[]> => {
    const rows = await tx.tlsProbeRun.findMany({
      select: columns,
      orderBy: { startedAt: "desc" },
      take: limit,
    });
    return rows.map(viewOf);
  },
});

/**
 * One probe with every answer, wrong ones first.
 * @throws ServiceError not_found
 */
export const showTlsProbe = defineQuery({
  name: "tls.probe_show",
  can: "tls.view",
  input: tlsProbeSchema,
  run: async ({
    tx,
    input: { id },
  }): Promise<TlsProbeRunView & { readonly answers: readonly TlsProbeCellView[] }> => {
    const run = await tx.tlsProbeRun.findUnique({ where: { id }, select: columns });
    if (run === null) {
      throw new ServiceError("not_found", "There is no such probe.", {
        remedy: "Probes are kept for 90 days. Choose one of the list.",
      });
    }
    const cells = await tx.tlsProbeCell.findMany({
      where: { runId: id },
      omit: { runId: true },
      orderBy: [{ listener: "asc" }, { version: "asc" }, { suite: "asc" }, { client: "asc" }],
      take: 1_000,
    });
    const answers = cells.map((cell) => ({ ...cell, wrong: isWrong(cell) }));
    const ordered = answers.toSorted((a, b) => Number(b.wrong) - Number(a.wrong));
    return { ...viewOf(run), answers: ordered };
  },
});
