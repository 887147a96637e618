import { pskIdentityOf, type PskSlot } from "#server/domain/psk.ts";
import { caFile } from "#server/domain/service-client-snippets.ts";

/** What a device needs to log in without a certificate. */
export type TokenTarget = {
  readonly deviceId: string;
  readonly host: string;
  /** Of the TLS listener. */
  readonly port: number;
  /** The token, the SAS key in base64, or the pre-shared key in hexadecimal. */
  readonly secret: string;
};

/** Which of a device's secrets it is. */
export type SecretKind =
  | "password"
  | "sas-primary"
  | "sas-secondary"
  | "psk-primary"
  | "psk-secondary";

/** A snippet in one language, ready to paste. */
export type CredentialSnippet = {
  readonly id: "shell" | "node" | "python";
  readonly name: string;
  readonly before: string;
  readonly code: string;
};

const topicOf = (deviceId: string) => `qs/v1/d/${deviceId}/up/telemetry`;
const text = JSON.stringify;
const inFolder = `In the folder of ${caFile}. Part of the package mosquitto-clients.`;

/** First message with a secret of a kind. */
export function secretSnippets(
  kind: SecretKind,
  target: TokenTarget,
): readonly CredentialSnippet[] {
  switch (kind) {
    case "password":
      return tokenSnippets(target);
    case "sas-primary":
    case "sas-secondary":
      return sasSnippets(target);
    case "psk-primary":
      return pskSnippets(target, "primary");
    case "psk-secondary":
      return pskSnippets(target, "secondary");
  }
}

/** First message with a pre-shared key, which the TLS handshake proves and nothing sends. */
export function pskSnippets({ deviceId, host, port, secret }: TokenTarget, slot: PskSlot) {
  const identity = pskIdentityOf(deviceId, slot);
  return [
    {
      id: "shell",
      name: "mosquitto_pub",
      before: "Part of the package mosquitto-clients. No certificate file is needed.",
      code: `mosquitto_pub -h ${host} -p ${port} --psk ${secret} --psk-identity ${identity} -i ${deviceId} -t ${topicOf(deviceId)} -q 1 -V mqttv5 -m '{"temperature":21.5}'`,
    },
    {
      id: "node",
      name: "Node.js",
      before: "npm install mqtt, then save as send.mjs: node send.mjs",
      code: `import { connectAsync } from "mqtt";

const client = await connectAsync(${text(`mqtts://${host}:${port}`)}, {
  protocolVersion: 5,
  clientId: ${text(deviceId)},
  ciphers: "TLS_AES_128_GCM_SHA256:PSK",
  checkServerIdentity: () => undefined,
  pskCallback: () => ({ identity: ${text(identity)}, psk: Buffer.from(${text(secret)}, "hex") }),
});
const reading = { temperature: 21.5 };
await client.publishAsync(${text(topicOf(deviceId))}, JSON.stringify(reading), { qos: 1 });
await client.endAsync();
`,
    },
  ] as const satisfies readonly CredentialSnippet[];
}

/** First message by user name and token, which go through TLS as they are. */
export function tokenSnippets({ deviceId, host, port, secret }: TokenTarget) {
  return [
    {
      id: "shell",
      name: "mosquitto_pub",
      before: inFolder,
      code: `mosquitto_pub -h ${host} -p ${port} --cafile ${caFile} -u ${deviceId} -P ${secret} -i ${deviceId} -t ${topicOf(deviceId)} -q 1 -V mqttv5 -m '{"temperature":21.5}'`,
    },
    {
      id: "node",
      name: "Node.js",
      before: `npm install mqtt, then save as send.mjs beside ${caFile}: node send.mjs`,
      code: nodeClient({ deviceId, host, port }, { before: "", password: text(secret) }),
    },
  ] as const satisfies readonly CredentialSnippet[];
}

/** First message by a SAS token, which the device signs itself with its key and renews. */
export function sasSnippets(target: TokenTarget) {
  return [
    sasShell(target),
    sasNode(target),
    sasPython(target),
  ] as const satisfies readonly CredentialSnippet[];
}

function sasShell({ deviceId, host, port, secret }: TokenTarget) {
  return {
    id: "shell",
    name: "mosquitto_pub",
    before: `${inFolder} Makes a token for one hour with openssl.`,
    code: `KEY='${secret}'
SR=${encodeURIComponent(`${host}/devices/${deviceId}`)}
SE=$(( $(date +%s) + 3600 ))
HEX=$(printf %s "$KEY" | base64 -d | od -An -v -tx1 | tr -d ' \\n')
SIG=$(printf '%s\\n%s' "$SR" "$SE" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$HEX -binary | base64 | sed 's/+/%2B/g; s/\\//%2F/g; s/=/%3D/g')
mosquitto_pub -h ${host} -p ${port} --cafile ${caFile} -u ${deviceId} -P "SharedAccessSignature sr=$SR&sig=$SIG&se=$SE" -i ${deviceId} -t ${topicOf(deviceId)} -q 1 -V mqttv5 -m '{"temperature":21.5}'
`,
  } as const;
}

function sasNode({ deviceId, host, port, secret }: TokenTarget) {
  return {
    id: "node",
    name: "Node.js",
    before: `npm install mqtt, then save as send.mjs beside ${caFile}: node send.mjs`,
    code: nodeClient(
      { deviceId, host, port },
      {
        before: `import { createHmac } from "node:crypto";
`,
        password: "sasToken(3600)",
        helper: `
function sasToken(seconds) {
  const key = Buffer.from(${text(secret)}, "base64");
  const sr = encodeURIComponent(${text(`${host}/devices/${deviceId}`)});
  const se = Math.floor(Date.now() / 1000) + seconds;
  const sig = createHmac("sha256", key).update(\`\${sr}\\n\${se}\`).digest("base64");
  return \`SharedAccessSignature sr=\${sr}&sig=\${encodeURIComponent(sig)}&se=\${se}\`;
}
`,
      },
    ),
  } as const;
}

