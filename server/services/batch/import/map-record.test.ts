import { describe, expect, test } from "vitest";
import {
  mapRecord,
  recordsPath,
  type ImportSource,
} from "#server/services/batch/import/map-record.ts";

const key = Buffer.alloc(32, 7).toString("base64");
const other = Buffer.alloc(64, 8).toString("base64");

/** From `aws iot list-things`. */
const listed = {
  thingName: "press:hall_2-17",
  thingTypeName: "HydraulicPress",
  thingArn: "arn:aws:iot:eu-central-1:123456789012:thing/press:hall_2-17",
  attributes: { SerialNumber: "SN-0017", vendor: "Acme", "line/cell": "A3", nothing: "" },
  version: 3,
};

/** From `aws iot search-index`; the shadow is text there. */
const indexed = {
  thingName: "MyLightBulb",
  thingId: "47f4a2b1-4e5b-4c6f-9a3e-1d2c3b4a5f60",
  thingTypeName: "LightBulb",
  thingGroupNames: ["north hall", "bulbs"],
  attributes: { wattage: "75" },
  shadow: JSON.stringify({
    desired: { power: "on", mode: { level: 3 } },
    reported: { power: "off" },
    name: { network: { desired: { ssid: "harbour" } } },
    version: 12,
  }),
  connectivity: { connected: false, timestamp: 1641508937, disconnectReason: "CLIENT_INITIATED" },
};

/** A line of the blob that an export job of an IoT hub writes, with keys. */
const exported = {
  id: "pump-0001",
  eTag: "MA==",
  importMode: "createOrUpdate",
  status: "disabled",
  authentication: {
    symmetricKey: { primaryKey: key, secondaryKey: other },
    x509Thumbprint: { primaryThumbprint: null, secondaryThumbprint: null },
    type: "sas",
  },
  twinETag: "AAAAAAAAAAI=",
  tags: { location: { plant: "Bremen", floor: 2 }, tags: ["pilot"], "serial-number": "P1" },
  properties: {
    desired: { interval: 30, $metadata: { $lastUpdated: "2026-01-01T00:00:00Z" }, $version: 4 },
    reported: { firmware: "1.2", $metadata: {}, $version: 9 },
  },
  capabilities: { iotEdge: false },
  deviceScope: "ms-azure-iot-edge://gateway-1-637100000000000000",
  parentScopes: ["ms-azure-iot-edge://gateway-1-637100000000000000"],
};

/** From `az iot hub device-identity list`. */
const identity = {
  authenticationType: "selfSigned",
  capabilities: { iotEdge: true },
  cloudToDeviceMessageCount: 0,
  connectionState: "Disconnected",
  deviceEtag: "NzE5",
  deviceId: "edge-1",
  etag: "AAAAAAAAAAE=",
  lastActivityTime: "0001-01-01T00:00:00Z",
  properties: { desired: { $metadata: {}, $version: 1 }, reported: { $metadata: {}, $version: 1 } },
  status: "enabled",
  tags: {},
  x509Thumbprint: { primaryThumbprint: "A1B2C3", secondaryThumbprint: null },
};

/** From `az iot dps enrollment show --show-keys`. */
const enrolment = {
  attestation: {
    symmetricKey: { primaryKey: key, secondaryKey: other },
    tpm: null,
    type: "symmetricKey",
    x509: null,
  },
  registrationId: "valve-reg",
  deviceId: "valve-9",
  provisioningStatus: "enabled",
  allocationPolicy: "hashed",
  initialTwin: { tags: { site: "quay 4" }, properties: { desired: { closed: true } } },
};

/** From `/api/tenant/devices`. */
const board = {
  id: { entityType: "DEVICE", id: "784f394c-42b6-435a-983c-b7beff2784f9" },
  createdTime: 1609459200000,
  tenantId: { entityType: "TENANT", id: "1d8a3f00-0000-11ec-0000-000000000000" },
  name: "Thermostat T1 (north)",
  type: "thermostat",
  label: "Büro 2. OG",
  additionalInfo: { gateway: true, overwriteActivityTime: false, description: "By the window" },
  deviceData: { configuration: { type: "DEFAULT" } },
};

