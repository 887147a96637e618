/** What a device needs to reach us. */
export type ConnectTarget = {
  readonly deviceId: string;
  readonly host: string;
  /** Of the TLS listener. */
  readonly port: number;
};

/** A snippet in one language, ready to paste. */
export type ConnectCommand = {
  readonly id: "mosquitto" | "node" | "python";
  readonly name: string;
  /** What to install first, and where the text goes. */
  readonly before: string;
  readonly code: string;
};

/** The sample that every snippet sends. */
const sampleReading = { temperature: 21.5 };

/** Names under which the console downloads a device's files. */
export function deviceFiles(deviceId: string) {
  // A colon is no character of a Windows file name.
  const stem = deviceId.replaceAll(":", "_");
  return {
    ca: "quayside-ca.pem",
    certificate: `${stem}.crt.pem`,
    key: `${stem}.key.pem`,
    pkcs12: `${stem}.p12`,
  } as const;
}

/** The topic on which a device publishes its readings. */
function telemetryTopic(deviceId: string): string {
  return `qs/v1/d/${deviceId}/up/telemetry`;
}

const sample = JSON.stringify(sampleReading);

/** First message over TLS with the device's certificate, by three clients. */
export function connectCommands(target: ConnectTarget): readonly ConnectCommand[] {
  return [mosquitto(target), node(target), python(target)];
}

function mosquitto({ deviceId, host, port }: ConnectTarget): ConnectCommand {
  const files = deviceFiles(deviceId);
  return {
    id: "mosquitto",
    name: "mosquitto_pub",
    before: "In the folder of the downloaded files. Part of the package mosquitto-clients.",
    code: `mosquitto_pub -h ${host} -p ${port} --cafile ${files.ca} --cert ${files.certificate} --key ${files.key} -i ${deviceId} -t ${telemetryTopic(deviceId)} -q 1 -V mqttv5 -m '${sample}'`,
  };
}

function node({ deviceId, host, port }: ConnectTarget): ConnectCommand {
  const files = deviceFiles(deviceId);
  const text = JSON.stringify;
  return {
    id: "node",
    name: "Node.js",
    before: "npm install mqtt, then save as send.mjs beside the downloaded files: node send.mjs",
    code: `import { readFileSync } from "node:fs";
import { connectAsync } from "mqtt";

const client = await connectAsync(${text(`mqtts://${host}:${port}`)}, {
  protocolVersion: 5,
  clientId: ${text(deviceId)},
  ca: readFileSync(${text(files.ca)}),
  cert: readFileSync(${text(files.certificate)}),
  key: readFileSync(${text(files.key)}),
});
const reading = { temperature: 21.5 };
await client.publishAsync(${text(telemetryTopic(deviceId))}, JSON.stringify(reading), { qos: 1 });
await client.endAsync();
`,
  };
}

function python({ deviceId, host, port }: ConnectTarget): ConnectCommand {
  const files = deviceFiles(deviceId);
  const text = JSON.stringify;
  return {
    id: "python",
    name: "Python",
    before:
      'pip install "paho-mqtt>=2", then save as send.py beside the downloaded files: python send.py',
    code: `import json
import paho.mqtt.client as mqtt

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, ${text(deviceId)}, protocol=mqtt.MQTTv5)
client.tls_set(${text(files.ca)}, ${text(files.certificate)}, ${text(files.key)})
client.connect(${text(host)}, ${port})
client.loop_start()
message = client.publish(${text(telemetryTopic(deviceId))}, json.dumps({"temperature": 21.5}), qos=1)
message.wait_for_publish(10)
client.disconnect()
client.loop_stop()
`,
  };
}

/** The same without TLS, by user name and password: for trying out on the machine itself. */
export function plainCommand(target: {
  readonly deviceId: string;
  readonly host: string;
  readonly port: number;
  readonly password: string;
}): string {
  const { deviceId, host, port, password } = target;
  return `mosquitto_pub -h ${host} -p ${port} -u ${deviceId} -P ${password} -i ${deviceId} -t ${telemetryTopic(deviceId)} -q 1 -V mqttv5 -m '${sample}'`;
}
