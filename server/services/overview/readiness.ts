import type { Tx } from "#server/db/client.ts";
import { listRevocationLists } from "#server/db/list-revocation-lists.ts";
import { workerGoneSeconds } from "#server/db/presence-sql.ts";
import {
  judgeReadiness,
  type ReadinessFacts,
  type ReadinessItem,
} from "#server/domain/readiness.ts";
import { may } from "#server/domain/roles.ts";
import { crlHealth } from "#server/pki/crl-schedule.ts";
import type { Context } from "#server/services/context.ts";

/** How the installation stands, as far as the caller may see: from what was seen of it, nothing else. */
export async function readReadiness(ctx: Context, tx: Tx): Promise<readonly ReadinessItem[]> {
  const now = ctx.now();
  return judgeReadiness(
    {
      workers: await tx.workerInstance.count({
        where: { heartbeatAt: { gt: new Date(now.getTime() - workerGoneSeconds * 1_000) } },
      }),
      failedJobs: await readFailedJobs(tx),
      ...(may(ctx.role, "tls.view") && { tls: await readTls(tx) }),
      ...(may(ctx.role, "authority.view") && { authorities: await readAuthorities(tx, now) }),
    },
    now,
  );
}

async function readFailedJobs(tx: Tx): Promise<readonly string[]> {
  const rows = await tx.jobRun.findMany({
    where: { outcome: "failed" },
    select: { name: true },
    orderBy: { name: "asc" },
    take: 20,
  });
  return rows.map(({ name }) => name);
}

async function readTls(tx: Tx): Promise<NonNullable<ReadinessFacts["tls"]>> {
  const probe = await tx.tlsProbeRun.findFirst({
    where: { finishedAt: { not: null } },
    select: { finishedAt: true, cells: true, wrong: true, error: true },
    orderBy: { startedAt: "desc" },
  });
  const certificate = await tx.serverCertificate.findFirst({
    where: { replacedAt: null },
    select: { notAfter: true },
    orderBy: { createdAt: "desc" },
  });
  const finishedAt = probe?.finishedAt ?? null;
  return {
    probe:
      probe === null || finishedAt === null
        ? null
        : { ...probe, finishedAt: finishedAt.toISOString() },
    certificateEndsAt: certificate?.notAfter.toISOString() ?? null,
  };
}

async function readAuthorities(
  tx: Tx,
  now: Date,
): Promise<NonNullable<ReadinessFacts["authorities"]>> {
  const rows = await listRevocationLists(tx);
  const kept = rows.filter(
    ({ issuerState, issuerNotAfter }) => issuerState !== "retired" && issuerNotAfter > now,
  );
  const healths = kept.flatMap(({ createdAt, nextUpdate }) =>
    createdAt === null || nextUpdate === null ? [] : [crlHealth({ createdAt, nextUpdate }, now)],
  );
  const of = (health: (typeof healths)[number]) => healths.filter((each) => each === health).length;
  const active = rows.find(({ issuerState }) => issuerState === "active");
  return {
    issuingEndsAt: active?.issuerNotAfter.toISOString() ?? null,
    lists: { current: of("current"), late: of("late"), expired: of("expired") },
  };
}
