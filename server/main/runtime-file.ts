import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { writePrivateFile } from "#server/main/secrets.ts";

const schema = z.object({
  ownerUrl: z.string(),
  appUrl: z.string(),
  ingestUrl: z.string(),
  publicUrl: z.string(),
  supervisorPid: z.number(),
  workers: z
    .array(z.object({ name: z.string(), pid: z.number().optional(), metricsPort: z.number() }))
    .default([]),
});

/** Where the running product is to be found; for the command line, mode 0600. */
export type Runtime = z.infer<typeof schema>;

const runtimeFile = (dataDir: string) => path.join(dataDir, "run", "runtime.json");

export function writeRuntime(dataDir: string, runtime: Runtime): void {
  writePrivateFile(runtimeFile(dataDir), `${JSON.stringify(runtime, null, 2)}\n`);
}

/** Undefined when the product has not been started on this DATA_DIR. */
export function readRuntime(dataDir: string): Runtime | undefined {
  const file = runtimeFile(dataDir);
  if (!existsSync(file)) return undefined;
  const result = schema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  return result.success ? result.data : undefined;
}