describe("things of AWS IoT", () => {
  test("a listed thing brings id, type, serial and attributes", () => {
    const { row, mapped, unmapped, problem } = mapRecord("aws", listed);

    expect(problem).toBeUndefined();
    expect(row).toEqual({
      deviceId: "press:hall_2-17",
      name: "press:hall_2-17",
      serial: "SN-0017",
      data: {
        manufacturer: "Acme",
        model: "HydraulicPress",
        attributes: { line_cell: "A3" },
      },
    });
    expect(mapped).toEqual([
      "thingName → name",
      "thingName → device id",
      "thingTypeName → model",
      "attributes.SerialNumber → serial",
      "attributes.vendor → manufacturer",
      "attributes.line/cell → attribute line_cell",
    ]);
    expect(unmapped.map(({ from }) => from)).toEqual([
      "thingArn",
      "version",
      "certificates and policies",
    ]);
  });

  test("an indexed thing brings its groups as tags and its desired state, not what it reported", () => {
    const { row, unmapped } = mapRecord("aws", indexed);

    expect(row?.data).toEqual({
      model: "LightBulb",
      tags: ["north-hall", "bulbs"],
      attributes: { wattage: "75" },
      desired: { power: "on", mode: { level: 3 } },
    });
    expect(unmapped.map(({ from }) => from)).toEqual([
      "shadow.reported",
      "shadow.name",
      "thingId",
      "connectivity",
      "certificates and policies",
    ]);
  });

  test("a line of a registration task's parameters brings serial and signing request", () => {
    const request = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----";
    const { row } = mapRecord("aws", { ThingName: "a1", SerialNumber: "77", CSR: `${request}\n` });

    expect(row).toEqual({ deviceId: "a1", name: "a1", serial: "77", data: {}, csrPem: request });
  });
});

describe("devices of Azure", () => {
  test("an exported device brings keys, tags, desired state, and that it was disabled", () => {
    const { row, mapped, unmapped } = mapRecord("azure", exported);

    expect(row).toEqual({
      deviceId: "pump-0001",
      name: "pump-0001",
      serial: "P1",
      data: {
        tags: ["pilot"],
        attributes: { "location.plant": "Bremen", "location.floor": 2 },
        desired: { interval: 30 },
        disabled: true,
      },
      secrets: { sasPrimary: key, sasSecondary: other },
    });
    expect(mapped).toContain("status disabled → suspended");
    expect(mapped).toContain("authentication.symmetricKey.primaryKey → SAS key, primary");
    expect(unmapped.map(({ from }) => from)).toEqual([
      "properties.reported",
      "eTag",
      "twinETag",
      "importMode",
      "parentScopes",
    ]);
    expect(JSON.stringify([mapped, unmapped])).not.toContain(key);
  });

  test("a listed edge device with a thumbprint is taken without credentials, and it is said why", () => {
    const { row, unmapped } = mapRecord("azure", identity);

    expect(row).toEqual({ deviceId: "edge-1", name: "edge-1", serial: "", data: {} });
    const why = Object.fromEntries(unmapped.map((left) => [left.from, left.why]));
    expect(why["x509Thumbprint"]).toContain("A thumbprint is no certificate");
    expect(why["capabilities.iotEdge"]).toContain("plain device");
  });

  test("an individual enrolment brings its device id, keys and initial twin", () => {
    const { row, unmapped } = mapRecord("azure", enrolment);

    expect(row).toEqual({
      deviceId: "valve-9",
      name: "valve-9",
      serial: "",
      data: { attributes: { site: "quay 4" }, desired: { closed: true } },
      secrets: { sasPrimary: key, sasSecondary: other },
    });
    expect(unmapped.map(({ from }) => from)).toEqual(["registrationId", "allocationPolicy"]);
  });

  test.each([
    ["an enrolment group", { enrollmentGroupId: "g1" }, "enrollmentGroupId"],
    ["a module", { id: "d1", moduleId: "m1" }, "moduleId"],
  ])("%s is left out without being a problem", (_, record, from) => {
    const { row, problem, unmapped } = mapRecord("azure", record);

    expect([row, problem, unmapped.map((left) => left.from)]).toEqual([
      undefined,
      undefined,
      [from],
    ]);
  });

  test.each([
    ["no base64", "*not*base64*", "It is no base64."],
    ["too short", Buffer.alloc(8).toString("base64"), "A key has 16 to 64 bytes."],
    ["too long", Buffer.alloc(65).toString("base64"), "A key has 16 to 64 bytes."],
  ])("a key that is %s is not taken", (_, primaryKey, why) => {
    const { row, unmapped } = mapRecord("azure", {
      id: "d1",
      authentication: { symmetricKey: { primaryKey }, type: "none" },
    });

    expect(row?.secrets).toBeUndefined();
    expect(unmapped).toContainEqual({ from: "authentication.symmetricKey.primaryKey", why });
  });

  test("an export without keys says so", () => {
    const { unmapped } = mapRecord("azure", { id: "d1", authentication: { type: "sas" } });

    expect(unmapped.map(({ why }) => why)).toEqual([
      "The export was made without keys. Export again with keys, or have new ones made here.",
    ]);
  });
});

