import { InvalidEnvironment, readEnv } from "#server/env.ts";
import { runWorker, type RunningWorker } from "#server/main/run-worker.ts";

/** The supervisor waits 12 s before it kills; what is not acknowledged by then was never promised. */
const stopWithinMs = 9500;

function explain(error: unknown): string {
  if (error instanceof InvalidEnvironment) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function endWith(worker: RunningWorker): () => void {
  return () => {
    const timer = setTimeout(() => {
      worker.log.warn({ event: "worker.stop_forced" });
      process.exit(1);
    }, stopWithinMs);
    timer.unref();
    void worker.stop().then(() => process.exit(0));
  };
}

try {
  const worker = await runWorker(readEnv());
  const end = endWith(worker);
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  // The supervisor is gone.
  process.once("disconnect", end);
  process.send?.({ ready: true });
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}
