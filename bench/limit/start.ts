import type { TestCluster } from "#server/testing/cluster.ts";
import { firstLine, startProgram, stopProgram } from "#bench/processes.ts";

/** Starts the reference program on a database of its own in the same cluster. */
export async function startLimit(
  cluster: TestCluster,
): Promise<{ readonly port: number; readonly pid: number; stop(): Promise<void> }> {
  await cluster.query("CREATE DATABASE bench_limit");
  const child = startProgram("limit/server.ts", [cluster.urlOf("bench_limit")]);
  const { port } = (await firstLine(child)) as { port: number };
  return { port, pid: child.pid ?? 0, stop: () => stopProgram(child) };
}
