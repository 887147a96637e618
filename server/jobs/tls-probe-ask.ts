import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { generate, parser, type Packet } from "mqtt-packet";
import { createWebSocketStream, WebSocket } from "ws";
import { probeDeviceId, type ProbeOutcome } from "#server/domain/tls-probe-plan.ts";

export type ProbeAnswer = { readonly outcome: ProbeOutcome; readonly detail: string };

/** Runs `work`, which ends the wait by `done` or `failed`; the time is bounded. */
function within<T>(
  timeoutMs: number,
  work: (done: (value: T) => void, failed: (error: Error) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer in time")), timeoutMs);
    const settle =
      <V>(end: (value: V) => void) =>
      (value: V) => {
        clearTimeout(timer);
        end(value);
      };
    work(settle(resolve), settle(reject));
  });
}

/** @throws Error when the upgrade fails */
export function overWebSocket(socket: TLSSocket, timeoutMs: number): Promise<Duplex> {
  return within(timeoutMs, (done, failed) => {
    const webSocket = new WebSocket("wss://localhost/mqtt", "mqtt", {
      createConnection: () => socket,
      perMessageDeflate: false,
    });
    webSocket.once("open", () => done(createWebSocketStream(webSocket)));
    webSocket.once("error", failed);
  });
}

/**
 * Sends CONNECT as the prober's device, without a user name, and looks at the CONNACK.
 * @throws Error when there is none
 */
export function askMqtt(stream: Duplex, timeoutMs: number): Promise<ProbeAnswer> {
  return within(timeoutMs, (done, failed) => {
    const reader = parser({ protocolVersion: 5 });
    let isAnswered = false;
    reader.on("packet", (packet: Packet) => {
      if (packet.cmd !== "connack") return;
      isAnswered = true;
      const code = packet.reasonCode ?? packet.returnCode ?? 0;
      const outcome = code === 0 ? "accepted" : "refused-registry";
      done({ outcome, detail: `CONNACK 0x${code.toString(16).padStart(2, "0")}` });
      if (code === 0) stream.write(generate({ cmd: "disconnect", reasonCode: 0 }, mqtt5));
    });
    reader.on("error", failed);
    stream.on("data", (chunk: Buffer) => reader.parse(chunk));
    stream.once("error", failed);
    stream.once("close", () => {
      if (!isAnswered) done({ outcome: "refused-registry", detail: "closed without a CONNACK" });
    });
    stream.write(
      generate({
        cmd: "connect",
        protocolId: "MQTT",
        protocolVersion: 5,
        clientId: probeDeviceId,
        clean: true,
        keepalive: 60,
      }),
    );
  });
}

const mqtt5 = { protocolVersion: 5 } as const;

/**
 * Asks EST to renew without sending a request: who may not is told so (401, 403), everybody else that
 * the body is none (RFC 7030 §4.2.3). Nothing is issued.
 * @throws Error when there is no answer
 */
export function askEst(socket: TLSSocket, timeoutMs: number): Promise<ProbeAnswer> {
  return within(timeoutMs, (done, failed) => {
    let answer = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      answer += chunk;
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1];
      if (status === undefined) return;
      const outcome = status === "401" || status === "403" ? "refused-registry" : "accepted";
      done({ outcome, detail: `HTTP ${status}` });
    });
    socket.once("error", failed);
    socket.once("close", () => failed(new Error("closed without an answer")));
    socket.write(
      "POST /.well-known/est/simplereenroll HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    );
  });
}
