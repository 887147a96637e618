import type { Tx } from "#server/db/client.ts";
import type { EnrolmentKind } from "#server/domain/enrolment-rules.ts";
import { defineQuery } from "#server/services/query.ts";
import { waitingSchema } from "#server/services/onboard/schemas.ts";

/** What waits for somebody while devices come in. Times are ISO 8601 in UTC. */
export type OnboardWaiting = {
  /** Whether the organisation has a device that is not decommissioned. */
  readonly hasDevices: boolean;
  /** Devices that ask to be enrolled and wait for a person. */
  readonly pending: {
    readonly count: number;
    readonly newest: readonly {
      readonly id: string;
      readonly registrationId: string;
      readonly groupName: string;
      readonly lastAt: string;
    }[];
  };
  /** Batches that are neither finished nor given up. */
  readonly batches: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: BatchAtWork;
    readonly total: number;
    readonly done: number;
  }[];
  readonly quarantined: number;
  /** Enrolments refused within the last day, the newest first. */
  readonly refused: {
    readonly count: number;
    readonly newest: readonly {
      readonly id: string;
      readonly registrationId: string;
      readonly groupId: string;
      readonly groupName: string;
      readonly groupKind: EnrolmentKind;
      readonly detail: string;
      readonly attempts: number;
      readonly lastAt: string;
    }[];
  };
};

const atWork = ["receiving", "checking", "refused", "ready", "creating", "sampling"] as const;
export type BatchAtWork = (typeof atWork)[number];

const dayMs = 86_400_000;
const shown = 5;

/** What waits for somebody, at most five of each. */
export const showWaiting = defineQuery({
  name: "onboard.waiting",
  can: "enrolment.view",
  input: waitingSchema,
  run: async ({ ctx, tx }): Promise<OnboardWaiting> => {
    const { tenantId } = ctx;
    const since = new Date(ctx.now().getTime() - dayMs);
    return {
      hasDevices: await hasDevices(tx, tenantId),
      pending: await readPending(tx, tenantId),
      batches: await readBatches(tx, tenantId),
      // As presence has it, which has an index.
      quarantined: await tx.devicePresence.count({ where: { tenantId, presence: "quarantined" } }),
      refused: await readRefused(tx, { tenantId, since }),
    };
  },
});

async function hasDevices(tx: Tx, tenantId: string): Promise<boolean> {
  const any = await tx.device.findFirst({
    where: { tenantId, state: { not: "decommissioned" } },
    select: { id: true },
  });
  return any !== null;
}

async function readPending(tx: Tx, tenantId: string): Promise<OnboardWaiting["pending"]> {
  const where = { tenantId, state: "pending" as const };
  const rows = await tx.enrolmentRequest.findMany({
    where,
    orderBy: [{ lastAt: "desc" }, { id: "desc" }],
    take: shown,
    select: { id: true, registrationId: true, lastAt: true, group: { select: { name: true } } },
  });
  return {
    count: await tx.enrolmentRequest.count({ where }),
    newest: rows.map(({ id, registrationId, lastAt, group }) => ({
      id,
      registrationId,
      groupName: group.name,
      lastAt: lastAt.toISOString(),
    })),
  };
}

async function readBatches(tx: Tx, tenantId: string): Promise<OnboardWaiting["batches"]> {
  const rows = await tx.deviceBatch.findMany({
    where: { tenantId, state: { in: [...atWork] } },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: shown,
    select: { id: true, name: true, state: true, total: true, done: true },
  });
  return rows.flatMap((row) => {
    const state = atWork.find((each) => each === row.state);
    return state === undefined ? [] : [{ ...row, state }];
  });
}

async function readRefused(
  tx: Tx,
  { tenantId, since }: { readonly tenantId: string; readonly since: Date },
): Promise<OnboardWaiting["refused"]> {
  const where = { tenantId, state: "refused" as const, lastAt: { gte: since } };
  const rows = await tx.enrolmentRequest.findMany({
    where,
    orderBy: [{ lastAt: "desc" }, { id: "desc" }],
    take: shown,
    select: {
      id: true,
      registrationId: true,
      detail: true,
      attempts: true,
      lastAt: true,
      group: { select: { id: true, name: true, kind: true } },
    },
  });
  return {
    count: await tx.enrolmentRequest.count({ where }),
    newest: rows.map(({ group, lastAt, ...row }) => ({
      ...row,
      groupId: group.id,
      groupName: group.name,
      groupKind: group.kind,
      lastAt: lastAt.toISOString(),
    })),
  };
}
