/** What a service client needs to reach us. */
export type ServiceTarget = {
  readonly username: string;
  /** Undefined where it is not shown any more: the snippets then have a place for it. */
  readonly password: string | undefined;
  readonly host: string;
  /** Of the TLS listener. */
  readonly port: number;
  /** What it may subscribe to; undefined when it may only publish. */
  readonly filter: string | undefined;
};

/** A snippet for one program, ready to paste. */
export type ServiceSnippet = {
  readonly id: "mosquitto" | "node" | "node-red" | "home-assistant";
  readonly name: string;
  /** What to install first, and where the text goes. */
  readonly before: string;
  readonly code: string;
};

/** The file under which the console downloads its CA certificate. */
export const caFile = "quayside-ca.pem";

const sampleTopic = "qs/v1/d/pump-17/dn/command/start/1";
const passwordPlace = "PASSWORD";

/** The first message in or out, by four programs that people use for it. */
export function serviceClientSnippets(target: ServiceTarget): readonly ServiceSnippet[] {
  return [mosquitto(target), mqttJs(target), nodeRed(target), homeAssistant(target)];
}

/** A name that the broker sees for this program alone: two programs with one would part each other. */
const clientIdOf = (username: string): string => username.split("@")[0] ?? username;

const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function mosquitto({ username, password = passwordPlace, host, port, filter }: ServiceTarget) {
  const login = `-h ${host} -p ${port} --cafile ${caFile} -u ${username} -P ${password} -V mqttv5`;
  return {
    id: "mosquitto",
    name: filter === undefined ? "mosquitto_pub" : "mosquitto_sub",
    before: "In the folder of the CA certificate. Part of the package mosquitto-clients.",
    code:
      filter === undefined
        ? `mosquitto_pub ${login} -i ${clientIdOf(username)}-shell -q 1 -t ${sampleTopic} -m '{}'`
        : `mosquitto_sub ${login} -i ${clientIdOf(username)}-shell -q 1 -t ${shellQuoted(filter)} -v`,
  } as const;
}

function mqttJs({ username, password = passwordPlace, host, port, filter }: ServiceTarget) {
  const text = JSON.stringify;
  const use =
    filter === undefined
      ? `await client.publishAsync(${text(sampleTopic)}, "{}", { qos: 1 });
await client.endAsync();
`
      : `client.on("message", (topic, payload) => console.log(topic, payload.toString()));
await client.subscribeAsync(${text(filter)}, { qos: 1 });
`;
  return {
    id: "node",
    name: "mqtt.js",
    before: `npm install mqtt, then save as listen.mjs beside ${caFile}: node listen.mjs`,
    code: `import { readFileSync } from "node:fs";
import { connectAsync } from "mqtt";

const client = await connectAsync(${text(`mqtts://${host}:${port}`)}, {
  protocolVersion: 5,
  clientId: ${text(`${clientIdOf(username)}-node`)},
  username: ${text(username)},
  password: ${text(password)},
  ca: readFileSync(${text(caFile)}),
});
${use}`,
  } as const;
}

/** A flow for Node-RED's import dialog: the broker with its login, one node, and a debug node. */
function nodeRed({ username, password = passwordPlace, host, port, filter }: ServiceTarget) {
  const broker = {
    id: "qs-broker",
    type: "mqtt-broker",
    name: "Quayside",
    broker: host,
    port: String(port),
    tls: "qs-tls",
    clientid: `${clientIdOf(username)}-node-red`,
    protocolVersion: "5",
    keepalive: "60",
    cleansession: true,
    credentials: { user: username, password },
  };
  const tls = { id: "qs-tls", type: "tls-config", name: "Quayside CA", verifyservercert: true };
  const nodes =
    filter === undefined
      ? [{ id: "qs-out", type: "mqtt out", topic: sampleTopic, qos: "1", broker: broker.id }]
      : [
          {
            id: "qs-in",
            type: "mqtt in",
            topic: filter,
            qos: "1",
            datatype: "auto-detect",
            broker: broker.id,
            x: 160,
            y: 80,
            wires: [["qs-debug"]],
          },
          { id: "qs-debug", type: "debug", name: "Quayside", x: 360, y: 80, wires: [] },
        ];
  return {
    id: "node-red",
    name: "Node-RED",
    before: `Menu, Import, paste. Then open the node “Quayside CA” and upload ${caFile} as its CA certificate.`,
    code: JSON.stringify([tls, broker, ...nodes], null, 2),
  } as const;
}

function homeAssistant({ username, password = passwordPlace, host, port, filter }: ServiceTarget) {
  const topic = (filter ?? sampleTopic).replace("+", "pump-17").replace(/\/#$/, "");
  return {
    id: "home-assistant",
    name: "Home Assistant",
    before: `Settings, Devices & services, Add integration, MQTT. Under the advanced options choose ${caFile} as broker certificate. Then a sensor goes into configuration.yaml.`,
    code: `# Broker
#   Broker:   ${host}
#   Port:     ${port}
#   Username: ${username}
#   Password: ${password}
#   MQTT protocol: 5

mqtt:
  sensor:
    - name: "Pump 17 temperature"
      state_topic: "${topic}"
      value_template: "{{ (value_json['values'] or value_json).temperature }}"
`,
  } as const;
}
