import "server-only";
import { consoleEnv } from "#server/web/environment.ts";

/** Where devices reach this installation: the host under which people reach it, the listeners' ports. */
export function deviceEndpoint(): {
  readonly host: string;
  readonly tlsPort: number;
  readonly plainPort: number;
} {
  const env = consoleEnv();
  return {
    host: new URL(env.PUBLIC_URL).hostname,
    tlsPort: env.MQTTS_PORT,
    plainPort: env.MQTT_PORT,
  };
}
