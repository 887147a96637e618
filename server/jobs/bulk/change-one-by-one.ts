import type { BulkOutcome } from "#server/db/bulk-work.ts";
import { lockDevice } from "#server/db/lock-device.ts";
import { notifyControls, type ControlEvent } from "#server/db/notify-control.ts";
import { rollBackTo, savePoint } from "#server/db/save-point.ts";
import { bulkVerdict, type BulkAction } from "#server/domain/bulk-action.ts";
import type { BatchAt } from "#server/jobs/bulk/change-alike.ts";
import { appendAudits, type AuditEntry } from "#server/services/audit/append.ts";
import { approveDevice } from "#server/services/device/approve.ts";
import { decommissionDevice } from "#server/services/device/decommission.ts";
import { resumeDevice } from "#server/services/device/resume.ts";
import { ServiceError } from "#server/services/errors.ts";
import type { MutationResult } from "#server/services/mutation.ts";

/** Actions that carry obligations of their own: revocations, what was kept apart, what was before. */
export type SingleAction = Extract<BulkAction, { kind: "approve" | "resume" | "decommission" }>;

type Change = {
  readonly name: string;
  readonly audit: AuditEntry;
  readonly control: ControlEvent | undefined;
};

/**
 * Changes devices one after the other by the services that people use, within one transaction. One
 * that is refused is taken back and does not keep the others.
 */
export async function changeOneByOne(
  action: SingleAction,
  at: BatchAt,
): Promise<readonly BulkOutcome[]> {
  const { ctx, tx, ids, jobId } = at;
  const outcomes: BulkOutcome[] = [];
  const changes: Change[] = [];
  for (const id of ids) {
    // Locked and read one after the other: a gateway that ended a moment ago may have ended this one.
    const device = await lockDevice(tx, id);
    const verdict = bulkVerdict(action, device?.state);
    if (verdict.result !== "apply") {
      outcomes.push({ id, state: verdict.result, detail: verdict.detail });
      continue;
    }
    await savePoint(tx, "device");
    try {
      changes.push(await changeOne(action, at, id));
      outcomes.push({ id, state: "done", detail: "" });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      await rollBackTo(tx, "device");
      const detail = [error.message, error.remedy ?? ""].filter((part) => part !== "").join(" ");
      outcomes.push({ id, state: "failed", detail });
    }
  }
  await appendAudits(
    tx,
    ctx,
    changes.map(({ name, audit }) => ({
      ...audit,
      action: name,
      payload: { ...audit.payload, bulk: jobId },
    })),
  );
  await notifyControls(
    tx,
    changes.flatMap(({ control }) => control ?? []),
  );
  return outcomes;
}

async function changeOne(
  action: SingleAction,
  { ctx, tx, reason }: BatchAt,
  deviceId: string,
): Promise<Change> {
  const at = { ctx, tx };
  switch (action.kind) {
    case "approve": {
      const input = { deviceId, reason, replay: action.replay };
      return changeOf("device.approve", await approveDevice.run({ ...at, input }));
    }
    case "resume":
      return changeOf(
        "device.resume",
        await resumeDevice.run({ ...at, input: { deviceId, reason } }),
      );
    case "decommission": {
      const { children, data } = action;
      const input = { deviceId, reason, children, data };
      return changeOf("device.decommission", await decommissionDevice.run({ ...at, input }));
    }
  }
}

function changeOf(name: string, { audit, control }: MutationResult<unknown>): Change {
  return { name, audit, control };
}
