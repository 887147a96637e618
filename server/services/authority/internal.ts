import type { Tx } from "#server/db/client.ts";
import { writeAuthorities } from "#server/pki/record-authorities.ts";
import {
  SignerRefusal,
  SignerUnavailable,
  type AuthorityCommand,
  type AuthorityResult,
} from "#server/pki/signer-client.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { mayRaiseLimits } from "#server/services/listener-limit/internal.ts";

/** What waits for a passphrase, or for a token, besides the database. */
export const authorityTimeoutMs = 40_000;

/**
 * Whether the caller's organisation runs the installation: its CAs are all organisations'.
 */
export const runsAuthorities = mayRaiseLimits;

/** @throws ServiceError forbidden */
export async function requireOperator(
  tx: Tx,
  ctx: Pick<Context, "tenantId" | "actor">,
): Promise<void> {
  if (await runsAuthorities(tx, ctx)) return;
  throw new ServiceError(
    "forbidden",
    "The CAs belong to the whole installation: only the organisation that runs it may change them.",
    { remedy: "Ask the operator of the installation." },
  );
}

function refusal(error: unknown): unknown {
  if (error instanceof SignerRefusal) return new ServiceError("conflict", error.message);
  if (error instanceof SignerUnavailable) {
    return new ServiceError("unavailable", "The signer does not answer, so nothing was changed.", {
      remedy: "Try again in a moment. If it lasts, check that the signer process runs.",
    });
  }
  return error;
}

/**
 * Has the signer do it, and makes the table of CAs equal to what it says. Should the transaction
 * fail afterwards, the table is made equal again within the hour; the signer's log has it in any case.
 * @throws ServiceError conflict (a rule forbids it), unavailable (the signer is away)
 */
export async function manage(
  { ctx, tx }: { readonly ctx: Context; readonly tx: Tx },
  command: AuthorityCommand,
): Promise<AuthorityResult> {
  let result: AuthorityResult;
  try {
    result = await ctx.signer.manage(command);
  } catch (error) {
    throw refusal(error);
  }
  await writeAuthorities(tx, result.authorities, ctx.now());
  return result;
}

/** SHA-256 of the issuing CA that signs now. */
export function activeIssuing({ authorities }: AuthorityResult): string {
  return (
    authorities.find(({ kind, state }) => kind === "issuing" && state === "active")?.sha256 ?? ""
  );
}

/** How the audit trail names a CA. */
export function authorityTarget(sha256: string): string {
  return `authority:${sha256}`;
}
