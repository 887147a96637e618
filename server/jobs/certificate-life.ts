import type { Database } from "#server/db/client.ts";
import { findMistakenDueDates, setDueDates } from "#server/db/due-dates.ts";
import {
  findEndingCertificates,
  retireCertificates,
  setMissingRetirements,
  type EndingCertificate,
  type RetirementCause,
} from "#server/db/ending-certificates.ts";
import { findDueRenewals } from "#server/db/find-due-renewals.ts";
import { notifyControl } from "#server/db/notify-control.ts";
import { withTenant } from "#server/db/tenant.ts";
import { renewalDueAt, unusedForMs, usualOverlapDays } from "#server/domain/renewal.ts";
import type { Job } from "#server/jobs/runner.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { askAction, askForRenewal } from "#server/services/certificate/ask-for-renewal.ts";
import { deviceTarget } from "#server/services/device/internal.ts";
import { systemContext, type SystemParts } from "#server/services/system-context.ts";

type Parts = {
  /** Connections of the ingest role. */
  readonly db: Database;
  readonly system: SystemParts;
  /** Epoch milliseconds; while the process lives it does not jump with the clock of the machine. */
  readonly clock: () => number;
};

const minuteMs = 60_000;
const dayMs = 86_400_000;
const name = "renewal";
/** Rows of one round: a change of a large profile is taken up over several. */
const datesAtOnce = 2_000;
const endingsAtOnce = 500;
/** Each is a message and an audit event. */
const asksAtOnce = 200;

/** The life of certificates: when their renewal is due, who is asked, and when they are done with. */
export function certificateLife(parts: Parts): readonly Job[] {
  return [
    {
      name: "certificates.due_dates",
      everyMs: minuteMs,
      run: async () => `${await correctDueDates(parts)} due dates set`,
    },
    {
      name: "certificates.retire",
      everyMs: minuteMs,
      run: async () => `${await retireEnded(parts)} certificates retired`,
    },
    {
      name: "certificates.ask",
      everyMs: minuteMs,
      run: async () => `${await askDue(parts)} devices asked to renew`,
    },
  ];
}

/** Gives certificates the due dates that their profiles say. @returns how many were wrong */
export async function correctDueDates({ db, clock }: Parts): Promise<number> {
  const now = new Date(clock());
  const rows = await findMistakenDueDates(db, { now, most: datesAtOnce });
  await setDueDates(
    db,
    rows.map(({ automatic, ...row }) => ({
      ...row,
      renewalDueAt: automatic ? renewalDueAt(row) : null,
    })),
  );
  return rows.length;
}

/** Retires certificates that are done with. @returns how many */
export async function retireEnded(parts: Parts): Promise<number> {
  const { db, clock } = parts;
  const now = new Date(clock());
  await setMissingRetirements(db, { now, overlapDays: usualOverlapDays, most: endingsAtOnce });
  const unusedSince = new Date(now.getTime() - unusedForMs);
  const found = await findEndingCertificates(db, { now, unusedSince, most: endingsAtOnce });
  let retired = 0;
  for (const [tenantId, rows] of byTenant(found)) {
    for (const cause of ["overlap-over", "never-used"] as const) {
      const ids = rows.filter((row) => row.cause === cause).map(({ id }) => id);
      if (ids.length > 0) retired += await retireOf(parts, { tenantId, ids, cause });
    }
  }
  return retired;
}

const reasons: Readonly<Record<RetirementCause, string>> = {
  "overlap-over": "A newer certificate is in use, and the overlap is over.",
  "never-used":
    "The rotation stalled: the new certificate was not used within a day, and the device goes on with its old one.",
};

/** Connections that were made with them are cut at the commit. */
async function retireOf(
  { system }: Parts,
  of: {
    readonly tenantId: string;
    readonly ids: readonly string[];
    readonly cause: RetirementCause;
  },
): Promise<number> {
  const { tenantId, ids, cause } = of;
  const ctx = systemContext(system, { tenantId, name });
  return withTenant(ctx, async (tx) => {
    const from = cause === "never-used" ? "issued" : "superseded";
    const retired = await retireCertificates(tx, { tenantId, ids, from });
    for (const { id, sha256, deviceId, deviceKey } of retired) {
      await appendAudit(tx, ctx, {
        action: cause === "never-used" ? "certificate.retireUnused" : "certificate.retire",
        target: deviceTarget({ deviceId }),
        reason: reasons[cause],
        payload: {
          certificateId: id,
          sha256,
          before: { state: from },
          after: { state: "retired" },
        },
      });
      await notifyControl(tx, { kind: "device", tenantId, deviceKey });
    }
    return retired.length;
  });
}

/** Asks devices whose renewal is due: once, then daily. @returns how many */
export async function askDue({ db, system, clock }: Parts): Promise<number> {
  const now = new Date(clock());
  const askedSince = new Date(now.getTime() - dayMs);
  const due = await findDueRenewals(db, { now, askedSince, action: askAction, most: asksAtOnce });
  for (const [tenantId, rows] of byTenant(due)) {
    const ctx = systemContext({ ...system, now: () => now }, { tenantId, name });
    const devices = rows.map(({ key, ...row }) => ({ ...row, key: BigInt(key) }));
    await withTenant(ctx, (tx) =>
      askForRenewal(tx, ctx, devices, { reason: "Its renewal is due.", waitMs: dayMs }),
    );
  }
  return due.length;
}

function byTenant<T extends Pick<EndingCertificate, "tenantId">>(
  rows: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  return Map.groupBy(rows, ({ tenantId }) => tenantId);
}
