import { setTimeout as sleep } from "node:timers/promises";
import { serverEndings } from "#server/domain/judge-presence.ts";
import { disconnect } from "#server/gateway/mqtt/ending.ts";
import type { MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import type { OpenPorts } from "#server/gateway/mqtt/open-ports.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";

/** Publications of connected clients that are not settled. */
export function unsettled({ sessions }: Pick<MqttGateway, "sessions">): number {
  let waiting = 0;
  for (const { session } of sessions.all()) {
    if (session !== undefined) waiting += session.inbound.accepted - session.inbound.settled;
  }
  return waiting;
}

/**
 * Reads no more, settles what was read so that clients need not send it again elsewhere, tells them
 * (0x8B), and gives them time to go. Sessions are kept as their expiry says; wills are due, except
 * those with a delay, which a client that soon connects elsewhere takes back [MQTT-3.1.3-9].
 */
export async function leave(gateway: MqttGateway, ports: OpenPorts): Promise<void> {
  const { sessions, bounds } = gateway;
  const until = performance.now() + bounds.drainMs;
  ports.close();
  for (const connection of sessions.all()) connection.hold(hold.stop);
  const settledBy = until - bounds.drainMs / 3;
  while (unsettled(gateway) > 0 && performance.now() < settledBy) await sleep(10);
  const text = "The server is shutting down; connect again.";
  for (const connection of sessions.all()) {
    disconnect(connection, reasonCode.serverShuttingDown, {
      text,
      ending: { reason: serverEndings.stopped, will: "publish" },
    });
  }
  while (ports.connections > 0 && performance.now() < until) await sleep(10);
  ports.destroy();
}
