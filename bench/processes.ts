import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadReport, LoadRequest } from "#bench/load.ts";

const here = import.meta.dirname;
/** What a load may take longer than it runs: to connect, and to wait for what is in flight. */
const graceMs = 90_000;
const usualPatienceMs = 600_000;

/** Starts one of our programs; it ends with this process. */
export function startProgram(
  file: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = spawn(process.execPath, [path.resolve(here, file), ...parameters], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const killWithParent = () => child.kill("SIGKILL");
  process.once("exit", killWithParent);
  child.once("exit", () => process.off("exit", killWithParent));
  return child;
}

/** What a program prints, line by line. */
export type Lines = {
  /**
   * The next line, as JSON.
   * @throws Error when the program ends before, or says nothing for so long
   */
  next(patienceMs?: number): Promise<unknown>;
};

/** Reads what the program prints from now on. */
export function linesOf(child: ChildProcess): Lines {
  if (child.stdout === null) throw new Error("The program's output is not read.");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    next: async (patienceMs = usualPatienceMs) => {
      const over = new AbortController();
      const late = sleep(patienceMs, undefined, { signal: over.signal }).then(() => {
        throw new Error(`The program said nothing for ${Math.round(patienceMs / 1000)} s.`);
      });
      try {
        const { done, value } = await Promise.race([lines.next(), late]);
        if (done === true) {
          throw new Error(`The program ended (${child.exitCode}) before it said anything.`);
        }
        return JSON.parse(value);
      } finally {
        over.abort();
      }
    },
  };
}

/** First line that the program prints, as JSON; see {@link Lines}. */
export async function firstLine(child: ChildProcess, patienceMs?: number): Promise<unknown> {
  return linesOf(child).next(patienceMs);
}

/** Ends the program and waits until it is gone. */
export async function stopProgram(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(timer);
}

/** Runs the load generator in a process of its own, so that it does not share our event loop. */
export async function runLoad(request: LoadRequest): Promise<LoadReport> {
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-load-"));
  const file = path.join(folder, "request.json");
  // Not in the arguments: there are keys in it, and certificates do not fit.
  writeFileSync(file, JSON.stringify(request), { mode: 0o600 });
  const child = startProgram("load.ts", [file]);
  try {
    const longestMs = (request.warmUpSeconds + request.seconds) * 1000 + graceMs;
    return (await firstLine(child, longestMs)) as LoadReport;
  } finally {
    await stopProgram(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Resident memory of a process in MiB, now or at its highest; NaN where there is no /proc. */
export function residentMiB(pid: number, which: "now" | "peak" = "now"): number {
  try {
    const field = which === "now" ? "VmRSS" : "VmHWM";
    const line = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(
      readFileSync(`/proc/${pid}/status`, "utf8"),
    );
    return Number(line?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** User and system time of the process, its threads and its children so far; undefined where there is no /proc. */
export function cpuSeconds(pid: number): number | undefined {
  try {
    return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + ownCpuSeconds(each), 0);
  } catch {
    return undefined;
  }
}

function statOf(pid: number | string): string[] {
  // The name in parentheses may hold spaces; what follows it does not.
  return readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
}

function ownCpuSeconds(pid: number): number {
  const stat = statOf(pid);
  // utime, stime, and those of children that have ended; in ticks of 10 ms.
  return stat.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        return Number(statOf(entry)[1]) === pid;
      } catch {
        // Ended while we looked.
        return false;
      }
    })
    .map(Number);
}
