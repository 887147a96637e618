import "server-only";
import { consoleEnv } from "#server/web/environment.ts";

/** Where devices reach this installation: the host under which people reach it, the listeners' ports. */
export function deviceEndpoint(): {
  readonly host: string;
  readonly tlsPort: number;
  readonly plainPort: number;
  readonly wsPort: number;
  readonly wssPort: number;
  /** HTTPS for devices. */
  readonly httpsPort: number;
  /** Whether the listeners without TLS take connections of other machines. */
  readonly plainPublic: boolean;
} {
  const env = consoleEnv();
  return {
    host: new URL(env.PUBLIC_URL).hostname,
    tlsPort: env.MQTTS_PORT,
    plainPort: env.MQTT_PORT,
    wsPort: env.MQTT_WS_PORT,
    wssPort: env.MQTT_WSS_PORT,
    httpsPort: env.DEVICE_HTTPS_PORT,
    plainPublic: env.MQTT_PLAIN_PUBLIC,
  };
}
