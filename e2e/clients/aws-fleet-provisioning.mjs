/**
 * A device that provisions itself by claim with AWS's device SDK, then connects with what it got and
 * publishes. Input: {host, port, ca, cert, key, clientId, csr, template, parameters, protocol: 4 | 5}.
 */
import sdk from "aws-iot-device-sdk-v2";
import { finish, readInput } from "./read-input.mjs";

const { iot, iotidentity, mqtt, mqtt5 } = sdk;
const patience = {
  operationTimeoutInSeconds: 20,
  maxRequestResponseSubscriptions: 5,
  maxStreamingSubscriptions: 2,
};

/** @param {any} input */
async function overMqtt5({ host, port, ca, cert, key, clientId }) {
  const builder = iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromMemory(
    host,
    cert,
    key,
  );
  const config = builder.withCertificateAuthority(ca).withPort(port);
  config.withConnectProperties({ clientId, keepAliveIntervalSeconds: 60 });
  const client = new mqtt5.Mqtt5Client(config.build());
  const connected = new Promise((resolve, reject) => {
    client.on("connectionSuccess", resolve);
    client.on("connectionFailure", ({ error }) => reject(error));
  });
  client.start();
  await connected;
  return {
    identity: iotidentity.IotIdentityClientv2.newFromMqtt5(client, patience),
    stop: () => client.stop(),
  };
}

/** @param {any} input */
async function overMqtt311({ host, port, ca, cert, key, clientId }) {
  const builder = iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder(cert, key);
  const config = builder
    .with_certificate_authority(ca)
    .with_endpoint(host)
    .with_port(port)
    .with_client_id(clientId)
    .with_clean_session(true)
    .build();
  const connection = new mqtt.MqttClient().new_connection(config);
  await connection.connect();
  const identity = iotidentity.IotIdentityClientv2.newFromMqtt311(connection, patience);
  return { identity, stop: () => connection.disconnect() };
}

const input = await readInput();
try {
  const { identity, stop } = await (input.protocol === 4 ? overMqtt311(input) : overMqtt5(input));
  const certificate = await identity.createCertificateFromCsr({
    certificateSigningRequest: input.csr,
  });
  const thing = await identity.registerThing({
    templateName: input.template,
    certificateOwnershipToken: certificate.certificateOwnershipToken,
    parameters: input.parameters,
  });
  identity.close();
  stop();
  finish({ certificatePem: certificate.certificatePem, thingName: thing.thingName });
} catch (error) {
  // The SDK keeps what the server said beside its own words.
  finish({
    error: String(error),
    modeled: error.modeledError ?? error.cause?.modeledError ?? null,
  });
}
