import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { refuseBroken } from "#server/gateway/mqtt/ending.ts";

/** §3.15, [MQTT-4.12.1-1]: CONNECT had no authentication method, or it would have been refused. */
export function handleAuth(connection: Connection): boolean {
  const problem = "AUTH came, and CONNECT had no authentication method.";
  refuseBroken(connection, "protocol-error", problem);
  return false;
}