function nodeClient(
  { deviceId, host, port }: Omit<TokenTarget, "secret">,
  own: { readonly before: string; readonly password: string; readonly helper?: string },
): string {
  return `${own.before}import { readFileSync } from "node:fs";
import { connectAsync } from "mqtt";
${own.helper ?? ""}
const client = await connectAsync(${text(`mqtts://${host}:${port}`)}, {
  protocolVersion: 5,
  clientId: ${text(deviceId)},
  username: ${text(deviceId)},
  password: ${own.password},
  ca: readFileSync(${text(caFile)}),
});
const reading = { temperature: 21.5 };
await client.publishAsync(${text(topicOf(deviceId))}, JSON.stringify(reading), { qos: 1 });
await client.endAsync();
`;
}

function sasPython({ deviceId, host, port, secret }: TokenTarget) {
  return {
    id: "python",
    name: "Python",
    before: `pip install "paho-mqtt>=2", then save as send.py beside ${caFile}: python send.py`,
    code: `import base64, hashlib, hmac, json, time
from urllib.parse import quote
import paho.mqtt.client as mqtt

def sas_token(seconds):
    key = base64.b64decode(${text(secret)})
    sr = quote(${text(`${host}/devices/${deviceId}`)}, safe="")
    se = int(time.time()) + seconds
    sig = base64.b64encode(hmac.new(key, f"{sr}\\n{se}".encode(), hashlib.sha256).digest())
    return f"SharedAccessSignature sr={sr}&sig={quote(sig, safe='')}&se={se}"

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, ${text(deviceId)}, protocol=mqtt.MQTTv5)
client.tls_set(${text(caFile)})
client.username_pw_set(${text(deviceId)}, sas_token(3600))
client.connect(${text(host)}, ${port})
client.loop_start()
message = client.publish(${text(topicOf(deviceId))}, json.dumps({"temperature": 21.5}), qos=1)
message.wait_for_publish(10)
client.disconnect()
client.loop_stop()
`,
  } as const;
}
