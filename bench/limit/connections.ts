import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { createServer } from "node:tls";

/*
 * What a mutual TLS connection costs in Node when nothing is done with it: accepted, its CONNECT
 * answered, kept. Parameter: a JSON file with key, cert and ca.
 */

type ServerTls = { readonly key: string; readonly cert: string; readonly ca: string };

const sockets = new Set<Socket>();
const server = createServer(
  {
    ...(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as ServerTls),
    requestCert: true,
    rejectUnauthorized: true,
  },
  (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    socket.once("data", () => socket.write(Buffer.from([0x20, 2, 0, 0])));
  },
);
server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () => {
  const address = server.address();
  console.log(JSON.stringify({ port: typeof address === "object" ? address?.port : 0 }));
});
