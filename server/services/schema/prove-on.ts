import { setImmediate as nextTurn } from "node:timers/promises";
import type { KeptMessageRow } from "#server/db/kept-message.ts";
import type { BoundSchema } from "#server/pipeline/profile.ts";
import { toTrial, type Kept } from "#server/services/schema/kept-messages.ts";
import { judge } from "#server/services/schema/trial.ts";
import type { Proof } from "#server/services/schema/view.ts";

const longestMs = 3000;
/** The console answers others between two turns. */
const longestTurnMs = 20;
const mostDevices = 100;
const mostFirmware = 50;

type DeviceTally = {
  readonly deviceId: string;
  firmware: string | null;
  checked: number;
  failed: number;
  detail: string;
};

/**
 * Judges kept messages by a schema version.
 * @param forMs after which it stops and says so: somebody waits for it
 */
export async function proveOn(kept: Kept, schema: BoundSchema, forMs = longestMs): Promise<Proof> {
  const started = performance.now();
  const deadline = started + forMs;
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
  let turn = performance.now();
  for (const row of rows) {
    const now = performance.now();
    if (now >= deadline) return { checked, failed, stopped: true };
    if (now - turn > longestTurnMs) {
      await nextTurn();
      turn = performance.now();
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
