import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeMessageSamples } from "#server/db/write-message-samples.ts";
import { withTenant } from "#server/db/tenant.ts";
import pg from "pg";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import type { Context } from "#server/services/context.ts";
import type { ServiceError } from "#server/services/errors.ts";
import { createProfile } from "#server/services/profile/create.ts";
import { bindSchema } from "#server/services/schema/bind.ts";
import { createSchema } from "#server/services/schema/create.ts";
import { inferSchema } from "#server/services/schema/infer.ts";
import { listSamples } from "#server/services/schema/list-samples.ts";
import { proveDefinition } from "#server/services/schema/prove.ts";
import {
  cloneDatabase,
  createTestTenant,
  type TestDatabase,
  type TestTenant,
} from "#server/testing/database.ts";
import { createIngestDevice, startIngestBench } from "#server/testing/ingest.ts";
import { createPublished, definitionOfNumbers } from "#server/testing/schema-definition.ts";

let database: TestDatabase;
let acme: TestTenant;
let admin: Context;
let profileId: string;
const devices: DeviceIdentity[] = [];

const oldFirmware = "2.3.0";
const newFirmware = "2.4.0";

/** Two devices of each firmware: the newer one sends `pressure_bar` where `pressure` was. */
beforeAll(async () => {
  database = await cloneDatabase();
  acme = await createTestTenant(database, { slug: "acme" });
  admin = acme.ctx("admin");
  await createPublished(admin, "pump", definitionOfNumbers(["pressure"]));
  await createPublished(admin, "oil", definitionOfNumbers(["level"]));
  const made = await createProfile(admin, { name: "pump", schema: { name: "pump", version: 1 } });
  profileId = made.id;
  await bindSchema(admin, { profileId, stream: "oil", schema: "oil", version: 1 });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  for (const [index, firmware] of [oldFirmware, oldFirmware, newFirmware, newFirmware].entries()) {
    const device = await createIngestDevice(database, { ...acme, profileId }, `pump-${index}`);
    devices.push(device);
    await owner.query(
      "INSERT INTO device_status (tenant_id, device_key, firmware) VALUES ($1, $2, $3)",
      [acme.tenantId, device.deviceKey.toString(), firmware],
    );
  }
  await owner.end();
  await writeMessageSamples(
    database.ingest,
    devices
      .slice(0, 2)
      .flatMap((device, index) =>
        Array.from({ length: 3 }, (_, at) => sampleOf(device, `{"pressure":${index + at}}`)),
      ),
  );
  const bench = startIngestBench(database.ingest);
  for (const device of devices.slice(2)) {
    await bench.send(device, ['{"pressure_bar":1}', '{"pressure_bar":2}']);
  }
  await bench.stop(5000);
});
afterAll(() => database.drop());

function sampleOf(device: DeviceIdentity, payload: string, stream = "") {
  const { tenantId, deviceKey, deviceId } = device;
  return {
    tenantId,
    profileId,
    deviceKey,
    deviceId,
    stream,
    contentType: "",
    receivedAt: new Date(),
    payload: Buffer.from(payload),
  };
}

const refused = (code: string) => expect.objectContaining({ code }) as ServiceError;

function lastEvent() {
  return withTenant(admin, (tx) =>
    tx.auditEvent.findFirst({ where: { tenantId: acme.tenantId }, orderBy: { seq: "desc" } }),
  );
}

