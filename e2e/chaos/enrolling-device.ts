import "reflect-metadata";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { X509Certificates } from "@peculiar/x509";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { encodePem } from "#server/pki/pem.ts";

/** Where devices connect. */
export type Door = {
  readonly mqttsPort: number;
  readonly httpsPort: number;
  /** The root, by which devices know the server. */
  readonly rootPem: string;
};

/** A certificate with its chain, and its key, as PEM. */
export type Identity = { readonly cert: string; readonly key: string };

/** A device that wants a certificate for the key of its request. */
export type Applicant = { readonly deviceId: string; readonly csrPem: string };

const betweenAsksMs = 300;

function connectTo(door: Door, identity: Identity, more: IClientOptions): MqttClient {
  return mqtt.connect(`mqtts://localhost:${door.mqttsPort}`, {
    protocolVersion: 5,
    ca: door.rootPem,
    ...identity,
    reconnectPeriod: 200,
    reconnectOnConnackError: true,
    connectTimeout: 10_000,
    resubscribe: false,
    ...more,
  });
}

/**
 * Runs until the work resolves, over as many connections as it takes.
 * @throws Error with the last trouble when the time is over
 */
async function persist<T>(
  at: { readonly client: MqttClient; readonly who: string; readonly signal: AbortSignal },
  work: (resolve: (value: T) => void, trouble: (words: string) => void) => void,
): Promise<T> {
  const { client, who, signal } = at;
  let last = "no answer";
  client.on("error", ({ message }) => {
    last = message;
  });
  try {
    return await new Promise<T>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error(`${who}: ${last}`)), { once: true });
      work(resolve, (words) => {
        last = words;
      });
    });
  } finally {
    await client.endAsync(true);
  }
}

/**
 * Asks by the product's own topic with a claim certificate, again and again until it is answered.
 * @returns the certificate, PEM
 * @throws Error when the time is over
 */
export async function enrolByClaim(
  door: Door,
  { deviceId, csrPem }: Applicant,
  at: { readonly claim: Identity & { readonly publicId: string }; readonly signal: AbortSignal },
): Promise<string> {
  const { publicId, cert, key } = at.claim;
  const topic = `qs/v1/claim/${publicId}`;
  const client = connectTo(door, { cert, key }, { clientId: `enrols-${deviceId}` });
  const ask = () =>
    client.subscribe(`${topic}/dn/issued`, { qos: 1 }, (error) => {
      // Whatever is not acknowledged the client sends again by itself after a reconnection.
      if (error === null) client.publish(`${topic}/up/csr`, csrPem, { qos: 1 }, () => undefined);
    });
  return persist({ client, who: deviceId, signal: at.signal }, (resolve, trouble) => {
    client.on("connect", ask);
    client.on("message", (_, payload) => {
      const said = JSON.parse(payload.toString()) as Readonly<Record<string, unknown>>;
      if (typeof said["certificate"] === "string") {
        resolve(said["certificate"]);
        return;
      }
      trouble(payload.toString());
      setTimeout(ask, betweenAsksMs);
    });
  });
}

/**
 * Asks by EST with a secret, again and again until it is answered.
 * @returns the certificate, PEM
 * @throws Error when the time is over
 */
export async function enrolByEst(
  door: Door,
  applicant: Applicant,
  at: { readonly secret: string; readonly signal: AbortSignal },
): Promise<string> {
  let last = "no answer";
  while (!at.signal.aborted) {
    try {
      const { status, body } = await post(door, applicant, at.secret);
      if (status === 200) return leafOf(body);
      last = `${status} ${body}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await sleep(betweenAsksMs);
  }
  throw new Error(`${applicant.deviceId}: ${last}`);
}

async function post(
  { httpsPort, rootPem }: Door,
  { deviceId, csrPem }: Applicant,
  secret: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const authorization = `Basic ${Buffer.from(`${deviceId}:${secret}`).toString("base64")}`;
  return new Promise((resolve, reject) => {
    const asking = request({
      method: "POST",
      host: "localhost",
      port: httpsPort,
      path: "/.well-known/est/simpleenroll",
      headers: { "content-type": "application/pkcs10", authorization },
      ca: rootPem,
      agent: false,
      timeout: 15_000,
    });
    asking.on("timeout", () => asking.destroy(new Error("The server is silent.")));
    asking.on("error", reject);
    asking.on("response", (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
    });
    asking.end(csrPem);
  });
}

/** The certificate of a certs-only answer. */
function leafOf(base64: string): string {
  const [leaf] = new X509Certificates(Buffer.from(base64, "base64"));
  if (leaf === undefined) throw new Error("The answer holds no certificate.");
  return encodePem("CERTIFICATE", new Uint8Array(leaf.rawData));
}

/**
 * Connects with a certificate of its own and sends one message, until that is acknowledged.
 * @throws Error when the time is over
 */
export async function sendOnce(
  door: Door,
  device: Identity & { readonly deviceId: string },
  signal: AbortSignal,
): Promise<void> {
  const { deviceId, cert, key } = device;
  const client = connectTo(door, { cert, key }, { clientId: deviceId });
  const message = JSON.stringify({ ts: Date.now(), id: deviceId, values: { temperature: 21.5 } });
  await persist<void>({ client, who: deviceId, signal }, (resolve, trouble) => {
    client.once("connect", () => {
      client.publish(`qs/v1/d/${deviceId}/up/telemetry`, message, { qos: 1 }, (error) => {
        if (error == null) resolve();
        else trouble(error.message);
      });
    });
  });
}
