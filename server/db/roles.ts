import pg from "pg";

/** Passwords of the two roles under which the processes work. */
export type RolePasswords = { readonly app: string; readonly ingest: string };

/** Connection URLs of the two roles, made from the owner's. */
export type RoleUrls = { readonly appUrl: string; readonly ingestUrl: string };

/** Neither role owns a table or bypasses row-level security. */
const roles = { app: "quayside_app", ingest: "quayside_ingest" } as const;

function urlFor(ownerUrl: string, user: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = user;
  url.password = encodeURIComponent(password);
  return url.toString();
}

/**
 * Creates the roles or sets their passwords. The owner needs CREATEROLE, not superuser.
 * @returns the URLs under which console and worker connect
 */
export async function ensureRoles(
  client: pg.Client,
  ownerUrl: string,
  passwords: RolePasswords,
): Promise<RoleUrls> {
  for (const key of ["app", "ingest"] as const) {
    const known = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [roles[key]]);
    const verb = known.rowCount === 0 ? "CREATE" : "ALTER";
    await client.query(
      `${verb} ROLE ${roles[key]} LOGIN PASSWORD ${pg.escapeLiteral(passwords[key])}`,
    );
  }
  return {
    appUrl: urlFor(ownerUrl, roles.app, passwords.app),
    ingestUrl: urlFor(ownerUrl, roles.ingest, passwords.ingest),
  };
}
