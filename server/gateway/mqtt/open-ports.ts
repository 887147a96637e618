import { createAdmission, type Arrival } from "#server/gateway/mqtt/admission.ts";
import type { MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import { openPort, type Endpoint, type OpenPort } from "#server/gateway/mqtt/open-port.ts";
import type { PskHandshakes } from "#server/gateway/mqtt/psk-handshake.ts";
import type { ListenerTls } from "#server/gateway/mqtt/tls-profile.ts";
import type { Transport } from "#server/pipeline/message.ts";

/** A port for each transport; 0 asks for any free one. */
export type PortNumbers = Readonly<Record<Transport, number>>;

/** The listening ports of a worker. */
export type OpenPorts = {
  /** As bound. */
  readonly numbers: PortNumbers;
  /** Network connections on all of them, also those that are not identified. */
  readonly connections: number;
  reloadTls(tls: ListenerTls): void;
  /** Takes no more connections; those there are go on. */
  close(): void;
  /** Cuts what is left. */
  destroy(): void;
};

export type PortOptions = {
  readonly ports: PortNumbers;
  readonly tls: ListenerTls;
  /** Where pre-shared keys are taken on the port for MQTT over TLS. */
  readonly psk?: PskHandshakes | undefined;
  /** Address of the listeners with TLS; all addresses of the machine unless given. */
  readonly host?: string | undefined;
  /** Whether the listeners without TLS leave loopback. */
  readonly plainPublic: boolean;
  /** Whether other workers on this machine listen on the same ports. */
  readonly areShared?: boolean;
};

const transports: readonly Transport[] = ["mqtts", "wss", "mqtt", "ws"];

/** The setting of each port. */
const variables: Readonly<Record<Transport, string>> = {
  mqtt: "MQTT_PORT",
  mqtts: "MQTTS_PORT",
  ws: "MQTT_WS_PORT",
  wss: "MQTT_WSS_PORT",
};

/** Where each transport listens. */
export function endpointsOf(options: Omit<PortOptions, "tls">): ReadonlyMap<Transport, Endpoint> {
  const { ports, plainPublic, host: everywhere = "0.0.0.0", areShared: isShared } = options;
  return new Map(
    transports.map((transport) => {
      const isSecure = transport === "mqtts" || transport === "wss";
      const host = isSecure || plainPublic ? everywhere : "127.0.0.1";
      const variable = variables[transport];
      return [transport, { host, port: ports[transport], variable, isShared }];
    }),
  );
}

/**
 * Opens the four ports. Connections are bounded in number and rate over all of them.
 * @throws Error that names the port, its setting and the remedy; then none stays open
 */
export async function openPorts(options: PortOptions, gateway: MqttGateway): Promise<OpenPorts> {
  const { tls, psk } = options;
  const opened = new Map<Transport, OpenPort>();
  const sum = (count: (port: OpenPort) => number): number =>
    [...opened.values()].reduce((total, port) => total + count(port), 0);
  const admission = createAdmission(gateway.bounds, () => gateway.now());
  const admit = (arrival: Omit<Arrival, "open">) =>
    admission({ ...arrival, open: sum(({ open }) => open) });
  const each = (act: (port: OpenPort) => void): void => {
    for (const port of opened.values()) act(port);
  };
  try {
    for (const [transport, endpoint] of endpointsOf(options)) {
      const isSecure = transport === "mqtts" || transport === "wss";
      const port = await openPort({
        gateway,
        admit,
        overWebSocket: transport === "ws" || transport === "wss",
        endpoint,
        ...(isSecure ? { tls } : {}),
        ...(transport === "mqtts" ? { psk } : {}),
      });
      opened.set(transport, port);
    }
  } catch (error) {
    each((port) => port.close());
    throw error;
  }
  const numberOf = (transport: Transport): number => opened.get(transport)?.port ?? 0;
  return {
    numbers: {
      mqtt: numberOf("mqtt"),
      mqtts: numberOf("mqtts"),
      ws: numberOf("ws"),
      wss: numberOf("wss"),
    },
    get connections() {
      return sum(({ connections }) => connections.size);
    },
    reloadTls: (next) => each((port) => port.reloadTls(next)),
    close: () => each((port) => port.close()),
    destroy: () => each((port) => port.destroy()),
  };
}
