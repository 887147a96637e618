import { hostname, networkInterfaces } from "node:os";
import type { Env } from "#server/env.ts";

/** Names and addresses under which devices may reach this machine, for the listener's certificate. */
export function serverHosts(env: Pick<Env, "PUBLIC_URL">): readonly string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
  const publicHost = new URL(env.PUBLIC_URL).hostname.replace(/^\[|\]$/g, "");
  const names = ["localhost", "127.0.0.1", hostname().toLowerCase(), publicHost];
  return [...new Set([...names, ...addresses])].filter((name) => name !== "");
}
