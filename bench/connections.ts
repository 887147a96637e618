import { readFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls, createSecureContext, type SecureContext } from "node:tls";
import { generate } from "mqtt-packet";

/** One client of the program below. */
export type HeldClient = {
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  /** Index into {@link ConnectionsRequest.credentials}. */
  readonly credential?: number;
};

/** What the program is told, as JSON in the file that its argument names. */
export type ConnectionsRequest = {
  readonly port: number;
  readonly isTls: boolean;
  readonly ca?: string;
  readonly credentials: readonly { readonly key: string; readonly cert: string }[];
  readonly clients: readonly HeldClient[];
  /** Each client begins, and begins anew after its connection ended, at a random time within this. */
  readonly spreadMs: number;
};

/** Printed as a line four times a second. */
export type ConnectionsState = {
  /** CONNACK 0 received and still open. */
  readonly connected: number;
  readonly attempts: number;
  /** CONNACKs with another code. */
  readonly refused: number;
};

/*
 * Holds many connections open and opens them again when they end, as devices do: with a random
 * wait that grows after each failure. A process of its own, so that its memory and its event loop
 * are not those of what is measured.
 */

const request = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as ConnectionsRequest;
const contexts: readonly SecureContext[] = request.credentials.map(({ key, cert }) =>
  createSecureContext({ key, cert, ca: request.ca ?? [] }),
);
const anonymous = request.isTls ? createSecureContext({ ca: request.ca ?? [] }) : undefined;

let connected = 0;
let attempts = 0;
let refused = 0;

function open(client: HeldClient): Socket {
  const at = { port: request.port, host: "127.0.0.1" };
  if (!request.isTls) return connectTcp({ ...at, noDelay: true });
  const secureContext =
    client.credential === undefined ? anonymous : (contexts[client.credential] ?? anonymous);
  return connectTls({
    ...at,
    servername: "localhost",
    ...(secureContext === undefined ? {} : { secureContext }),
  });
}

function connectPacket({ clientId, username, password }: HeldClient): Buffer {
  return generate({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 4,
    clean: true,
    clientId,
    keepalive: 600,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: Buffer.from(password) }),
  });
}

/** One connection from its start to its end. @returns whether it was accepted */
function hold(client: HeldClient): Promise<boolean> {
  return new Promise((resolve) => {
    attempts += 1;
    let isAccepted = false;
    const socket = open(client);
    const patience = setTimeout(() => socket.destroy(), 20_000);
    socket.once(request.isTls ? "secureConnect" : "connect", () =>
      socket.write(connectPacket(client)),
    );
    socket.on("data", (bytes: Buffer) => {
      if (isAccepted || bytes[0] !== 0x20) return;
      clearTimeout(patience);
      if (bytes[3] !== 0) {
        refused += 1;
        socket.destroy();
        return;
      }
      isAccepted = true;
      connected += 1;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(patience);
      if (isAccepted) connected -= 1;
      resolve(isAccepted);
    });
  });
}

async function keep(client: HeldClient): Promise<never> {
  let failures = 0;
  for (;;) {
    const wait = failures === 0 ? request.spreadMs : Math.min(8_000, 1_000 * 2 ** failures);
    await sleep(Math.random() * wait);
    failures = (await hold(client)) ? 0 : failures + 1;
  }
}

if (import.meta.main) {
  setInterval(() => {
    const state: ConnectionsState = { connected, attempts, refused };
    console.log(JSON.stringify(state));
  }, 250);
  await Promise.all(request.clients.map((client) => keep(client)));
}
