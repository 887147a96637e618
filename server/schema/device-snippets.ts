import type { SchemaFormat } from "#server/domain/schema-definition.ts";
import { caFile } from "#server/domain/service-client-snippets.ts";
import type { FieldType } from "#server/pipeline/profile.ts";
import { isObject } from "#server/schema/is-object.ts";

/** Whom the snippets are for, and where they send. */
export type SnippetTarget = {
  readonly schemaName: string;
  readonly schemaVersion: number;
  readonly format: SchemaFormat;
  /** Of a message's values, as the device sends them; null where none is known. */
  readonly jsonSchema: unknown;
  readonly fields: readonly { readonly name: string; readonly type: FieldType }[];
  readonly deviceId: string;
  readonly host: string;
  /** Of the TLS listener. */
  readonly port: number;
  /** Empty for up/telemetry itself. */
  readonly stream: string;
};

/** A program that sends one message of the schema. */
export type DeviceSnippet = {
  readonly id: "mosquitto" | "node" | "python" | "arduino";
  readonly name: string;
  readonly code: string;
};

/** Values that fit a schema, as near to plausible as its bounds, enumerations and examples allow. */
export function exampleValues(
  jsonSchema: unknown,
  fields: SnippetTarget["fields"],
): Readonly<Record<string, unknown>> {
  const properties = isObject(jsonSchema) ? jsonSchema["properties"] : undefined;
  if (isObject(properties)) {
    return Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [
        name,
        exampleOf(schema, { depth: 0, root: jsonSchema }),
      ]),
    );
  }
  return Object.fromEntries(
    fields.map(({ name, type }) => [name, exampleOf({ type }, { depth: 0, root: {} })]),
  );
}

const deepest = 4;

/** Where an example is made: how deep, and in which schema its references are found. */
type Inside = { readonly depth: number; readonly root: unknown };

function exampleOf(schema: unknown, { depth, root }: Inside): unknown {
  if (!isObject(schema) || depth > deepest) return 1;
  const within = { depth: depth + 1, root };
  const other = otherOf(schema, root);
  if (other !== undefined) return exampleOf(other, within);
  const given = givenIn(schema);
  if (given !== undefined) return given;
  const [type] = [schema["type"] ?? "number"].flat().filter((name) => name !== "null");
  switch (type) {
    case "boolean":
      return true;
    case "string":
      return textOf(schema);
    case "array":
      return [exampleOf(schema["items"], within)];
    case "object":
      return exampleObject(schema, within);
    case undefined:
    default:
      return numberIn(schema, type === "integer");
  }
}

/** A value that the schema itself names. */
function givenIn(schema: Readonly<Record<string, unknown>>): unknown {
  return [
    schema["const"],
    first(schema["examples"]),
    schema["default"],
    first(schema["enum"]),
  ].find((value) => value !== undefined);
}

function first(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

/** The schema that says more: a definition, or the first of several choices. */
function otherOf(schema: Readonly<Record<string, unknown>>, root: unknown): unknown {
  const reference = schema["$ref"];
  const definitions = isObject(root) ? root["$defs"] : undefined;
  if (typeof reference !== "string" || !isObject(definitions)) {
    return first(schema["anyOf"]) ?? first(schema["oneOf"]);
  }
  return definitions[reference.slice("#/$defs/".length)];
}

function exampleObject(schema: Readonly<Record<string, unknown>>, within: Inside): unknown {
  const properties = schema["properties"];
  if (!isObject(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, inner]) => [name, exampleOf(inner, within)]),
  );
}

const textsByFormat: Readonly<Record<string, string>> = {
  "date-time": "2026-01-31T12:00:00Z",
  date: "2026-01-31",
  time: "12:00:00Z",
  uuid: "5f0c7c1e-6a0b-4b6e-9a53-6d2f1f7f3c11",
  ipv4: "192.0.2.7",
  ipv6: "2001:db8::7",
};

function textOf({ format, minLength }: Readonly<Record<string, unknown>>): string {
  const known = typeof format === "string" ? textsByFormat[format] : undefined;
  if (known !== undefined) return known;
  return "text".padEnd(typeof minLength === "number" ? Math.min(minLength, 64) : 0, "x");
}

function numberIn(schema: Readonly<Record<string, unknown>>, isInteger: boolean): number {
  const bound = (name: string): number | undefined => {
    const value = schema[name];
    return typeof value === "number" ? value : undefined;
  };
  const low = bound("minimum") ?? bound("exclusiveMinimum");
  const high = bound("maximum") ?? bound("exclusiveMaximum");
  const usual = isInteger ? 21 : 21.5;
  const isUsual = (low ?? -Infinity) < usual && usual < (high ?? Infinity);
  const value = isUsual ? usual : between(low, high);
  return isInteger ? Math.round(value) : value;
}

/** A number inside the bounds, of which one may be open. */
function between(low: number | undefined, high: number | undefined): number {
  if (low === undefined) return (high ?? 0) - 1;
  return high === undefined ? low + 1 : (low + high) / 2;
}

/**
 * Programs that send one message of the schema version over mutual TLS. Those of binary formats send
 * a file that the device's own encoder wrote.
 */
