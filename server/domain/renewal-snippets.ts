import { renewalTopic } from "#server/domain/renewal-topics.ts";
import { caFile } from "#server/domain/service-client-snippets.ts";

/** Where and as whom a device renews its certificate. */
export type RenewalTarget = {
  readonly deviceId: string;
  readonly host: string;
  /** MQTT over TLS. */
  readonly tlsPort: number;
  /** HTTPS for devices. */
  readonly httpsPort: number;
  /** Code of a ticket, only right after it was made. */
  readonly ticket?: string;
};

/** A text to paste into a terminal. */
export type RenewalSnippet = {
  readonly id: "mqtt" | "est" | "ticket";
  readonly name: string;
  readonly before: string;
  readonly code: string;
};

const newKey = "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

/** How a device renews while its certificate counts: over MQTT, and by EST. */
export function renewalSnippets(target: RenewalTarget): readonly RenewalSnippet[] {
  return [overMqtt(target), byEst(target)];
}

function overMqtt({ deviceId, host, tlsPort }: RenewalTarget): RenewalSnippet {
  const common = `-h ${host} -p ${tlsPort} --cafile ${caFile} --cert device.pem --key device-key.pem -V mqttv5`;
  return {
    id: "mqtt",
    name: "Over MQTT",
    before: `With ${caFile} and the device's certificate in the folder; needs openssl, jq and mosquitto-clients. The answer comes to whoever of the device listens.`,
    code: `${newKey} -keyout next-key.pem -subj "/CN=${deviceId}" -out request.pem
mosquitto_rr ${common} -i ${deviceId} -q 1 -W 30 -t ${renewalTopic(deviceId, "request")} -e ${renewalTopic(deviceId, "issued")} -m "$(cat request.pem)" | jq -r .certificate > next.pem
`,
  };
}

function estCommand({ deviceId, host, httpsPort }: RenewalTarget, proof: string): string {
  return `${newKey} -keyout next-key.pem -subj "/CN=${deviceId}" -outform DER | openssl base64 -out request.b64
curl --cacert ${caFile} ${proof} -H "Content-Type: application/pkcs10" --data-binary @request.b64 -o issued.b64 -w '%{http_code}\\n' https://${host}:${httpsPort}/.well-known/est/simplereenroll
openssl base64 -d -in issued.b64 | openssl pkcs7 -inform DER -print_certs -out next.pem
`;
}

function byEst(target: RenewalTarget): RenewalSnippet {
  return {
    id: "est",
    name: "By EST",
    before: `With ${caFile} and the device's certificate in the folder; needs openssl and curl.`,
    code: estCommand(target, "--cert device.pem --key device-key.pem"),
  };
}

/** How a device uses a ticket after its certificate has run out. */
export function ticketSnippet(target: RenewalTarget): RenewalSnippet {
  return {
    id: "ticket",
    name: "With the ticket",
    before: `With ${caFile} in the folder; needs openssl and curl. The certificate that has run out is not needed.`,
    code: estCommand(target, `-u '${target.deviceId}:${target.ticket ?? "TICKET"}'`),
  };
}