describe("schema.prove", () => {
  it("lists exactly the devices and firmware that a renamed field would break, and what it repairs", async () => {
    const proof = await proveDefinition(admin, {
      name: "pump",
      definition: definitionOfNumbers(["pressure_bar"]),
    });

    expect(proof).toMatchObject({
      samples: { checked: 6, passed: 0, failed: 6 },
      deadLetters: { checked: 4, wouldPass: 4, wouldFail: 0 },
      devicesFailing: 2,
      firmware: [{ firmware: oldFirmware, devices: 2, failed: 6 }],
      stopped: false,
    });
    expect(
      proof.devices
        .map(({ deviceId, firmware, checked, failed }) => ({ deviceId, firmware, checked, failed }))
        .toSorted((a, b) => a.deviceId.localeCompare(b.deviceId)),
    ).toEqual([
      { deviceId: "pump-0", firmware: oldFirmware, checked: 3, failed: 3 },
      { deviceId: "pump-1", firmware: oldFirmware, checked: 3, failed: 3 },
    ]);
    expect(proof.devices[0]?.detail).toContain("pressure_bar");
  });

  it("finds that one which takes both names breaks nobody, and records that it looked", async () => {
    const both = {
      ...definitionOfNumbers([]),
      jsonSchema: {
        type: "object",
        properties: { pressure: { type: "number" }, pressure_bar: { type: "number" } },
        additionalProperties: false,
      },
    };
    const proof = await proveDefinition(admin, { name: "pump", definition: both });

    expect(proof).toMatchObject({
      samples: { checked: 6, failed: 0 },
      deadLetters: { checked: 4, wouldPass: 4 },
      devices: [],
      devicesFailing: 0,
      firmware: [],
    });
    expect(await lastEvent()).toMatchObject({
      actionCode: "schema.prove",
      target: "schema:pump",
      payload: { samples: { checked: 6 }, deadLetters: { checked: 4 } },
    });
  });

  it("leaves the messages of other schemas alone, unless it is asked for a profile", async () => {
    const [device] = devices;
    if (device === undefined) throw new Error("There is no device.");
    await writeMessageSamples(database.ingest, [sampleOf(device, '{"level":1}', "oil")]);
    const definition = definitionOfNumbers(["level"]);

    expect(await proveDefinition(admin, { name: "oil", definition })).toMatchObject({
      samples: { checked: 1, passed: 1 },
      deadLetters: { checked: 0 },
    });
    await createSchema(admin, { name: "new" });
    expect(await proveDefinition(admin, { name: "new", definition })).toMatchObject({
      samples: { checked: 0 },
    });
    expect(await proveDefinition(admin, { name: "new", definition, profileId })).toMatchObject({
      samples: { checked: 7, passed: 1 },
    });
  });

  it("of a definition that cannot be used it says why; operators may not ask", async () => {
    const definition = { ...definitionOfNumbers(["a"]), dropWhen: "(" };

    await expect(proveDefinition(admin, { name: "pump", definition })).rejects.toThrow(
      refused("invalid"),
    );
    await expect(
      proveDefinition(acme.ctx("operator"), { name: "pump", definition }),
    ).rejects.toThrow(refused("forbidden"));
    await expect(
      proveDefinition(admin, { name: "nothing", definition: definitionOfNumbers(["a"]) }),
    ).rejects.toThrow(refused("not_found"));
  });
});

describe("schema.infer", () => {
  it("proposes what was stored and what was refused, of the stream, and records it", async () => {
    const inferred = await inferSchema(admin, { profileId });

    expect(inferred).toMatchObject({
      samples: 10,
      skipped: 0,
      definition: {
        format: "json",
        jsonSchema: {
          properties: { pressure: expect.any(Object), pressure_bar: { unit: "bar" } },
        },
      },
    });
    expect(inferred.evidence).toMatchObject([
      { field: "pressure", seen: 6, of: 10 },
      { field: "pressure_bar", seen: 4, of: 10, firmware: [newFirmware] },
    ]);
    expect(await lastEvent()).toMatchObject({ actionCode: "schema.infer", target: "profile:pump" });
    expect(await inferSchema(admin, { profileId, stream: "oil" })).toMatchObject({
      samples: 1,
      evidence: [{ field: "level" }],
    });
  });

  it("is not for operators; of a profile that is not there, there is nothing to find", async () => {
    await expect(inferSchema(acme.ctx("operator"), { profileId })).rejects.toThrow(
      refused("forbidden"),
    );
    const other = await createTestTenant(database, { slug: "other" });
    await expect(inferSchema(other.ctx("admin"), { profileId })).rejects.toThrow(
      refused("not_found"),
    );
  });
});

describe("schema.listSamples", () => {
  it("shows payloads of the schema's messages as text, and records whose", async () => {
    const { samples } = await listSamples(admin, { name: "pump", limit: 4 });

    expect(samples).toHaveLength(4);
    expect(samples[0]).toMatchObject({
      stream: "",
      firmware: oldFirmware,
      encoding: "text",
      payload: expect.stringMatching(/^\{"pressure":\d\}$/),
    });
    expect(await lastEvent()).toMatchObject({
      actionCode: "schema.listSamples",
      payload: { devices: expect.arrayContaining(["pump-1"]) },
    });
    await expect(listSamples(acme.ctx("operator"), { name: "pump" })).rejects.toThrow(
      refused("forbidden"),
    );
  });
});