export function deviceSnippets(target: SnippetTarget): readonly DeviceSnippet[] {
  const reference = `${target.schemaName}@${target.schemaVersion}`;
  const values = exampleValues(target.jsonSchema, target.fields);
  const envelope = { ts: 1_795_000_000_000, schema: reference, values };
  const topic = `qs/v1/d/${target.deviceId}/up/telemetry${target.stream === "" ? "" : `/${target.stream}`}`;
  const at: At = { ...target, topic, reference, json: JSON.stringify(envelope) };
  if (target.format === "json") return [mosquitto(at), node(at), python(at), arduino(at)];
  return [mosquittoBinary(at), nodeBinary(at)];
}

type At = SnippetTarget & {
  readonly topic: string;
  readonly reference: string;
  /** Envelope of the example. */
  readonly json: string;
};

const contentTypes: Readonly<Record<SchemaFormat, string>> = {
  json: "application/json",
  protobuf: "application/x-protobuf",
  senml: "application/senml+json",
  sparkplug: "application/octet-stream",
};

function mosquittoLine({ host, port, deviceId, topic }: At): string {
  return `mosquitto_pub -h ${host} -p ${port} --cafile ${caFile} --cert ${deviceId}.crt.pem --key ${deviceId}.key.pem \\
  -i ${deviceId} -t ${topic} -q 1 -V mqttv5`;
}

/** Text in single quotes for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function mosquitto(at: At): DeviceSnippet {
  return {
    id: "mosquitto",
    name: "mosquitto_pub",
    code: `${mosquittoLine(at)} \\\n  -m ${quoted(at.json)}`,
  };
}

function mosquittoBinary(at: At): DeviceSnippet {
  return {
    id: "mosquitto",
    name: "mosquitto_pub",
    code: `${mosquittoLine(at)} \\
  -D publish content-type ${contentTypes[at.format]} \\
  -D publish user-property schema ${quoted(at.reference)} \\
  -f message.bin`,
  };
}

function nodeConnect({ host, port, deviceId }: At): string {
  return `import { readFileSync } from "node:fs";
import mqtt from "mqtt";

const client = await mqtt.connectAsync("mqtts://${host}:${port}", {
  protocolVersion: 5,
  clientId: ${JSON.stringify(deviceId)},
  ca: readFileSync(${JSON.stringify(caFile)}),
  cert: readFileSync(${JSON.stringify(`${deviceId}.crt.pem`)}),
  key: readFileSync(${JSON.stringify(`${deviceId}.key.pem`)}),
});`;
}

function node(at: At): DeviceSnippet {
  const values = JSON.stringify(exampleValues(at.jsonSchema, at.fields), undefined, 2);
  return {
    id: "node",
    name: "Node.js",
    code: `${nodeConnect(at)}
const values = ${values};
const message = { ts: Date.now(), schema: ${JSON.stringify(at.reference)}, values };
// Resolves when the message is stored; rejects with the reason when it is refused.
await client.publishAsync(${JSON.stringify(at.topic)}, JSON.stringify(message), { qos: 1 });
await client.endAsync();`,
  };
}

function nodeBinary(at: At): DeviceSnippet {
  return {
    id: "node",
    name: "Node.js",
    code: `${nodeConnect(at)}
await client.publishAsync(${JSON.stringify(at.topic)}, readFileSync("message.bin"), {
  qos: 1,
  properties: {
    contentType: ${JSON.stringify(contentTypes[at.format])},
    userProperties: { schema: ${JSON.stringify(at.reference)}, ts: String(Date.now()) },
  },
});
await client.endAsync();`,
  };
}

function python(at: At): DeviceSnippet {
  const { host, port, deviceId, topic } = at;
  const text = JSON.stringify;
  return {
    id: "python",
    name: "Python",
    code: `# pip install paho-mqtt
import json, time
import paho.mqtt.client as mqtt

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=${text(deviceId)}, protocol=mqtt.MQTTv5)
client.tls_set(${text(caFile)}, ${text(`${deviceId}.crt.pem`)}, ${text(`${deviceId}.key.pem`)})
client.connect(${text(host)}, ${port})
client.loop_start()
values = json.loads(${text(JSON.stringify(exampleValues(at.jsonSchema, at.fields)))})
message = {"ts": int(time.time() * 1000), "schema": ${text(at.reference)}, "values": values}
client.publish(${text(topic)}, json.dumps(message), qos=1).wait_for_publish()
client.loop_stop()`,
  };
}

function arduino(at: At): DeviceSnippet {
  const { host, port, deviceId, topic } = at;
  const text = JSON.stringify;
  return {
    id: "arduino",
    name: "Arduino (ESP32)",
    code: `#include <WiFi.h>
#include <WiFiClientSecure.h>
#include <PubSubClient.h>
#include "certificates.h"  // caPem, certificatePem, privateKeyPem

WiFiClientSecure tls;
PubSubClient client(tls);

void setup() {
  WiFi.begin("network", "password");
  while (WiFi.status() != WL_CONNECTED) delay(100);
  tls.setCACert(caPem);
  tls.setCertificate(certificatePem);
  tls.setPrivateKey(privateKeyPem);
  client.setServer(${text(host)}, ${port});
  client.setBufferSize(1024);
}

void loop() {
  if (!client.connected()) client.connect(${text(deviceId)});
  // PubSubClient publishes with QoS 0: give each message an id and keep it until you see it stored.
  client.publish(${text(topic)}, ${text(JSON.stringify({ schema: at.reference, values: exampleValues(at.jsonSchema, at.fields) }))});
  client.loop();
  delay(10000);
}`,
  };
}
