import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { generate } from "mqtt-packet";
import type { Measurement, Prepared, Scenario } from "#bench/harness.ts";
import { startBenchInstallation } from "#bench/installation.ts";
import { connectPacket } from "#bench/message.ts";
import { isProgram, startMosquitto } from "#bench/mosquitto.ts";
import { runLoad } from "#bench/processes.ts";
import { deviceCount, measureIngest } from "#bench/scenarios/ingest.ts";

const load = { window: 100, warmUpSeconds: 1, seconds: 4 };

/**
 * A subscriber (QoS 1) that acknowledges and does nothing else; it cuts packets itself, for a parser
 * would be slower than what is measured.
 */
async function nullSubscriber(
  port: number,
): Promise<{ readonly count: () => number; stop(): void }> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  socket.write(connectPacket({ id: "null" }));
  await once(socket, "data");
  socket.write(
    generate({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "#", qos: 1 }] }),
  );
  await once(socket, "data");
  let count = 0;
  let rest: Buffer = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const answers: number[] = [];
    let at = 0;
    for (;;) {
      const packet = cut(bytes, at);
      if (packet === undefined) break;
      if ((bytes[at] ?? 0) >> 4 === 3) {
        const topicLength = bytes.readUInt16BE(packet.body);
        const idAt = packet.body + 2 + topicLength;
        answers.push(0x40, 2, bytes[idAt] ?? 0, bytes[idAt + 1] ?? 0);
        count += 1;
      }
      at = packet.end;
    }
    rest = bytes.subarray(at);
    if (answers.length > 0) socket.write(Buffer.from(answers));
  });
  return { count: () => count, stop: () => socket.destroy() };
}

function cut(
  bytes: Buffer,
  at: number,
): { readonly body: number; readonly end: number } | undefined {
  let length = 0;
  for (let index = 1; index <= 4; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    length |= (byte & 0x7f) << (7 * (index - 1));
    if (byte < 0x80) {
      const body = at + index + 1;
      return body + length <= bytes.length ? { body, end: body + length } : undefined;
    }
  }
  return undefined;
}

async function measureNull(port: number): Promise<Measurement> {
  const subscriber = await nullSubscriber(port);
  const devices = Array.from({ length: deviceCount }, (_, index) => ({ id: `null-${index}` }));
  const running = runLoad({ port, devices, ...load });
  await sleep(load.warmUpSeconds * 1000 + 500);
  const before = subscriber.count();
  const startedAt = performance.now();
  await sleep((load.seconds - 1) * 1000);
  const value = (subscriber.count() - before) / ((performance.now() - startedAt) / 1000);
  await running;
  subscriber.stop();
  return { value };
}

async function prepare(say: (line: string) => void): Promise<Prepared> {
  const ours = await startBenchInstallation(deviceCount);
  const { cluster } = ours.installation;
  const isInstalled = isProgram("mosquitto");
  if (!isInstalled) say("the null subscriber is left out: mosquitto is not installed");
  const mosquitto = isInstalled ? await startMosquitto() : undefined;
  return {
    arms: [
      {
        name: "quayside",
        measure: () =>
          measureIngest({
            port: ours.worker.mqttPort,
            pids: [ours.worker.pid, cluster.pid],
            devices: ours.devices,
          }),
      },
      ...(mosquitto === undefined
        ? []
        : [{ name: "null subscriber", measure: () => measureNull(mosquitto.port) }]),
    ],
    stop: async () => {
      await mosquitto?.stop();
      await ours.stop();
    },
  };
}

/**
 * Reference for P3: what a subscriber of Mosquitto gets that does nothing with it. Beside it our own
 * listener, which stores. Ingest from an external broker itself does not exist yet.
 */
export const nullSubscriberReference: Scenario = {
  id: "P3",
  name: "reference for an external broker: our durable ingest beside a subscriber of Mosquitto that stores nothing",
  unit: "msg/s",
  prepare,
};
