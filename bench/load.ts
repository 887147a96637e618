import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connectPacket, messageTemplate, writeMessage } from "#bench/message.ts";
import { percentile } from "#bench/statistics.ts";

/** What the generator is told, as JSON in its first argument. */
export type LoadRequest = {
  readonly port: number;
  readonly devices: readonly { readonly id: string; readonly token: string }[];
  /** Messages in flight for each device; ignored when paced. */
  readonly window: number;
  /** Messages a second over all devices; absent: as many as are acknowledged. */
  readonly rate?: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
};

/** What it measured, as JSON on its standard output. */
export type LoadReport = {
  readonly acknowledged: number;
  readonly seconds: number;
  /** Publish to PUBACK, milliseconds. */
  readonly p50: number;
  readonly p99: number;
};

type Sample = { acknowledged: number; readonly latencies: number[] };

/** Keeps memory bounded; latencies beyond it are counted but not remembered. */
const maximumLatencies = 2_000_000;

/** One device: sends, counts acknowledgements, and knows when each packet left. */
class DeviceConnection {
  readonly #socket: Socket;
  readonly #template;
  readonly #sentAt = new Float64Array(65_536);
  readonly #sample: Sample;
  #sequence = Math.floor(performance.timeOrigin) % 1_000_000_000;
  #pending: Buffer = Buffer.alloc(0);
  /** Called with the number of messages that were just acknowledged. */
  onAcknowledged: (count: number) => void = () => undefined;

  constructor(socket: Socket, deviceId: string, sample: Sample) {
    this.#socket = socket;
    this.#sample = sample;
    this.#template = messageTemplate(`qs/v1/d/${deviceId}/up/telemetry`);
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  send(count: number): void {
    const length = this.#template.bytes.length;
    const bytes = Buffer.allocUnsafe(length * count);
    const ts = Date.now();
    const sentAt = performance.now();
    for (let index = 0; index < count; index += 1) {
      this.#sequence += 1;
      writeMessage(bytes, index * length, {
        template: this.#template,
        sequence: this.#sequence,
        ts,
      });
      this.#sentAt[(this.#sequence % 65_535) + 1] = sentAt;
    }
    this.#socket.write(bytes);
  }

  #read(chunk: Buffer): void {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const now = performance.now();
    let at = 0;
    let count = 0;
    // Whatever the server sends here has a remaining length of one byte.
    while (at + 2 <= bytes.length && at + 2 + (bytes[at + 1] ?? 0) <= bytes.length) {
      if ((bytes[at] ?? 0) >> 4 === 4) {
        count += 1;
        this.#sample.acknowledged += 1;
        if (this.#sample.latencies.length < maximumLatencies) {
          this.#sample.latencies.push(now - (this.#sentAt[bytes.readUInt16BE(at + 2)] ?? now));
        }
      }
      at += 2 + (bytes[at + 1] ?? 0);
    }
    this.#pending = bytes.subarray(at);
    if (count > 0) this.onAcknowledged(count);
  }
}

async function open(
  port: number,
  device: { readonly id: string; readonly token: string },
  sample: Sample,
): Promise<{ readonly connection: DeviceConnection; readonly socket: Socket }> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  socket.write(connectPacket(device));
  const [answer] = (await once(socket, "data")) as [Buffer];
  if (answer[0] !== 0x20 || answer[3] !== 0) {
    throw new Error(`The connection of ${device.id} was refused (CONNACK ${answer[3]}).`);
  }
  socket.on("error", (error) => {
    throw error;
  });
  return { connection: new DeviceConnection(socket, device.id, sample), socket };
}

/** Keeps every window full. */
function sendByWindow(connections: readonly DeviceConnection[], window: number): () => void {
  let running = true;
  for (const connection of connections) {
    connection.onAcknowledged = (count) => {
      if (running) connection.send(count);
    };
    connection.send(window);
  }
  return () => {
    running = false;
  };
}

/** Sends by the clock, whether or not anything was acknowledged (open loop). */
function sendByClock(connections: readonly DeviceConnection[], rate: number): () => void {
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * rate);
    for (; sent < due; sent += 1) connections[sent % connections.length]?.send(1);
  }, 1);
  return () => clearInterval(timer);
}

async function measure(request: LoadRequest): Promise<LoadReport> {
  const sample: Sample = { acknowledged: 0, latencies: [] };
  const opened = await Promise.all(
    request.devices.map((device) => open(request.port, device, sample)),
  );
  const connections = opened.map(({ connection }) => connection);
  const stop =
    request.rate === undefined
      ? sendByWindow(connections, request.window)
      : sendByClock(connections, request.rate);
  await new Promise((resolve) => setTimeout(resolve, request.warmUpSeconds * 1000));
  sample.acknowledged = 0;
  sample.latencies.length = 0;
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, request.seconds * 1000));
  const seconds = (performance.now() - startedAt) / 1000;
  const { acknowledged } = sample;
  const latencies = sample.latencies.slice();
  stop();
  // What is still in flight must not disturb the next measurement.
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const { socket } of opened) socket.destroy();
  return {
    acknowledged,
    seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

if (import.meta.main) {
  const report = await measure(JSON.parse(process.argv[2] ?? "") as LoadRequest);
  console.log(JSON.stringify(report));
  process.exit(0);
}
