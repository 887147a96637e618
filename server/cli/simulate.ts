// Loaded here and not by mqtt when it connects: by then Node 24 leaves tls half made (createSecureContext is
// missing) in a process that has issued a certificate before.
import "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import mqtt, { type MqttClient } from "mqtt";
import { renewWhenAsked, type RenewedBundle } from "#server/cli/renew-simulated.ts";
import {
  advanceSignal,
  isDroppedOut,
  payloadOf,
  recordOf,
  valuesOf,
  type Behaviour,
  type DeviceKind,
} from "#server/cli/signals.ts";

/** What a device needs to connect, as `device create` gives it. PEM throughout. */
export type DeviceBundle = {
  readonly deviceId: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** What the device trusts: the installation's CA certificates. */
  readonly caPem: string;
};

export type SimulatedDevice = DeviceBundle & {
  readonly kind: DeviceKind;
  readonly behaviour: Behaviour;
};

/** Counts since the start. */
export type SimulationCounts = {
  connected: number;
  sent: number;
  acknowledged: number;
  /** Acknowledged with a reason that is no success: kept as dead letter. */
  refused: number;
  /** Not sent because too many were waiting for their acknowledgement. */
  skipped: number;
  /** Last error of any device; empty when there was none. */
  lastError: string;
};

export type Simulation = { readonly counts: Readonly<SimulationCounts>; stop(): Promise<void> };

type Endpoint = { readonly host: string; readonly port: number };

const maximumInFlight = 100;
/** Devices connect one after another: a fleet that powers up at once is another test. */
const connectSpacingMs = 20;

/** Kept for whoever subscribes later: the device contract's `up/state`. */
function stateOf(online: boolean): string {
  return JSON.stringify({ online });
}

function openClient(device: DeviceBundle, endpoint: Endpoint): MqttClient {
  const client = mqtt.connect({
    protocol: "mqtts",
    host: endpoint.host,
    port: endpoint.port,
    protocolVersion: 5,
    clientId: device.deviceId,
    clean: false,
    properties: { sessionExpiryInterval: 3_600 },
    keepalive: 30,
    reconnectPeriod: 2_000,
    cert: device.certificatePem,
    key: device.privateKeyPem,
    ca: device.caPem,
    rejectUnauthorized: true,
    manualConnect: true,
    will: {
      topic: stateTopic(device),
      payload: Buffer.from(stateOf(false)),
      qos: 1,
      retain: true,
      // A link that is back within half a minute was never gone for anybody.
      properties: { willDelayInterval: 30 },
    },
  });
  client.on("connect", ({ sessionPresent }) => {
    client.publish(stateTopic(device), stateOf(true), { qos: 1, retain: true });
    if (!sessionPresent) client.subscribe(`qs/v1/d/${device.deviceId}/dn/#`, { qos: 1 });
  });
  return client;
}

function stateTopic({ deviceId }: DeviceBundle): string {
  return `qs/v1/d/${deviceId}/up/state`;
}

/** A device that leaves on purpose says so; its will is discarded with DISCONNECT. */
async function leave(client: MqttClient, device: DeviceBundle): Promise<void> {
  if (client.connected) {
    await Promise.race([
      client.publishAsync(stateTopic(device), stateOf(false), { qos: 1, retain: true }),
      sleep(1_000, undefined, { ref: false }),
    ]);
  }
  await client.endAsync(!client.connected);
}

function countConnections(
  client: MqttClient,
  { deviceId }: DeviceBundle,
  counts: SimulationCounts,
): void {
  client.on("connect", () => (counts.connected += 1));
  client.on("close", () => (counts.connected = Math.max(0, counts.connected - 1)));
  client.on("error", (error) => (counts.lastError = `${deviceId}: ${error.message}`));
}

/** One device: sends a message every `intervalMs`, with its own phase, and behaves. */
function runDevice(input: {
  readonly device: SimulatedDevice;
  readonly endpoint: Endpoint;
  readonly intervalMs: number;
  readonly counts: SimulationCounts;
  readonly random: () => number;
  readonly renewed: (bundle: RenewedBundle) => void;
  /** Hours before its start of which it has a record; 0 for none. */
  readonly recordedHours: number;
}): () => Promise<void> {
  const { device, endpoint, intervalMs, counts, random, renewed, recordedHours } = input;
  const client = openClient(device, endpoint);
  renewWhenAsked(client, device, { renewed, failed: (words) => (counts.lastError = words) });
  const topic = `qs/v1/d/${device.deviceId}/up/telemetry`;
  const recorded = recordOf(device.kind, { until: Date.now(), hours: recordedHours, random });
  let { state } = recorded;
  let [sequence, inFlight, away] = [0, 0, false];
  let kept: string[] = [...recorded.payloads];

  countConnections(client, device, counts);
  const publish = (payload: string): void => {
    inFlight += 1;
    counts.sent += 1;
    client.publish(topic, payload, { qos: 1 }, (error) => {
      inFlight -= 1;
      if (error === undefined || error === null) counts.acknowledged += 1;
      else counts.refused += 1;
    });
  };

  const tick = (): void => {
    state = advanceSignal(state, { seconds: intervalMs / 1000, random });
    const dropped = isDroppedOut(device.behaviour, state.elapsedSeconds);
    if (dropped !== away) {
      away = dropped;
      if (away) client.end(true);
      else client.reconnect();
    }
    if (inFlight + kept.length >= maximumInFlight) {
      counts.skipped += 1;
      return;
    }
    sequence += 1;
    const values = valuesOf(device.kind, state, device.behaviour);
    kept.push(payloadOf({ values, behaviour: device.behaviour, sequence, ts: Date.now() }));
    if (away) return;
    // Store and forward: what was measured without a connection comes first, with its own time.
    for (const payload of kept) publish(payload);
    kept = [];
  };

  client.connect();
  let timer: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    timer = setInterval(tick, intervalMs);
    tick();
  }, random() * intervalMs);
  return async () => {
    clearTimeout(first);
    clearInterval(timer);
    if (!away) await leave(client, device);
  };
}

/**
 * Connects the devices over mTLS (MQTT 5, QoS 1) and lets them send until stopped.
 * @param input.rate messages a second over all devices
 * @param input.random uniform in [0, 1)
 */
export function simulate(
  input: Endpoint & {
    readonly devices: readonly SimulatedDevice[];
    readonly rate: number;
    readonly random?: () => number;
    /** Told of the key and certificate of a device that was renewed. */
    readonly renewed?: (bundle: RenewedBundle) => void;
    /** Hours before the start of which each device has a record, which it sends first. */
    readonly recordedHours?: number;
  },
): Simulation {
  const counts: SimulationCounts = {
    connected: 0,
    sent: 0,
    acknowledged: 0,
    refused: 0,
    skipped: 0,
    lastError: "",
  };
  const intervalMs = (input.devices.length / input.rate) * 1000;
  const stops: (() => Promise<void>)[] = [];
  const starts = input.devices.map((device, index) =>
    setTimeout(() => {
      stops.push(
        runDevice({
          device,
          endpoint: input,
          intervalMs,
          counts,
          random: input.random ?? Math.random,
          renewed: input.renewed ?? (() => undefined),
          recordedHours: input.recordedHours ?? 0,
        }),
      );
    }, index * connectSpacingMs),
  );
  return {
    counts,
    stop: async () => {
      for (const start of starts) clearTimeout(start);
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}