describe("devices of ThingsBoard", () => {
  test("a device of the REST API gets an id that fits, its label as name and its type as model", () => {
    const { row, mapped, unmapped } = mapRecord("thingsboard", board);

    expect(row).toEqual({
      deviceId: "Thermostat-T1-north",
      name: "Büro 2. OG",
      serial: "",
      data: { model: "thermostat", attributes: { description: "By the window" } },
    });
    expect(mapped).toEqual([
      "name → device id, made to fit",
      "type → model",
      "label → name",
      "additionalInfo.description → attribute description",
    ]);
    expect(unmapped.map(({ from }) => from)).toEqual([
      "id",
      "createdTime",
      "tenantId",
      "name as it is",
      "additionalInfo.gateway",
      "deviceData",
    ]);
  });

  test("a row of a CSV export is read by its column names", () => {
    const { row, unmapped } = mapRecord("thingsboard", {
      "Device name": "meter-5",
      "Device profile": "water meter",
      Label: "",
      "Is gateway": "false",
      "Customer name": "Quay tenants",
      State: "Active",
      "Serial number": "W-5",
      Building: "7",
    });

    expect(row).toEqual({
      deviceId: "meter-5",
      name: "meter-5",
      serial: "W-5",
      data: { model: "water meter", attributes: { Building: "7" } },
    });
    expect(unmapped.map(({ from }) => from)).toEqual(["Customer name", "State"]);
  });

  test.each([
    ["ACCESS_TOKEN", "vQ7mTz0aBc9LxKp2RsWd", { token: "vQ7mTz0aBc9LxKp2RsWd" }, []],
    ["ACCESS_TOKEN", "A1_TEST_TOKEN", undefined, ["credentials.credentialsId"]],
    ["X509_CERTIFICATE", "0011", undefined, ["credentials X509_CERTIFICATE"]],
    ["MQTT_BASIC", "", undefined, ["credentials MQTT_BASIC"]],
  ])("credentials %s %s", (credentialsType, credentialsId, secrets, left) => {
    const { row, unmapped } = mapRecord("thingsboard", {
      device: { name: "m1", type: "default" },
      credentials: { credentialsType, credentialsId },
    });

    expect(row?.secrets).toEqual(secrets);
    expect(unmapped.map(({ from }) => from)).toEqual(left);
  });
});

describe("ids that do not fit", () => {
  test.each([
    ["azure", { id: "pump@hall#1" }, "pump-hall-1"],
    ["azure", { id: "$$$" }, undefined],
    ["aws", { thingName: "_hidden" }, "hidden"],
    ["thingsboard", { name: "Wärmepumpe  7" }, "Warmepumpe-7"],
    ["thingsboard", { name: "x".repeat(200) }, "x".repeat(128)],
    ["thingsboard", { name: "東京" }, undefined],
    ["aws", { thingName: "   " }, undefined],
    ["aws", { other: 1 }, undefined],
  ] as const)("%s %j", (source, record, deviceId) => {
    const { row, problem } = mapRecord(source, record);

    expect(row?.deviceId).toBe(deviceId);
    expect(problem !== undefined).toBe(deviceId === undefined);
  });
});

describe("records that nobody exported", () => {
  const odd: readonly unknown[] = [
    null,
    undefined,
    7,
    "text",
    [],
    {},
    { thingName: {}, attributes: [], shadow: "{", thingGroupNames: "x" },
    { id: "d", tags: "x", properties: [], authentication: "sas", attestation: 1, parentScopes: {} },
    { name: "d", additionalInfo: "x", credentials: [], device: [] },
    JSON.parse(
      '{"name":"d","__proto__":{"x":1},"constructor":{"y":2},"toString":"z","hasOwnProperty":"q"}',
    ),
    { id: "d\u0000\n", tags: { "a\u0000": "\ud800", b: { c: { d: { e: { f: 1 } } } } } },
    { id: "d", properties: { desired: { text: "a\u0000b" } } },
    { thingName: "d", shadow: `{"desired":{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}}` },
    { thingName: "d", shadow: { desired: { half: "\ud800" } } },
    { id: "d", properties: { desired: { text: "x".repeat(40_000) } } },
    {
      thingName: "d",
      attributes: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`a${n}`, "1"])),
    },
    { thingName: "d", attributes: { long: "x".repeat(300), list: [1], ["n".repeat(70)]: "1" } },
    {
      thingName: "d",
      thingTypeName: "m".repeat(200),
      thingGroupNames: ["-", "x".repeat(90), ...Array.from({ length: 40 }, (_, n) => `g${n}`)],
    },
  ];

  test.each(["aws", "azure", "thingsboard"] as const)("%s: none of them is thrown at", (source) => {
    for (const record of odd) {
      const { row } = mapRecord(source, record);

      if (row === undefined) continue;
      expect(Object.keys(row.data.attributes ?? {}).length).toBeLessThanOrEqual(32);
      expect((row.data.tags ?? []).length).toBeLessThanOrEqual(32);
      expect((row.data.model ?? "").length).toBeLessThanOrEqual(120);
      expect(JSON.stringify(row)).not.toMatch(/\\u0000|\\ud800/);
    }
  });
});

test.each([
  ["aws", "things"],
  ["azure", "devices"],
  ["thingsboard", "data"],
] satisfies readonly [ImportSource, string][])("a list of %s is found under %s", (source, name) => {
  expect(recordsPath(source)).toContain(name);
});
