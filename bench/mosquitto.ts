import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stopProgram } from "#bench/processes.ts";
import { freePort } from "#server/db/embedded.ts";

/** Whether the machine has the program. */
export function isProgram(name: string): boolean {
  return spawnSync(name, ["--help"], { stdio: "ignore" }).error === undefined;
}

/** Starts Mosquitto for anybody on loopback, without its limits on what waits. */
export async function startMosquitto(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-mosquitto-"));
  const port = await freePort();
  const config = path.join(folder, "mosquitto.conf");
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\n`,
  );
  const broker = spawn("mosquitto", ["-c", config], { stdio: "ignore" });
  process.once("exit", () => broker.kill("SIGKILL"));
  await sleep(500);
  return {
    port,
    stop: async () => {
      await stopProgram(broker);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
