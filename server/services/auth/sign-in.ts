import { randomUUID } from "node:crypto";
import type { Database, Tx } from "#server/db/client.ts";
import { operatorTenant } from "#server/db/operator-tenant.ts";
import { withInstallation, withPresented, withTenant } from "#server/db/tenant.ts";
import { networkPrefix } from "#server/domain/network-prefix.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { dummyHash, verifyPassword } from "#server/services/auth/password-hash.ts";
import { signInInput } from "#server/services/auth/schemas.ts";
import { admitSignIn, forgiveSignIn } from "#server/services/auth/throttle.ts";
import { ServiceError } from "#server/services/errors.ts";
import { insertSession } from "#server/services/session/create.ts";
import { endSession } from "#server/services/session/end.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

/** Where a sign-in comes from. */
export type SignInFacts = {
  readonly db: Database;
  readonly requestId: string;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  readonly now: () => Date;
  /** Session id that the browser still carries: it ends. */
  readonly replaces?: string;
};

/** The text of a new session's id, for the cookie. */
export type SignedIn = { readonly sid: string; readonly absoluteAt: Date };

type Candidate = {
  readonly tenantId: string;
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly disabledAt: Date | null;
};

const familiarDays = 90;

/**
 * Signs a person in with e-mail and password, always under a new session id. Unknown, disabled and
 * wrong are told and timed alike.
 * @throws ServiceError unauthenticated, rate_limited, unavailable
 */
export async function signIn(facts: SignInFacts, raw: unknown): Promise<SignedIn> {
  const parsed = signInInput.safeParse(raw);
  if (!parsed.success) throw wrong();
  const { email, password } = parsed.data;
  return translateDatabaseError(async () => {
    const candidate = await findCandidate(facts.db, email);
    // Asked in every case, so that a known account takes no less time.
    const operator = await withInstallation(facts.db, operatorTenant);
    const home = candidate?.tenantId ?? operator;
    const familiar = await knowsNetwork(facts, candidate, home);
    const attempt = { email, ip: facts.ip, familiar };
    await admitSignIn(facts.db, attempt, facts.now());
    const right = await verifyPassword(password, candidate?.passwordHash ?? dummyHash);
    if (candidate === undefined || !right || candidate.disabledAt !== null) {
      await recordFailure(facts, candidate, home, right);
      throw wrong();
    }
    const session = await startSession(facts, candidate);
    await forgiveSignIn(facts.db, attempt, facts.now());
    if (facts.replaces !== undefined) {
      const end = { ...facts, sid: facts.replaces, reason: "signed in anew" as const };
      await endSession(facts.db, { ...end, now: facts.now() });
    }
    return session;
  });
}

function wrong(): ServiceError {
  return new ServiceError("unauthenticated", "E-mail or password is wrong.", {
    remedy: "Try again, or ask an administrator for a link to choose a new password.",
  });
}

async function findCandidate(db: Database, email: string): Promise<Candidate | undefined> {
  const user = await withPresented(db, { kind: "email", value: email }, (tx) =>
    tx.user.findUnique({
      where: { email },
      select: { tenantId: true, id: true, email: true, passwordHash: true, disabledAt: true },
    }),
  );
  return user ?? undefined;
}

/** Asked for unknown accounts too, so that it takes as long. */
async function knowsNetwork(
  { db, ip, now }: SignInFacts,
  candidate: Candidate | undefined,
  home: string | undefined,
): Promise<boolean> {
  const tenantId = home ?? randomUUID();
  const since = new Date(now().getTime() - familiarDays * 86_400_000);
  const sessions = await withTenant({ db, tenantId }, (tx) =>
    tx.session.findMany({
      where: { tenantId, userId: candidate?.id ?? randomUUID(), createdAt: { gt: since } },
      select: { ip: true },
      distinct: ["ip"],
      take: 200,
    }),
  );
  const prefix = networkPrefix(ip);
  if (prefix === "unknown") return false;
  return sessions.some((session) => networkPrefix(session.ip ?? undefined) === prefix);
}

async function startSession(facts: SignInFacts, candidate: Candidate): Promise<SignedIn> {
  const { tenantId, id: userId, email } = candidate;
  return withTenant({ db: facts.db, tenantId }, async (tx) => {
    await requireEnabled(tx, candidate);
    const { id, sid, absoluteAt } = await insertSession(tx, {
      tenantId,
      userId,
      ip: facts.ip,
      userAgent: facts.userAgent,
      now: facts.now(),
    });
    const actor = { type: "user" as const, id: userId, email, sessionId: id };
    await appendAudit(
      tx,
      { tenantId, actor, requestId: facts.requestId, ip: facts.ip },
      { action: "session.create", target: `user:${email}`, payload: { sessionId: id, absoluteAt } },
    );
    return { sid, absoluteAt };
  });
}

/** The hash took a while: the account may have been disabled meanwhile. */
async function requireEnabled(tx: Tx, { tenantId, id }: Candidate): Promise<void> {
  const user = await tx.user.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: { disabledAt: true },
  });
  if (user === null || user.disabledAt !== null) throw wrong();
}

/**
 * Failures of a known account stand in its organisation's trail, the others in the operator's.
 * An unknown account is not named: people type passwords into the wrong field.
 */
async function recordFailure(
  facts: SignInFacts,
  candidate: Candidate | undefined,
  home: string | undefined,
  right: boolean,
): Promise<void> {
  if (home === undefined) return;
  const reason =
    candidate === undefined ? "unknown account" : right ? "account disabled" : "wrong password";
  await withTenant({ db: facts.db, tenantId: home }, (tx) =>
    appendAudit(
      tx,
      {
        tenantId: home,
        actor: { type: "system", name: "sign-in" },
        requestId: facts.requestId,
        ip: facts.ip,
      },
      {
        action: "session.create",
        target: candidate === undefined ? "user:unknown" : `user:${candidate.email}`,
        outcome: "denied",
        reason,
        payload: {},
      },
    ),
  );
}
