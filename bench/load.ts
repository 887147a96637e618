import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { connectPacket, messageTemplate, writeMessage } from "#bench/message.ts";
import { percentile } from "#bench/statistics.ts";

/** Who sends: with a certificate over TLS, or with a token in the clear. */
export type LoadDevice = {
  readonly id: string;
  readonly token?: string;
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca: string };
};

/** What the generator is told, as JSON in the file that its first argument names. */
export type LoadRequest = {
  readonly port: number;
  readonly devices: readonly LoadDevice[];
  /** Messages in flight for each device; ignored when paced. */
  readonly window: number;
  /** Messages a second over all devices; absent: as many as are acknowledged. */
  readonly rate?: number;
  /**
   * With a rate that may be more than the server takes: a device whose socket or Receive Maximum is
   * full lets messages go by, as one with a full memory would. Also measures how long the rest takes afterwards.
   */
  readonly isOverload?: boolean;
  readonly warmUpSeconds: number;
  readonly seconds: number;
};

/** What it measured, as JSON on its standard output. */
export type LoadReport = {
  readonly acknowledged: number;
  /** Of an overload: messages that were due, and those that the sockets took. */
  readonly offered: number;
  readonly sent: number;
  /** Of an overload: from the last message sent to the last acknowledgement; Infinity beyond 30 s is null. */
  readonly recoverySeconds: number | null;
  readonly seconds: number;
  /** Publish to PUBACK, milliseconds. */
  readonly p50: number;
  readonly p99: number;
};

type Sample = { acknowledged: number; everAcknowledged: number; readonly latencies: number[] };

/** An overloaded device keeps no more than this in its own memory. */
const fullSocketBytes = 65_536;
/** What the listener grants; an MQTT 5 client sends no more before it has acknowledgements. */
const receiveMaximum = 1_000;

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
  #inFlight = 0;
  /** Called with the number of messages that were just acknowledged. */
  onAcknowledged: (count: number) => void = () => undefined;

  constructor(socket: Socket, deviceId: string, sample: Sample) {
    this.#socket = socket;
    this.#sample = sample;
    this.#template = messageTemplate(`qs/v1/d/${deviceId}/up/telemetry`);
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  /** Whether so many more would be too many for the socket or the Receive Maximum. */
  isFullFor(count: number): boolean {
    return this.#socket.writableLength > fullSocketBytes || this.#inFlight + count > receiveMaximum;
  }

  send(count: number): void {
    this.#inFlight += count;
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
        this.#sample.everAcknowledged += 1;
        if (this.#sample.latencies.length < maximumLatencies) {
          this.#sample.latencies.push(now - (this.#sentAt[bytes.readUInt16BE(at + 2)] ?? now));
        }
      }
      at += 2 + (bytes[at + 1] ?? 0);
    }
    this.#pending = bytes.subarray(at);
    this.#inFlight -= count;
    if (count > 0) this.onAcknowledged(count);
  }
}

async function openSocket(port: number, { tls }: LoadDevice): Promise<Socket> {
  if (tls === undefined) {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    return socket;
  }
  const socket = connectTls({ port, host: "127.0.0.1", servername: "localhost", ...tls });
  socket.setNoDelay(true);
  await once(socket, "secureConnect");
  return socket;
}

async function open(
  port: number,
  device: LoadDevice,
  sample: Sample,
): Promise<{ readonly connection: DeviceConnection; readonly socket: Socket }> {
  const socket = await openSocket(port, device);
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

/** What an overload offered so far. */
type Offer = { offered: number; sent: number };

/** Sends by the clock in small bursts; what does not fit into a socket is let go by. */
function sendMoreThanFits(
  connections: readonly DeviceConnection[],
  rate: number,
  offer: Offer,
): () => void {
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * rate - offer.offered;
    const each = Math.floor(due / connections.length);
    if (each < 1) return;
    for (const connection of connections) {
      offer.offered += each;
      if (connection.isFullFor(each)) continue;
      offer.sent += each;
      connection.send(each);
    }
  }, 2);
  return () => clearInterval(timer);
}

/** @returns seconds until everything that was sent is acknowledged; null when 30 did not suffice */
async function recover(sample: Sample, offer: Offer): Promise<number | null> {
  const startedAt = performance.now();
  while (sample.everAcknowledged < offer.sent) {
    if (performance.now() - startedAt > 30_000) return null;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return (performance.now() - startedAt) / 1000;
}

function startSending(
  connections: readonly DeviceConnection[],
  { rate, window, isOverload = false }: LoadRequest,
  offer: Offer,
): () => void {
  if (rate === undefined) return sendByWindow(connections, window);
  return isOverload ? sendMoreThanFits(connections, rate, offer) : sendByClock(connections, rate);
}

async function measure(request: LoadRequest): Promise<LoadReport> {
  const sample: Sample = { acknowledged: 0, everAcknowledged: 0, latencies: [] };
  const offer: Offer = { offered: 0, sent: 0 };
  const opened = await Promise.all(
    request.devices.map((device) => open(request.port, device, sample)),
  );
  const connections = opened.map(({ connection }) => connection);
  const stop = startSending(connections, request, offer);
  await new Promise((resolve) => setTimeout(resolve, request.warmUpSeconds * 1000));
  sample.acknowledged = 0;
  sample.latencies.length = 0;
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, request.seconds * 1000));
  const seconds = (performance.now() - startedAt) / 1000;
  const { acknowledged } = sample;
  const latencies = sample.latencies.slice();
  stop();
  const recoverySeconds = request.isOverload === true ? await recover(sample, offer) : null;
  // What is still in flight must not disturb the next measurement.
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const { socket } of opened) socket.destroy();
  return {
    acknowledged,
    ...offer,
    recoverySeconds,
    seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}

if (import.meta.main) {
  const report = await measure(
    JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as LoadRequest,
  );
  console.log(JSON.stringify(report));
  process.exit(0);
}
