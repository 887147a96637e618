import { randomInt, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import type { Database } from "#server/db/client.ts";
import { operatorTenant } from "#server/db/operator-tenant.ts";
import { withInstallation, withTenant } from "#server/db/tenant.ts";
import type { Env } from "#server/env.ts";
import { writePrivateFile } from "#server/main/secrets.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { ensureFirstAdmin } from "#server/services/auth/ensure-first-admin.ts";
import { hashPassword } from "#server/services/auth/password-hash.ts";
import { createTenant } from "#server/services/tenant/create.ts";

const organisation = "Northwind Water";
const email = "demo@northwind.example";
const person = "Demo Administrator";

const schema = z.object({ tenantId: z.uuid(), email: z.string(), password: z.string() });

/** The demo's organisation and how to sign in to it. */
export type DemoAccount = z.infer<typeof schema>;

const fileIn = (env: Pick<Env, "DATA_DIR">) => path.join(env.DATA_DIR, "demo.json");

/** What an earlier start made; undefined before the first demo. */
export function readDemoAccount(env: Pick<Env, "DATA_DIR">): DemoAccount | undefined {
  const file = fileIn(env);
  if (!existsSync(file)) return undefined;
  const parsed = schema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  return parsed.success ? parsed.data : undefined;
}

/** Four groups that can be read aloud: 20 characters of 30, 98 bits. */
function makePassword(): string {
  const letters = "abcdefghjkmnpqrstuvwxyz2345679";
  const group = () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join("");
  return [group(), group(), group(), group()].join("-");
}

/** On an installation that has people already, the demo is an organisation beside theirs. */
async function createBeside(db: Database, password: string): Promise<string> {
  const { tenantId } = await createTenant(db, { slug: "northwind-water", name: organisation });
  const passwordHash = await hashPassword(password);
  await withTenant({ db, tenantId }, async (tx) => {
    const user = await tx.user.create({
      data: { tenantId, email, name: person, role: "admin", passwordHash },
      select: { id: true },
    });
    await appendAudit(
      tx,
      {
        tenantId,
        actor: { type: "system", name: "demo" },
        requestId: randomUUID(),
        ip: undefined,
      },
      {
        action: "user.create",
        target: `user:${email}`,
        payload: { ...user, name: person, role: "admin" },
      },
    );
  });
  return tenantId;
}

/**
 * Sees to it that the demo's organisation and administrator exist; a second start changes nothing.
 * @returns how to sign in, to be printed: the password was made here and is kept under DATA_DIR
 */
export async function ensureDemoAccount(
  db: Database,
  env: Pick<Env, "DATA_DIR">,
): Promise<DemoAccount> {
  const known = readDemoAccount(env);
  if (known !== undefined) return known;
  const password = makePassword();
  const first = await ensureFirstAdmin(db, { email, password, name: person, organisation });
  const operator = first.created ? await withInstallation(db, operatorTenant) : undefined;
  const account: DemoAccount = {
    tenantId: operator ?? (await createBeside(db, password)),
    email,
    password,
  };
  writePrivateFile(fileIn(env), `${JSON.stringify(account, null, 2)}\n`);
  return account;
}
