import { describe, expect, it } from "vitest";
import type { KeptMessageRow } from "#server/db/kept-message.ts";
import { proveOn } from "#server/services/schema/prove-on.ts";
import { draftSchema } from "#server/services/schema/trial.ts";
import { definitionOfNumbers } from "#server/testing/schema-definition.ts";

const schema = draftSchema({ name: "pump", version: 2 }, definitionOfNumbers(["pressure"]));

function row(device: number, firmware: string | null, payload: string): KeptMessageRow {
  return {
    profileId: "p",
    deviceKey: BigInt(device),
    deviceId: `pump-${device}`,
    channel: "telemetry",
    contentType: "",
    receivedAt: new Date("2026-11-27T06:00:00Z"),
    firmware,
    payload: Buffer.from(payload),
    properties: {},
    attributes: {},
  };
}

const good = '{"pressure":1}';
const bad = '{"presure":1}';

describe("a proof", () => {
  it("groups what would be refused by device and firmware, most first", async () => {
    const samples = [
      row(1, "2.0", bad),
      row(1, "2.0", good),
      row(2, "1.0", bad),
      row(2, "1.0", bad),
      row(3, null, bad),
      row(4, "2.0", good),
    ];

    const proof = await proveOn(
      { samples, letters: [row(5, null, good), row(5, null, bad)] },
      schema,
    );

    expect(proof).toMatchObject({
      samples: { checked: 6, passed: 2, failed: 4 },
      deadLetters: { checked: 2, wouldPass: 1, wouldFail: 1 },
      devices: [
        { deviceId: "pump-2", firmware: "1.0", checked: 2, failed: 2 },
        { deviceId: "pump-1", firmware: "2.0", checked: 2, failed: 1 },
        { deviceId: "pump-3", firmware: null, checked: 1, failed: 1 },
      ],
      devicesFailing: 3,
      firmware: [
        { firmware: "1.0", devices: 1, failed: 2 },
        { firmware: "2.0", devices: 1, failed: 1 },
        { firmware: null, devices: 1, failed: 1 },
      ],
      stopped: false,
    });
  });

  it("names at most 100 devices, and says how many there are", async () => {
    const samples = Array.from({ length: 150 }, (_, device) => row(device, null, bad));

    const proof = await proveOn({ samples, letters: [] }, schema);

    expect(proof.devices).toHaveLength(100);
    expect(proof.devicesFailing).toBe(150);
    expect(proof.firmware).toEqual([{ firmware: null, devices: 150, failed: 150 }]);
  });

  it("stops when its time is over, and says so", async () => {
    expect(await proveOn({ samples: [row(1, null, good)], letters: [] }, schema, 0)).toMatchObject({
      samples: { checked: 0 },
      stopped: true,
    });
  });
});
