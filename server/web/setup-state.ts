import "server-only";
import { needsSetup } from "#server/services/auth/issue-setup-token.ts";
import { consoleDatabase } from "#server/web/database.ts";

/** Whether the first administrator is still to come. */
export async function setupIsOpen(): Promise<boolean> {
  return needsSetup(consoleDatabase());
}
