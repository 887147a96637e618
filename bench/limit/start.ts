import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestCluster } from "#server/testing/cluster.ts";
import { firstLine, startProgram, stopProgram } from "#bench/processes.ts";

/** Key, certificate and the CAs of the clients, as PEM. */
export type ServerTls = { readonly key: string; readonly cert: string; readonly ca: string };

/** A reference program that runs. */
export type RunningLimit = {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
};

/** Starts a program that takes its TLS from a file, which is its last parameter. */
export async function startReference(
  program: string,
  parameters: readonly string[],
  tls?: ServerTls,
): Promise<RunningLimit> {
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-limit-"));
  const file = path.join(folder, "tls.json");
  if (tls !== undefined) writeFileSync(file, JSON.stringify(tls), { mode: 0o600 });
  const child = startProgram(program, [...parameters, ...(tls === undefined ? [] : [file])]);
  const { port } = (await firstLine(child)) as { port: number };
  return {
    port,
    pid: child.pid ?? 0,
    stop: async () => {
      await stopProgram(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the reference of ingest on a database of its own in the same cluster. */
export async function startLimit(cluster: TestCluster, tls?: ServerTls): Promise<RunningLimit> {
  await cluster.query("CREATE DATABASE bench_limit");
  return startReference("limit/server.ts", [cluster.urlOf("bench_limit")], tls);
}
