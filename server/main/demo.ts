import { runDemo } from "#server/cli/demo.ts";
import { readEnv } from "#server/env.ts";

try {
  const demo = await runDemo(readEnv());
  const end = (): void => void demo.stop().finally(() => process.exit(0));
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  process.once("disconnect", end);
  process.send?.({ ready: true });
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}
