import { azureSnippets } from "#server/domain/enrolment-snippets-azure.ts";
import {
  sampleDevice,
  type EnrolmentSnippet,
  type EnrolmentTarget,
} from "#server/domain/enrolment-target.ts";

/** Names under which the console downloads the files of a claim certificate. */
export const claimFiles = {
  certificate: "claim.pem",
  key: "claim-key.pem",
  ca: "quayside-ca.pem",
} as const;

const newKey = "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
const sample = '{"temperature": 21.5}';

/** Ready-to-paste texts by which a device of this group enrols, the plainest first. */
export function enrolmentSnippets(target: EnrolmentTarget): readonly EnrolmentSnippet[] {
  switch (target.kind) {
    case "customer_ca":
      return [ownCa(target), ownCaPython(target)];
    case "claim":
      return [claimMosquitto(target), claimAws(target)];
    case "est":
      return [estFirst(target), estAgain(target)];
    case "symmetric_key":
      return azureSnippets(target);
  }
}

/**
 * Three commands that prove that whoever runs them holds the key of a CA: a certificate whose common
 * name is the challenge, signed by it.
 */
export function proofCommands(challenge: string): string {
  return `${newKey} -keyout proof-key.pem -subj "/CN=${challenge}" -out proof.csr
openssl x509 -req -in proof.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 30 -out proof.pem
cat proof.pem
`;
}

function publish({ host, tlsPort }: EnrolmentTarget): string {
  return `mosquitto_pub -h ${host} -p ${tlsPort} --cafile ${claimFiles.ca} --cert device.pem --key device-key.pem -i ${sampleDevice} -t qs/v1/d/${sampleDevice}/up/telemetry -q 1 -V mqttv5 -m '${sample}'`;
}

function ownCa(target: EnrolmentTarget): EnrolmentSnippet {
  return {
    id: "openssl",
    name: "openssl, mosquitto",
    before: `Where ca.pem and ca-key.pem are, with ${claimFiles.ca} beside them: issues a certificate as your factory does, and connects with it. The common name is the registration id.`,
    code: `${newKey} -keyout device-key.pem -subj "/CN=${sampleDevice}" -out device.csr
openssl x509 -req -in device.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 365 -out device.pem
${publish(target)}
`,
  };
}

function ownCaPython({ host, tlsPort }: EnrolmentTarget): EnrolmentSnippet {
  const text = JSON.stringify;
  return {
    id: "python",
    name: "Python",
    before:
      'pip install "paho-mqtt>=2", then save as first.py beside the files: python first.py. Nothing in it knows of enrolment.',
    code: `import json
import paho.mqtt.client as mqtt

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, ${text(sampleDevice)}, protocol=mqtt.MQTTv5)
client.tls_set(${text(claimFiles.ca)}, "device.pem", "device-key.pem")
client.connect(${text(host)}, ${tlsPort})
client.loop_start()
topic = ${text(`qs/v1/d/${sampleDevice}/up/telemetry`)}
message = client.publish(topic, json.dumps({"temperature": 21.5}), qos=1)
message.wait_for_publish(10)
client.disconnect()
client.loop_stop()
`,
  };
}

function claimMosquitto(target: EnrolmentTarget): EnrolmentSnippet {
  const { host, tlsPort, publicId } = target;
  const topic = `qs/v1/claim/${publicId}`;
  return {
    id: "mosquitto",
    name: "mosquitto",
    before:
      "In the folder of the three files; needs openssl, mosquitto-clients and jq. Asks with the claim certificate, then connects with its own.",
    code: `${newKey} -keyout device-key.pem -subj "/CN=${sampleDevice}" -out device.csr
mosquitto_rr -h ${host} -p ${tlsPort} --cafile ${claimFiles.ca} --cert ${claimFiles.certificate} --key ${claimFiles.key} -i ${sampleDevice} -V mqttv5 -q 1 -W 20 -t ${topic}/up/csr -e ${topic}/dn/issued -m "$(cat device.csr)" > issued.json
jq -r 'if .certificate then .certificate + .chain else halt_error end' issued.json > device.pem
${publish(target)}
`,
  };
}

