import { fstatSync } from "node:fs";
import { InvalidEnvironment, readEnv } from "#server/env.ts";
import { startSigner } from "#server/main/signer-process.ts";
import { AuthorityUnusable } from "#server/pki/authority-files.ts";
import { SocketInUse } from "#server/pki/claim-socket.ts";

/** Whether whoever started this process holds its standard input open for as long as it lives. */
function hasParentPipe(): boolean {
  try {
    const input = fstatSync(0);
    return input.isFIFO() || input.isSocket();
  } catch {
    // Closed from the beginning: nobody watches by it.
    return false;
  }
}

/** Calls back once: told to stop, or the parent is gone. */
function onEnd(end: () => void): void {
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  process.once("disconnect", end);
  if (process.send === undefined && hasParentPipe()) {
    process.stdin.once("end", end);
    process.stdin.once("error", end);
    process.stdin.resume();
  }
}

function explain(error: unknown): string {
  const expected =
    error instanceof AuthorityUnusable ||
    error instanceof SocketInUse ||
    error instanceof InvalidEnvironment;
  if (expected) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  const signer = await startSigner(readEnv());
  onEnd(() => {
    void signer.stop().finally(() => process.exit(0));
  });
  process.send?.({ ready: true });
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}
