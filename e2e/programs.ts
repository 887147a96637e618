import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** How a program ended and what it said. */
export type Ended = { readonly status: number; readonly out: string; readonly err: string };

/** A folder in which programs that nobody here wrote are run. */
export type Bench = {
  readonly folder: string;
  /** Runs a program in the folder. */
  run(program: string, ...parameters: readonly string[]): Promise<Ended>;
  /** The same for a line of a shell, as it stands in the documentation. */
  shell(line: string): Promise<Ended>;
  write(name: string, text: string): void;
  read(name: string): string;
  remove(): void;
};

/** Whether all of these programs are installed. */
export function has(...programs: readonly string[]): boolean {
  return programs.every((program) => spawnSync(program, ["--help"]).error === undefined);
}

/** Makes an empty folder. */
export function openBench(): Bench {
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-bench-"));
  const run: Bench["run"] = (program, ...parameters) =>
    new Promise((resolve) => {
      const child = execFile(
        program,
        [...parameters],
        { cwd: folder, timeout: 30_000 },
        (error, out, err) => {
          resolve({ status: error === null ? 0 : Number(error.code ?? 1), out, err });
        },
      );
      child.stdin?.end();
    });
  return {
    folder,
    run,
    shell: (line) => run("bash", "-o", "pipefail", "-c", line),
    write: (name, text) => writeFileSync(path.join(folder, name), text),
    read: (name) => readFileSync(path.join(folder, name), "utf8"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