function claimAws({ host, tlsPort, publicId }: EnrolmentTarget): EnrolmentSnippet {
  const text = JSON.stringify;
  return {
    id: "aws",
    name: "AWS IoT SDK",
    before:
      "npm install aws-iot-device-sdk-v2, then save as enrol.mjs beside the three files and device.csr: node enrol.mjs",
    code: `import { readFileSync, writeFileSync } from "node:fs";
import { iot, iotidentity, mqtt } from "aws-iot-device-sdk-v2";

const config = iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder_from_path(
  ${text(claimFiles.certificate)},
  ${text(claimFiles.key)},
)
  .with_certificate_authority_from_path(undefined, ${text(claimFiles.ca)})
  .with_endpoint(${text(host)})
  .with_port(${tlsPort})
  .with_client_id(${text(sampleDevice)})
  .build();
const connection = new mqtt.MqttClient().new_connection(config);
await connection.connect();
const client = new iotidentity.IotIdentityClient(connection);
const qos = mqtt.QoS.AtLeastOnce;
const template = ${text(publicId)};

await client.subscribeToCreateCertificateFromCsrAccepted({}, qos, async (error, made) => {
  writeFileSync("device.pem", made.certificatePem);
  await client.publishRegisterThing(
    {
      templateName: template,
      certificateOwnershipToken: made.certificateOwnershipToken,
      parameters: { SerialNumber: ${text(sampleDevice)} },
    },
    qos,
  );
});
await client.subscribeToCreateCertificateFromCsrRejected({}, qos, (error, no) => console.error(no));
await client.subscribeToRegisterThingAccepted({ templateName: template }, qos, (error, thing) => {
  console.log(thing.thingName);
  void connection.disconnect();
});
await client.subscribeToRegisterThingRejected({ templateName: template }, qos, (error, no) =>
  console.error(no),
);
await client.publishCreateCertificateFromCsr(
  { certificateSigningRequest: readFileSync("device.csr", "utf8") },
  qos,
);
`,
  };
}

function estUrl({ host, httpsPort, publicId }: EnrolmentTarget, operation: string): string {
  return `https://${host}:${httpsPort}/.well-known/est/${publicId}/${operation}`;
}

const estHeaders =
  "-H 'content-type: application/pkcs10' -H 'content-transfer-encoding: base64' --data-binary @request.b64";

function estFirst(target: EnrolmentTarget): EnrolmentSnippet {
  const secret = target.secret ?? "SECRET";
  return {
    id: "curl",
    name: "First certificate",
    before: `With ${claimFiles.ca} in the folder; needs openssl, curl and mosquitto-clients.${target.secret === undefined ? " SECRET is a one-time secret of the group." : ""} 202 means that a person has to approve: ask again later.`,
    code: `${newKey} -keyout device-key.pem -subj "/CN=${sampleDevice}" -outform DER | openssl base64 -out request.b64
curl --cacert ${claimFiles.ca} -u '${sampleDevice}:${secret}' ${estHeaders} -o issued.b64 -w '%{http_code}\\n' ${estUrl(target, "simpleenroll")}
openssl base64 -d -in issued.b64 | openssl pkcs7 -inform DER -print_certs -out device.pem
${publish(target)}
`,
  };
}

function estAgain(target: EnrolmentTarget): EnrolmentSnippet {
  return {
    id: "again",
    name: "Renewal",
    before:
      "With the certificate that is to be renewed; the old one stays good until it expires. The names stay the same.",
    code: `${newKey} -keyout next-key.pem -subj "/CN=${sampleDevice}" -outform DER | openssl base64 -out request.b64
curl --cacert ${claimFiles.ca} --cert device.pem --key device-key.pem ${estHeaders} -o issued.b64 -w '%{http_code}\\n' ${estUrl(target, "simplereenroll")}
openssl base64 -d -in issued.b64 | openssl pkcs7 -inform DER -print_certs -out next.pem
`,
  };
}
