import { runCommandLine } from "#server/cli/run-command-line.ts";
import { readEnv } from "#server/env.ts";

/** Ctrl-C and SIGTERM stop a command that runs on; a second one ends the process. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => stopping.abort());
  }
  return stopping.signal;
}

/** Standard input to its end; empty when it is longer than that. */
async function readInput(mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk as Buffer);
    length += bytes.length;
    if (length > mostBytes) return "";
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

process.exitCode = await runCommandLine(process.argv.slice(2), {
  readEnv,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  input: readInput,
  signal: stopSignal(),
});
