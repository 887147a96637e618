import { once } from "node:events";
import { connect } from "node:net";
import { generate } from "mqtt-packet";

/*
 * Sends QoS 0 as fast as the sockets take it, until told to end (SIGTERM), then prints how much. A
 * process of its own: it would starve every clock of the harness. Parameter: JSON.
 */

type FloodRequest = {
  readonly port: number;
  readonly devices: readonly { readonly id: string; readonly token: string }[];
};

const { port, devices } = JSON.parse(process.argv[2] ?? "") as FloodRequest;
let sent = 0;
let isRunning = true;

async function flood({ id, token }: FloodRequest["devices"][number]): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(
    generate({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: true,
      clientId: id,
      keepalive: 60,
      username: id,
      password: Buffer.from(token),
    }),
  );
  await once(socket, "data");
  const one = generate({
    cmd: "publish",
    topic: `qs/v1/d/${id}/up/telemetry`,
    payload: JSON.stringify({ flood: 1, filling: "x".repeat(200) }),
    qos: 0,
    dup: false,
    retain: false,
  });
  const many = Buffer.concat(Array.from({ length: 100 }, () => one));
  while (isRunning && !socket.destroyed) {
    const fits = socket.write(many);
    sent += 100;
    if (!fits) await Promise.race([once(socket, "drain"), once(socket, "close")]);
    else await new Promise((resolve) => setImmediate(resolve));
  }
  socket.destroy();
}

process.on("SIGTERM", () => {
  isRunning = false;
  console.log(JSON.stringify({ sent }));
  setTimeout(() => process.exit(0), 200);
});
console.log("{}");
await Promise.all(devices.map((device) => flood(device)));
