import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

/** Each breaks one wall of server/README.md; a wall that nobody can break keeps nothing out. */
const violations: readonly (readonly [file: string, line: string])[] = [
  ["app/page.tsx", 'import { openDatabase } from "#server/db/client.ts";'],
  ["app/devices/page.tsx", 'import { startIngest } from "#server/ingest/start.ts";'],
  ["app/audit/page.tsx", 'import pg from "pg";'],
  ["components/device/card.tsx", 'import { listDevices } from "#server/services/device/list.ts";'],
  ["components/ui/button.tsx", 'import type { Role } from "#server/domain/roles.ts";'],
  ["server/services/device/make.ts", 'import { cookies } from "next/headers";'],
  ["server/services/device/save.ts", 'import { session } from "#server/web/session.ts";'],
  ["server/db/read.ts", 'import { startIngest } from "#server/ingest/start.ts";'],
  ["server/schema/decode.ts", 'import type { Tx } from "#server/db/client.ts";'],
  ["server/pipeline/stage.ts", 'import { startIngest } from "#server/ingest/start.ts";'],
  ["server/ingest/stage.ts", 'import { redirect } from "next/navigation";'],
  ["server/gateway/listen.ts", 'import { start } from "#server/main/start.ts";'],
  ["server/web/route.ts", 'import { startIngest } from "#server/ingest/start.ts";'],
  ["server/domain/rule.ts", 'import { randomUUID } from "node:crypto";'],
  ["server/domain/time.ts", "export const at = Date.now();"],
  ["server/services/device/schemas.ts", 'import { withTenant } from "#server/db/tenant.ts";'],
];

const allowed: readonly (readonly [file: string, line: string])[] = [
  ["app/devices/list.tsx", 'import { listDevices } from "#server/services/device/list.ts";'],
  ["components/device/row.tsx", 'import { roles } from "#server/domain/roles.ts";'],
  [
    "components/device/dto.tsx",
    'import type { DeviceList } from "#server/services/device/list.ts";',
  ],
  ["server/services/device/list.ts", 'import { withTenant } from "#server/db/tenant.ts";'],
];

let folder: string;
let reported: ReadonlySet<string>;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "quayside-walls-"));
  copyFileSync(path.join(root, ".oxlintrc.json"), path.join(folder, ".oxlintrc.json"));
  for (const [file, line] of [...violations, ...allowed]) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), `${line}\n`);
  }
  const { stdout } = spawnSync(path.join(root, "node_modules/.bin/oxlint"), ["-f", "json"], {
    cwd: folder,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout) as {
    readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
  };
  reported = new Set(
    diagnostics
      .filter(({ code }) => code.includes("no-restricted"))
      .map(({ filename }) => path.relative(folder, path.resolve(folder, filename))),
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(violations)("%s may not hold: %s", (file) => {
  expect(reported).toContain(file);
});

it.each(allowed)("%s may hold: %s", (file) => {
  expect(reported).not.toContain(file);
});
