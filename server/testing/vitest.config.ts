import { availableParallelism } from "node:os";
import path from "node:path";
import { defineConfig } from "vitest/config";

const root = path.resolve(import.meta.dirname, "../..");
const outside = ["**/node_modules/**", "**/.next/**", "**/.data/**"];

/**
 * unit: pure, no database. db: real PostgreSQL, a clone of one migrated template for each file.
 * fault: processes killed under load, minutes long.
 * Files of the first two share the modules that a worker has loaded, which took most of their time.
 */
export default defineConfig({
  root,
  test: {
    // Vitest leaves one core free; files here mostly wait, for a database or for a time to pass.
    maxWorkers: Math.max(availableParallelism(), 3),
    projects: [
      {
        root,
        test: {
          name: "unit",
          include: ["{app,bench,components,e2e,server}/**/*.test.{ts,tsx}"],
          exclude: [...outside, "**/*.db.test.ts", "**/*.fault.test.ts"],
          testTimeout: 20_000,
          isolate: false,
        },
      },
      {
        root,
        test: {
          name: "db",
          include: ["{bench,e2e,server}/**/*.db.test.ts"],
          exclude: outside,
          setupFiles: [path.join(import.meta.dirname, "load-first.ts")],
          globalSetup: [path.join(import.meta.dirname, "template-database.ts")],
          isolate: false,
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          name: "fault",
          include: ["e2e/**/*.fault.test.ts"],
          exclude: outside,
          // Each has processes of its own, and waits for most of its time.
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
