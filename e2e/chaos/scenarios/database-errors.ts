import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { disturbUnderLoad } from "#e2e/chaos/disturb-under-load.ts";
import {
  findingOf,
  randomMs,
  untilAcknowledging,
  type ChaosScenario,
} from "#e2e/chaos/scenario.ts";
import { startInstallation, type Installation } from "#server/testing/installation.ts";

/** Serialization failure, deadlock, lock and statement timeout, disk full, out of memory, shutdown. */
const sqlStates = ["40001", "40P01", "55P03", "57014", "53100", "53200", "57P01"] as const;

async function asOwner(place: Installation, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: place.ownerUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * Makes statements that write a table of the batch fail with a SQLSTATE, as the database itself
 * raises it, with a probability for each.
 */
async function armErrors(place: Installation): Promise<void> {
  await asOwner(
    place,
    `CREATE TABLE IF NOT EXISTS chaos_error (code text NOT NULL, share float8 NOT NULL);
     GRANT SELECT ON chaos_error TO quayside_ingest;
     CREATE OR REPLACE FUNCTION chaos_raise() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
     DECLARE failing text;
     BEGIN
       SELECT code INTO failing FROM chaos_error WHERE random() < share LIMIT 1;
       IF failing IS NOT NULL THEN RAISE EXCEPTION 'injected' USING ERRCODE = failing; END IF;
       RETURN NULL;
     END $$;
     DROP TRIGGER IF EXISTS chaos_raise ON ledger_minute;
     CREATE TRIGGER chaos_raise AFTER INSERT OR UPDATE ON ledger_minute
       FOR EACH STATEMENT EXECUTE FUNCTION chaos_raise();
     DROP TRIGGER IF EXISTS chaos_raise ON telemetry.reading;
     CREATE TRIGGER chaos_raise AFTER INSERT ON telemetry.reading
       FOR EACH STATEMENT EXECUTE FUNCTION chaos_raise();`,
  );
}

/** Errors that a database gives while it works: each must be tried again, none may lose or double. */
export const databaseErrors: ChaosScenario = {
  name: "database-errors",
  round: "a second in which statements of a batch fail with one SQLSTATE",
  rounds: 140,
  run: async ({ place, rounds, say }) => {
    await armErrors(place);
    const report = await disturbUnderLoad(place, {
      name: "sqlstate",
      rounds,
      pauseMs: [100, 300],
      disturb: async (site, round) => {
        const code = sqlStates[round % sqlStates.length];
        const share = round % 2 === 0 ? 1 : 0.3;
        await asOwner(place, `INSERT INTO chaos_error VALUES ('${code}', ${share})`);
        await sleep(randomMs(300, 1_000));
        await asOwner(place, "DELETE FROM chaos_error");
        await untilAcknowledging(site, 10_000);
      },
      say,
    });
    return findingOf(report);
  },
};

/** A small file system, or why there is none. */
function mountSmall(): string | { readonly folder: string; unmount(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-small-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=900m", "tmpfs", folder], {
    stdio: "ignore",
  });
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    return "a small file system cannot be mounted here (that takes root)";
  }
  return {
    folder,
    unmount: () => {
      spawnSync("umount", ["-l", folder], { stdio: "ignore" });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Takes the rest of the file system but for the bytes given. */
function fill(folder: string, leaveBytes: number): string {
  const file = path.join(folder, "filler");
  const { bavail, bsize } = statfsSync(folder);
  const chunk = Buffer.alloc(1_048_576);
  let left = bavail * bsize - leaveBytes;
  for (; left > 0; left -= chunk.length) {
    writeFileSync(file, left < chunk.length ? chunk.subarray(0, left) : chunk, { flag: "a" });
  }
  return file;
}

/**
 * The disk of the database is full: no acknowledgements until there is room again. PostgreSQL itself
 * may die of it, for it cannot write its log; it is then started again.
 */
export const diskFull: ChaosScenario = {
  name: "disk-full",
  round: "the database's file system filled under load, then freed",
  rounds: 5,
  run: async ({ rounds, say }) => {
    const small = mountSmall();
    if (typeof small === "string") return { problems: [`not tried: ${small}`], facts: {} };
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = small.folder;
    spawnSync("chmod", ["755", small.folder]);
    const place = await startInstallation().finally(() => {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    });
    let deaths = 0;
    try {
      const report = await disturbUnderLoad(place, {
        name: "full",
        rounds,
        logFolder: tmpdir(),
        disturb: async (site) => {
          const filler = fill(small.folder, 4 * 1_048_576);
          await sleep(6_000);
          rmSync(filler);
          if (await site.place.cluster.endsWithin(1_000)) {
            deaths += 1;
            await site.place.cluster.restart();
          }
          await untilAcknowledging(site, 60_000);
        },
        say,
      });
      return findingOf(report, { databaseDeaths: deaths });
    } finally {
      await place.stop();
      small.unmount();
    }
  },
};
