import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { Ajv } from "ajv";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { messageSchema, metrics } from "#bench/message.ts";

/*
 * The physics and nothing else: socket, MQTT framing, JSON.parse, compiled schema, COPY binary,
 * COMMIT, PUBACK. No identity, no authorisation, no deduplication, no ledger, no index: what it
 * stores has the layout of telemetry.reading. It is the measure of our own worker, not a product.
 * parameters: database URL and, for mutual TLS, a JSON file with key, cert and ca.
 */

type Row = {
  readonly socket: Socket;
  readonly packetId: number;
  readonly ts: number;
  readonly values: readonly number[];
};

const names = Object.keys(metrics);
const fits = new Ajv().compile<Record<string, number>>(messageSchema);
const postgresEpoch = Date.UTC(2000, 0, 1);
const header = Buffer.from("5047434f50590aff0d0a000000000000000000", "hex");
const rowBytes = 2 + 12 + 12 + 12 + 12 + 8 + 6 + 4 + 20 + names.length * 12;
const batchRows = 2_000;
const buffer = Buffer.alloc(header.length + batchRows * rowBytes + 2);
header.copy(buffer);

let key = 0n;

function writeRow(row: Row, start: number): number {
  let at = buffer.writeInt16BE(7, start);
  const int8 = (value: bigint) => {
    at = buffer.writeInt32BE(8, at);
    at = buffer.writeBigInt64BE(value, at);
  };
  key += 1n;
  int8(1n);
  int8(BigInt(row.ts - postgresEpoch) * 1000n);
  int8(key);
  int8(BigInt(Date.now() - postgresEpoch) * 1000n);
  at = buffer.writeInt32BE(4, at);
  at = buffer.writeInt32BE(1, at);
  at = buffer.writeInt32BE(2, at);
  at = buffer.writeInt16BE(0, at);
  at = buffer.writeInt32BE(20 + row.values.length * 12, at);
  // One dimension, no nulls, element type float8 (701), length, lower bound 1.
  for (const word of [1, 0, 701, row.values.length, 1]) at = buffer.writeInt32BE(word, at);
  for (const value of row.values) {
    at = buffer.writeInt32BE(8, at);
    at = buffer.writeDoubleBE(value, at);
  }
  return at;
}

let waiting: Row[] = [];
let writing = false;

async function copy(client: pg.Client, rows: readonly Row[]): Promise<void> {
  let at = header.length;
  for (const row of rows) at = writeRow(row, at);
  at = buffer.writeInt16BE(-1, at);
  const stream = client.query(copyFrom("COPY limit_reading FROM STDIN (FORMAT binary)"));
  await new Promise<void>((resolve, reject) => {
    stream.once("error", reject);
    stream.once("finish", resolve);
    stream.end(buffer.subarray(0, at));
  });
}

function acknowledge(rows: readonly Row[]): void {
  const counts = new Map<Socket, number[]>();
  for (const row of rows) {
    const ids = counts.get(row.socket);
    if (ids === undefined) counts.set(row.socket, [row.packetId]);
    else ids.push(row.packetId);
  }
  for (const [socket, ids] of counts) {
    const answer = Buffer.allocUnsafe(ids.length * 4);
    ids.forEach((id, index) => answer.writeUInt32BE((0x4002_0000 | id) >>> 0, index * 4));
    if (!socket.destroyed) socket.write(answer);
  }
}

async function flush(client: pg.Client): Promise<void> {
  if (writing) return;
  writing = true;
  while (waiting.length > 0) {
    const rows = waiting.slice(0, batchRows);
    waiting = waiting.slice(batchRows);
    await copy(client, rows);
    acknowledge(rows);
  }
  writing = false;
}

function take(socket: Socket, packet: Buffer): void {
  const topicLength = packet.readUInt16BE(0);
  const packetId = packet.readUInt16BE(2 + topicLength);
  const message = JSON.parse(packet.toString("utf8", 4 + topicLength)) as {
    readonly ts: number;
    readonly values: Record<string, number>;
  };
  const { values } = message;
  if (!fits(values)) throw new Error("A benchmark message does not fit its schema.");
  waiting.push({
    socket,
    packetId,
    ts: message.ts,
    values: names.map((name) => values[name] ?? 0),
  });
}

/** Cuts the stream into packets; returns what is not complete yet. */
function frame(socket: Socket, bytes: Buffer): Buffer {
  let at = 0;
  for (;;) {
    let length = 0;
    let shift = 0;
    let body = at + 1;
    while (body < bytes.length && (bytes[body] ?? 0) >= 0x80) {
      length |= ((bytes[body] ?? 0) & 0x7f) << shift;
      shift += 7;
      body += 1;
    }
    if (body >= bytes.length) return bytes.subarray(at);
    length |= (bytes[body] ?? 0) << shift;
    body += 1;
    if (body + length > bytes.length) return bytes.subarray(at);
    const type = (bytes[at] ?? 0) >> 4;
    if (type === 3) take(socket, bytes.subarray(body, body + length));
    if (type === 1) socket.write(Buffer.from([0x20, 2, 0, 0]));
    at = body + length;
  }
}

const client = new pg.Client({ connectionString: process.argv[2] ?? "" });
await client.connect();
await client.query(
  `CREATE TABLE IF NOT EXISTS limit_reading (device_key bigint NOT NULL, ts timestamptz NOT NULL,
     message_key bigint NOT NULL, received_at timestamptz NOT NULL, schema_id integer NOT NULL,
     flags smallint NOT NULL, "values" double precision[] NOT NULL)`,
);
function serve(socket: Socket): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    rest = frame(socket, rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
    void flush(client);
  });
}

type ServerTls = { readonly key: string; readonly cert: string; readonly ca: string };

const tlsFile = process.argv[3];
const server =
  tlsFile === undefined
    ? createServer({ noDelay: true }, serve)
    : createTlsServer(
        {
          ...(JSON.parse(readFileSync(tlsFile, "utf8")) as ServerTls),
          requestCert: true,
          rejectUnauthorized: true,
          noDelay: true,
        },
        serve,
      );
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(JSON.stringify({ port: typeof address === "object" ? address?.port : 0 }));
});
