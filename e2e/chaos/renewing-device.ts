import mqtt, { type MqttClient } from "mqtt";
import type { Door, Identity } from "#e2e/chaos/enrolling-device.ts";
import { renewalTopic } from "#server/domain/renewal-topics.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { encodePem } from "#server/pki/pem.ts";
import { makeRequest } from "#server/testing/certificate-requests.ts";

/** The first time; each time later, as the server lets a device ask six times and then every half minute. */
const askAgainMs = 2_000;
/** For so long a session is kept. */
const sessionSeconds = 3_600;

type Pending = { readonly csrPem: string; readonly key: string };

/**
 * A device that keeps its session and renews its certificate over MQTT when it is asked: it makes a new
 * key, sends a signing request until it is answered, connects with what it was given, and only then
 * forgets the old one.
 */
export class RenewingDevice {
  readonly deviceId: string;
  readonly #door: Door;
  #identity: Identity;
  #client: MqttClient | undefined;
  #pending: Pending | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Times it was asked while it had not renewed. */
  asked = 0;
  hasRenewed = false;

  constructor(door: Door, deviceId: string, identity: Identity) {
    this.#door = door;
    this.deviceId = deviceId;
    this.#identity = identity;
  }

  /** What it holds now. */
  get identity(): Identity {
    return this.#identity;
  }

  get sha256(): string {
    return describeCertificate(this.#identity.cert).sha256;
  }

  /** Connects, and stays. Resolves when it has subscribed. */
  async wake(): Promise<void> {
    const client = mqtt.connect(`mqtts://localhost:${this.#door.mqttsPort}`, {
      protocolVersion: 5,
      clientId: this.deviceId,
      clean: false,
      properties: { sessionExpiryInterval: sessionSeconds },
      ca: this.#door.rootPem,
      cert: this.#identity.cert,
      key: this.#identity.key,
      reconnectPeriod: 200,
      reconnectOnConnackError: true,
      connectTimeout: 10_000,
      resubscribe: false,
    });
    this.#client = client;
    // What goes wrong is tried again; the checks tell in the end.
    client.on("error", () => undefined);
    client.on("message", (topic, payload) => void this.#hear(topic, payload));
    await new Promise<void>((resolve) => {
      client.on("connect", () => {
        const filter = renewalTopic(this.deviceId, "ask").replace(/renew$/, "+");
        client.subscribe(filter, { qos: 1 }, (error) => {
          if (error !== null) return;
          resolve();
          if (this.#pending !== undefined) this.#send(this.#pending, askAgainMs);
        });
      });
    });
  }

  /** Goes away; its session is kept. */
  async sleep(): Promise<void> {
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    await client?.endAsync();
  }

  /** Away for good, without a word. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    await client?.endAsync(true);
  }

  async #hear(topic: string, payload: Buffer): Promise<void> {
    if (topic === renewalTopic(this.deviceId, "ask")) await this.#begin();
    if (topic === renewalTopic(this.deviceId, "issued")) await this.#take(payload);
  }

  /** A request that comes again, because its acknowledgement was lost, begins nothing new. */
  async #begin(): Promise<void> {
    if (this.#pending !== undefined || this.hasRenewed) return;
    this.asked += 1;
    const { csrPem, keys } = await makeRequest({ commonName: this.deviceId });
    const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
    this.#pending = { csrPem, key: encodePem("PRIVATE KEY", pkcs8) };
    this.#send(this.#pending, askAgainMs);
  }

  /** Until it is answered, also when the answer is that nobody signs at the moment. */
  #send(pending: Pending, againMs: number): void {
    if (this.#pending !== pending) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(pending, 2 * againMs), againMs);
    const client = this.#client;
    if (client?.connected !== true) return;
    client.publish(
      renewalTopic(this.deviceId, "request"),
      pending.csrPem,
      { qos: 1 },
      () => undefined,
    );
  }

  async #take(payload: Buffer): Promise<void> {
    const pending = this.#pending;
    if (pending === undefined) return;
    const said = JSON.parse(payload.toString()) as Readonly<Record<string, string>>;
    const { certificate = "", chain = "" } = said;
    this.#pending = undefined;
    await this.stop();
    this.#identity = { cert: certificate + chain, key: pending.key };
    this.hasRenewed = true;
    await this.wake();
  }
}
