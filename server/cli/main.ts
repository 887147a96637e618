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

process.exitCode = await runCommandLine(process.argv.slice(2), {
  readEnv,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  signal: stopSignal(),
});
