import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** Code points of suites that today's OpenSSL does not build, RFC 8422 §6 and RFC 5246 App. A.5. */
export const handMadeSuites: Readonly<Record<string, number>> = {
  "ECDHE-ECDSA-RC4-SHA": 0xc007,
  "ECDHE-ECDSA-DES-CBC3-SHA": 0xc008,
  "ECDHE-RSA-RC4-SHA": 0xc011,
  "ECDHE-RSA-DES-CBC3-SHA": 0xc012,
  "RC4-SHA": 0x0005,
  "DES-CBC3-SHA": 0x000a,
};

function sized(bytes: 1 | 2 | 3, body: Buffer): Buffer {
  const size = Buffer.alloc(bytes);
  size.writeUIntBE(body.length, 0, bytes);
  return Buffer.concat([size, body]);
}

function extension(type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(type);
  return Buffer.concat([head, sized(2, body)]);
}

/** ClientHello of TLS 1.2 (RFC 5246 §7.4.1.2) that offers one suite, P-256 and P-384, and SHA-1 to SHA-512. */
function clientHello(suite: number): Buffer {
  const code = Buffer.alloc(2);
  code.writeUInt16BE(suite);
  const extensions = Buffer.concat([
    // supported_groups, ec_point_formats, signature_algorithms
    extension(10, sized(2, Buffer.from("00170018", "hex"))),
    extension(11, sized(1, Buffer.from("00", "hex"))),
    extension(13, sized(2, Buffer.from("0403050306030401050106010203" + "0201", "hex"))),
  ]);
  const body = Buffer.concat([
    Buffer.from("0303", "hex"),
    randomBytes(32),
    sized(1, Buffer.alloc(0)),
    sized(2, code),
    sized(1, Buffer.from("00", "hex")),
    sized(2, extensions),
  ]);
  const handshake = Buffer.concat([Buffer.from("01", "hex"), sized(3, body)]);
  return Buffer.concat([Buffer.from("160301", "hex"), sized(2, handshake)]);
}

const serverHello = 2;
const records = { alert: 0x15, handshake: 0x16 } as const;

/**
 * Offers one suite by hand and looks at the first record of the answer.
 * @returns whether the server goes on with it, and what it said
 * @throws Error when it does not answer
 */
export async function offerByHand(
  at: { readonly host: string; readonly port: number; readonly localAddress?: string | undefined },
  suite: number,
  timeoutMs: number,
): Promise<{ readonly isTaken: boolean; readonly detail: string }> {
  const socket = connect({ ...at, timeout: timeoutMs });
  try {
    socket.write(clientHello(suite));
    const answer = await firstBytes(socket);
    if (answer.length === 0) return { isTaken: false, detail: "closed without an alert" };
    if (answer[0] === records.alert) return { isTaken: false, detail: `alert ${answer[6] ?? "?"}` };
    const isTaken = answer[0] === records.handshake && answer[5] === serverHello;
    return { isTaken, detail: isTaken ? "ServerHello" : "an answer that is not TLS" };
  } finally {
    socket.destroy();
  }
}

/** @returns the head of the answer; empty when the peer closed */
function firstBytes(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      read = Buffer.concat([read, chunk]);
      if (read.length >= 7) resolve(read);
    });
    socket.once("end", () => resolve(read));
    socket.once("timeout", () => reject(new Error("no answer in time")));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNRESET") resolve(read);
      else reject(error);
    });
  });
}
