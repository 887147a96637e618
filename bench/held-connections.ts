import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionsRequest, ConnectionsState } from "#bench/connections.ts";
import { startProgram, stopProgram } from "#bench/processes.ts";

/** Clients that hold connections, in processes of their own. */
export type HeldConnections = {
  readonly state: ConnectionsState;
  /**
   * Waits until so many are connected.
   * @returns milliseconds from now; Infinity when it did not happen in time
   */
  until(connected: number, withinMs: number): Promise<number>;
  /** Waits until fewer are connected; false when that did not happen in time. */
  untilBelow(connected: number, withinMs: number): Promise<boolean>;
  stop(): Promise<void>;
};

/** Clients of one process: beyond that its own event loop becomes what is measured. */
const clientsPerProcess = 2_500;

function sum(states: readonly ConnectionsState[]): ConnectionsState {
  return states.reduce(
    (all, one) => ({
      connected: all.connected + one.connected,
      attempts: all.attempts + one.attempts,
      refused: all.refused + one.refused,
    }),
    { connected: 0, attempts: 0, refused: 0 },
  );
}

/** Starts the processes; they connect at once. */
export function holdConnections(request: ConnectionsRequest): HeldConnections {
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-connections-"));
  const children: ChildProcess[] = [];
  const states: ConnectionsState[] = [];
  for (let from = 0; from < request.clients.length; from += clientsPerProcess) {
    const index = children.length;
    const file = path.join(folder, `${index}.json`);
    const clients = request.clients.slice(from, from + clientsPerProcess);
    writeFileSync(file, JSON.stringify({ ...request, clients }), { mode: 0o600 });
    const child = startProgram("connections.ts", [file]);
    states[index] = { connected: 0, attempts: 0, refused: 0 };
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on("line", (line) => {
        states[index] = JSON.parse(line) as ConnectionsState;
      });
    }
    children.push(child);
  }
  return {
    get state() {
      return sum(states);
    },
    until: async (connected, withinMs) => {
      const startedAt = performance.now();
      while (performance.now() - startedAt < withinMs) {
        if (sum(states).connected >= connected) return performance.now() - startedAt;
        await sleep(50);
      }
      return Infinity;
    },
    untilBelow: async (connected, withinMs) => {
      for (let waited = 0; waited < withinMs; waited += 50) {
        if (sum(states).connected < connected) return true;
        await sleep(50);
      }
      return false;
    },
    stop: async () => {
      await Promise.all(children.map((child) => stopProgram(child)));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
