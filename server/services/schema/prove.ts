import { setImmediate as nextTurn } from "node:timers/promises";
import type { KeptMessageRow } from "#server/db/kept-message.ts";
import type { BoundSchema } from "#server/pipeline/profile.ts";
import { defineInspection } from "#server/services/schema/define-inspection.ts";
import { digestOf, requireSound } from "#server/services/schema/definition.ts";
import { findSchema, schemaTargetOf } from "#server/services/schema/internal.ts";
import { readKept, readScope, toTrial, type Kept } from "#server/services/schema/kept-messages.ts";
import { proveDefinitionSchema } from "#server/services/schema/schemas.ts";
import { draftSchema, judge } from "#server/services/schema/trial.ts";
import type { Proof } from "#server/services/schema/view.ts";

/** After this a proof stops and says so; people wait for it, and the console does other work. */
const longestMs = 3000;
/** Messages between two turns of the event loop. */
const turn = 50;
const mostDevices = 100;
const mostFirmware = 50;

/**
 * Runs a definition over the messages that were kept of the profiles that use the schema, and over
 * their open dead letters: what would pass, what would be refused, whose. Changes nothing.
 * @throws ServiceError not_found, invalid (the definition cannot be used)
 */
export const proveDefinition = defineInspection({
  name: "schema.prove",
  can: "schema.manage",
  input: proveDefinitionSchema,
  read: async ({ ctx, tx, input }) => {
    const schema = await findSchema(tx, ctx, input.name);
    requireSound(input.definition);
    const { profileIds, covers } = await readScope(tx, ctx.tenantId, {
      schemaRef: schema.id,
      profileId: input.profileId,
    });
    const kept = await readKept(tx, ctx, { profileIds, hours: input.hours });
    return {
      version: (schema.latestVersion ?? 0) + 1,
      samples: kept.samples.filter(covers),
      letters: kept.letters.filter(covers),
    };
  },
  conclude: async ({ version, ...kept }, { input }) => {
    const schema = draftSchema({ name: input.name, version }, input.definition);
    const value = await prove(kept, schema);
    const { samples, deadLetters, devicesFailing } = value;
    return {
      value,
      audit: {
        target: schemaTargetOf(input),
        payload: {
          definition: digestOf(input.definition),
          hours: input.hours,
          profileId: input.profileId ?? null,
          samples,
          deadLetters,
          devicesFailing,
        },
      },
    };
  },
});

type DeviceTally = {
  readonly deviceId: string;
  firmware: string | null;
  checked: number;
  failed: number;
  detail: string;
};

async function prove(kept: Kept, schema: BoundSchema): Promise<Proof> {
  const started = performance.now();
  const deadline = started + longestMs;
  const devices = new Map<string, DeviceTally>();
  const samples = await judgeAll(kept.samples, schema, deadline, (row, detail) => {
    const tally = tallyOf(devices, row);
    tally.checked += 1;
    if (detail === undefined) return;
    tally.failed += 1;
    if (tally.detail === "") tally.detail = detail;
  });
  const letters = await judgeAll(kept.letters, schema, deadline, () => undefined);
  const failing = [...devices.values()].filter(({ failed }) => failed > 0);
  return {
    samples: {
      checked: samples.checked,
      passed: samples.checked - samples.failed,
      failed: samples.failed,
    },
    deadLetters: {
      checked: letters.checked,
      wouldPass: letters.checked - letters.failed,
      wouldFail: letters.failed,
    },
    devices: failing.toSorted((a, b) => b.failed - a.failed).slice(0, mostDevices),
    devicesFailing: failing.length,
    firmware: firmwareOf(failing),
    took: Math.round(performance.now() - started),
    stopped: samples.stopped || letters.stopped,
  };
}

async function judgeAll(
  rows: readonly KeptMessageRow[],
  schema: BoundSchema,
  deadline: number,
  tell: (row: KeptMessageRow, refusal: string | undefined) => void,
): Promise<{ readonly checked: number; readonly failed: number; readonly stopped: boolean }> {
  let checked = 0;
  let failed = 0;
  for (const row of rows) {
    if (checked % turn === 0) {
      if (performance.now() > deadline) return { checked, failed, stopped: true };
      await nextTurn();
    }
    const judged = judge(toTrial(row), schema);
    checked += 1;
    if (!judged.ok) failed += 1;
    tell(row, judged.ok ? undefined : judged.detail);
  }
  return { checked, failed, stopped: false };
}

/** Rows come newest first: the first one names the firmware that the device has now. */
function tallyOf(devices: Map<string, DeviceTally>, row: KeptMessageRow): DeviceTally {
  const key = row.deviceKey.toString();
  const known = devices.get(key);
  if (known !== undefined) return known;
  const { deviceId, firmware } = row;
  const tally = { deviceId, firmware, checked: 0, failed: 0, detail: "" };
  devices.set(key, tally);
  return tally;
}

function firmwareOf(failing: readonly DeviceTally[]): Proof["firmware"] {
  const byName = new Map<string | null, { devices: number; failed: number }>();
  for (const { firmware, failed } of failing) {
    const known = byName.get(firmware) ?? { devices: 0, failed: 0 };
    byName.set(firmware, { devices: known.devices + 1, failed: known.failed + failed });
  }
  return [...byName]
    .map(([firmware, counts]) => ({ firmware, ...counts }))
    .toSorted((a, b) => b.failed - a.failed)
    .slice(0, mostFirmware);
}
