import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EmbeddedPostgresError, startEmbeddedPostgres } from "#server/db/embedded.ts";

describe("the embedded PostgreSQL", { timeout: 60_000 }, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "embedded-"));
    chmodSync(folder, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("keeps its promise about the disk, and its data over a restart", async () => {
    const dir = path.join(folder, "pg");
    const first = await startEmbeddedPostgres({ dir, password: "p" });
    const client = new pg.Client({ connectionString: first.url });
    await client.connect();
    const fsync = await client.query(
      "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS sync",
    );
    await client.query("CREATE TABLE kept AS SELECT 1 AS one");
    await client.end();
    await first.stop();

    const second = await startEmbeddedPostgres({ dir, password: "p" });
    const again = new pg.Client({ connectionString: second.url });
    await again.connect();
    const kept = await again.query("SELECT one FROM kept");
    await again.end();
    await second.stop();

    expect(fsync.rows).toEqual([{ fsync: "on", sync: "on" }]);
    expect(kept.rows).toEqual([{ one: 1 }]);
  });

  it("takes over from a server that a killed start left behind", async () => {
    const dir = path.join(folder, "pg");
    const left = await startEmbeddedPostgres({ dir, password: "p" });

    const next = await startEmbeddedPostgres({ dir, password: "p" });

    expect(left.process.exitCode ?? left.process.signalCode).not.toBeNull();
    expect(next.process.exitCode).toBeNull();
    await next.stop();
  });

  it("names the folder and the remedy when the data is damaged", async () => {
    const dir = path.join(folder, "pg");
    const server = await startEmbeddedPostgres({ dir, password: "p" });
    await server.stop();
    truncateSync(path.join(dir, "global", "pg_control"), 100);

    const start = startEmbeddedPostgres({ dir, password: "p" });

    await expect(start).rejects.toThrow(EmbeddedPostgresError);
    await expect(start).rejects.toThrow(new RegExp(`${dir}.*restore a backup`));
  });

  it.runIf(process.getuid?.() === 0)("says which folder the server may not enter", async () => {
    const closed = path.join(folder, "closed");
    mkdirSync(closed, { mode: 0o700 });

    const start = startEmbeddedPostgres({ dir: path.join(closed, "pg"), password: "p" });

    await expect(start).rejects.toThrow(/cannot enter .*closed.*chmod o\+x/);
  });
});
