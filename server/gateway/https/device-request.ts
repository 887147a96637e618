import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { Credential } from "#server/gateway/identify/identify.ts";
import { presentedBy } from "#server/gateway/identify/presented.ts";
import { addressOf } from "#server/gateway/tcp-socket.ts";

/** A request of a device. */
export type DeviceRequest = {
  readonly method: string;
  /** As sent, without the query; not decoded. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Address without a port. */
  readonly remote: string;
  /** The client certificate of the TLS connection, if any. */
  readonly certificate: Extract<Credential, { readonly kind: "certificate" | "no-certificate" }>;
  /**
   * The whole body.
   * @throws BodyTooLarge, BodyBroken
   */
  body(maxBytes: number): Promise<Buffer>;
};

/** More bytes came, or were announced, than are taken. */
export class BodyTooLarge extends Error {
  readonly maxBytes: number;
  constructor(maxBytes: number) {
    super(`The body is longer than ${maxBytes} bytes.`);
    this.maxBytes = maxBytes;
  }
}

/** The peer went away, or was too slow, before the body was whole. */
export class BodyBroken extends Error {}

/** @throws Error when the client's certificate cannot be read */
export function deviceRequest(request: IncomingMessage): DeviceRequest {
  const { socket, method = "GET", url = "/", headers } = request;
  const certificate = socket instanceof TLSSocket ? presentedBy(socket) : undefined;
  const [path = "/"] = url.split("?", 1);
  return {
    method,
    path,
    headers,
    remote: addressOf(socket),
    certificate: certificate?.kind === "certificate" ? certificate : { kind: "no-certificate" },
    body: (maxBytes) => readBody(request, maxBytes),
  };
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw new BodyTooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new BodyTooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof BodyTooLarge) throw error;
    throw new BodyBroken("The body ended too early.", { cause: error });
  }
  return Buffer.concat(chunks);
}
