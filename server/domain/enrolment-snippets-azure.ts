import {
  sampleDevice,
  type EnrolmentSnippet,
  type EnrolmentTarget,
} from "#server/domain/enrolment-target.ts";

/** The port to which Azure's SDKs connect; it cannot be chosen there. */
const azurePort = 8883;
const ca = "quayside-ca.pem";

type Target = Pick<EnrolmentTarget, "publicId" | "host" | "tlsPort">;

/** Azure's Device Provisioning Service by symmetric key: the derivation, and two SDKs unchanged. */
export function azureSnippets(target: Target): readonly EnrolmentSnippet[] {
  return [derive(), node(target), python(target)];
}

function portNote({ tlsPort }: Target): string {
  return tlsPort === azurePort
    ? ""
    : ` The SDK always connects to port ${azurePort}: let that port lead to ${tlsPort}.`;
}

function derive(): EnrolmentSnippet {
  return {
    id: "derive",
    name: "A device's key",
    before: `At the factory, with the group key in GROUP_KEY: base64(HMAC-SHA256(group key, registration id)). Only this key goes into the device.`,
    code: `printf %s ${sampleDevice} | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf %s "$GROUP_KEY" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n') -binary | openssl base64 -A
`,
  };
}

function node(target: Target): EnrolmentSnippet {
  const text = JSON.stringify;
  return {
    id: "node",
    name: "Azure SDK, Node.js",
    before: `npm install azure-iot-provisioning-device azure-iot-provisioning-device-mqtt azure-iot-security-symmetric-key, then save as register.mjs: NODE_EXTRA_CA_CERTS=${ca} DEVICE_KEY=… node register.mjs.${portNote(target)}`,
    code: `import provisioning from "azure-iot-provisioning-device";
import provisioningMqtt from "azure-iot-provisioning-device-mqtt";
import symmetricKey from "azure-iot-security-symmetric-key";

const security = new symmetricKey.SymmetricKeySecurityClient(${text(sampleDevice)}, process.env.DEVICE_KEY);
const client = provisioning.ProvisioningDeviceClient.create(
  ${text(target.host)},
  ${text(target.publicId)},
  new provisioningMqtt.Mqtt(),
  security,
);
client.register((error, result) => {
  if (error) console.error(error);
  else console.log(result.assignedHub, result.deviceId);
});
`,
  };
}

function python(target: Target): EnrolmentSnippet {
  const text = JSON.stringify;
  return {
    id: "python",
    name: "Azure SDK, Python",
    before: `pip install azure-iot-device, then save as register.py: DEVICE_KEY=… python register.py.${portNote(target)}`,
    code: `import os
from azure.iot.device import ProvisioningDeviceClient

client = ProvisioningDeviceClient.create_from_symmetric_key(
    provisioning_host=${text(target.host)},
    registration_id=${text(sampleDevice)},
    id_scope=${text(target.publicId)},
    symmetric_key=os.environ["DEVICE_KEY"],
    server_verification_cert=open(${text(ca)}).read(),
)
result = client.register()
print(result.status, result.registration_state.assigned_hub, result.registration_state.device_id)
`,
  };
}
