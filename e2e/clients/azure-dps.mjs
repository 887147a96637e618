/**
 * A device that registers itself by symmetric key with Azure's SDKs, then connects to the hub that it
 * was assigned and sends a message. The CA is trusted by NODE_EXTRA_CA_CERTS.
 * Input: {host, port, idScope, registrationId, deviceKey, payload?, message?}.
 */
import iot from "azure-iot-device";
import hub from "azure-iot-device-mqtt";
import provisioning from "azure-iot-provisioning-device";
import provisioningMqtt from "azure-iot-provisioning-device-mqtt";
import security from "azure-iot-security-symmetric-key";
import { finish, readInput } from "./read-input.mjs";

/** @param {any} input */
async function register({ host, port, idScope, registrationId, deviceKey, payload }) {
  const client = provisioning.ProvisioningDeviceClient.create(
    `${host}:${port}`,
    idScope,
    new provisioningMqtt.Mqtt(),
    new security.SymmetricKeySecurityClient(registrationId, deviceKey),
  );
  if (payload !== undefined) client.setProvisioningPayload(payload);
  return client.register();
}

/** @param {any} input @param {any} assigned */
async function send({ port, deviceKey, message }, { assignedHub, deviceId }) {
  const address = `HostName=${assignedHub}:${port};DeviceId=${deviceId};SharedAccessKey=${deviceKey}`;
  const client = iot.Client.fromConnectionString(address, hub.Mqtt);
  await client.open();
  const event = new iot.Message(JSON.stringify(message));
  event.messageId = "first";
  event.contentType = "application/json";
  event.properties.add("site", "north");
  await client.sendEvent(event);
  await client.close();
}

const input = await readInput();
try {
  const assigned = await register(input);
  if (input.message !== undefined) await send(input, assigned);
  finish({ assigned });
} catch (error) {
  finish({ error: String(error), said: error.result ?? null });
}
