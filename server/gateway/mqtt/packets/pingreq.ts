import type { Connection } from "#server/gateway/mqtt/connection.ts";

/** [MQTT-3.12.4-1] */
export function handlePingreq(connection: Connection): boolean {
  connection.send({ cmd: "pingresp" });
  return true;
}
