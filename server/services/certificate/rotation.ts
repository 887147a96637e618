import { readRotations, type RotationRow } from "#server/db/read-rotation.ts";
import type { CertificatePolicy } from "#server/domain/profile-parts.ts";
import { certificatePolicy } from "#server/domain/profile-parts-schema.ts";
import { renewalState, type RenewalState } from "#server/domain/renewal.ts";
import {
  rotationProblem,
  type RotationFacts,
  type RotationProblem,
} from "#server/domain/rotation-problem.ts";
import type { Tx } from "#server/db/client.ts";
import { askAction } from "#server/services/certificate/ask-for-renewal.ts";
import { listTicketsSchema } from "#server/services/certificate/renewal-schemas.ts";
import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";

/** Where a device stands with its next certificate. Times are ISO 8601 in UTC. */
export type RotationView = {
  readonly deviceId: string;
  readonly policy: CertificatePolicy;
  /** Of the certificate with which the device goes about. */
  readonly current: {
    readonly state: RenewalState;
    readonly notAfter: string;
    readonly dueAt: string | null;
  };
  readonly subscribes: boolean;
  /** When the device was asked last, and how many of its sessions heard it. */
  readonly asked: { readonly at: string; readonly sessions: number } | null;
  readonly problem: RotationProblem | null;
};

const newsMs = 7 * 86_400_000;

/** Devices of the transaction's tenant; those without a certificate are left out. */
async function rotationsOf(
  tx: Tx,
  at: { readonly tenantId: string; readonly now: Date; readonly deviceUuids: readonly string[] },
): Promise<readonly RotationView[]> {
  const { tenantId, now, deviceUuids } = at;
  const newsSince = new Date(now.getTime() - newsMs);
  const rows = await readRotations(tx, { tenantId, deviceUuids, action: askAction, newsSince });
  return rows.map((row) => viewOf(row, now));
}

/** Where a device stands with its next certificate; null without a certificate. */
export const deviceRotation = defineQuery({
  name: "certificate.rotation",
  can: "certificate.view",
  input: listTicketsSchema,
  run: async ({ ctx, tx, input }): Promise<RotationView | null> => {
    const { tenantId } = ctx;
    const now = ctx.now();
    const device = await requireDevice(tx, { tenantId, reference: input.deviceId, now });
    const [view] = await rotationsOf(tx, { tenantId, now, deviceUuids: [device.id] });
    return view ?? null;
  },
});

function viewOf(row: RotationRow, now: Date): RotationView {
  const policy = certificatePolicy.parse(row.certificatePolicy);
  const facts = factsOf(row);
  return {
    deviceId: row.deviceId,
    policy,
    current: {
      state: renewalState(row, policy, now),
      notAfter: row.notAfter.toISOString(),
      dueAt: row.renewalDueAt?.toISOString() ?? null,
    },
    subscribes: row.subscribes,
    asked:
      facts.asked === null
        ? null
        : { at: facts.asked.at.toISOString(), sessions: facts.asked.sessions },
    problem: rotationProblem(facts, now),
  };
}

function factsOf(row: RotationRow): RotationFacts {
  const { asked, refusal, nextIssuedAt, notAfter, renewalDueAt } = row;
  return {
    ...row,
    current: { notAfter, renewalDueAt },
    next: nextIssuedAt === null ? null : { issuedAt: nextIssuedAt, waits: row.nextWaits },
    asked: asked === null ? null : { at: new Date(asked.askedAt), sessions: asked.sessions },
    refusal: refusal === null ? null : { ...refusal, at: new Date(refusal.at) },
  };
}
