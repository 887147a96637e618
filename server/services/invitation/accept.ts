import type { z } from "zod";
import type { Database, Tx } from "#server/db/client.ts";
import { withPresented, withTenant } from "#server/db/tenant.ts";
import { assessPassword } from "#server/domain/password-strength.ts";
import type { Role } from "#server/domain/roles.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { hashPassword } from "#server/services/auth/password-hash.ts";
import { linkToken } from "#server/services/auth/schemas.ts";
import { secretHash, secretHashHex } from "#server/services/auth/secret.ts";
import { forgiveAccount } from "#server/services/auth/throttle.ts";
import { ServiceError } from "#server/services/errors.ts";
import { parseInput } from "#server/services/input.ts";
import { acceptInput } from "#server/services/invitation/schemas.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";
import { revokeSessionsOf } from "#server/services/user/internal.ts";

type Facts = {
  readonly db: Database;
  readonly requestId: string;
  readonly ip: string | undefined;
  readonly now: () => Date;
};

type Invitation = {
  readonly tenantId: string;
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
};

/** What the page of a one-time link shows before a password is chosen. */
export type InvitationView = {
  readonly email: string;
  readonly name: string;
  readonly organisation: string;
};

async function findInvitation({ db, now }: Facts, token: unknown): Promise<Invitation> {
  const text = linkToken.safeParse(token);
  if (!text.success) throw unusable();
  const found = await withPresented(
    db,
    { kind: "invitation", value: secretHashHex(text.data) },
    (tx) => tx.invitation.findUnique({ where: { tokenHash: secretHash(text.data) } }),
  );
  if (found === null || found.usedAt !== null || found.expiresAt <= now()) throw unusable();
  return found;
}

/** @throws ServiceError not_found when the link was used, taken back, has expired or is unknown */
export async function viewInvitation(facts: Facts, token: string): Promise<InvitationView> {
  return translateDatabaseError(async () => {
    const { tenantId, email, name } = await findInvitation(facts, token);
    const tenant = await withTenant({ db: facts.db, tenantId }, (tx) =>
      tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { name: true } }),
    );
    return { email, name, organisation: tenant.name };
  });
}

/**
 * Chooses the password of an invited person (the account begins to exist) or of one who forgot it
 * (all sessions end). The link counts once, also when two pages finish at the same moment.
 * @throws ServiceError not_found, invalid, conflict (another organisation has the address)
 */
export async function acceptInvitation(
  facts: Facts,
  raw: z.input<typeof acceptInput>,
): Promise<{ readonly email: string }> {
  const input = parseInput(acceptInput, raw);
  return translateDatabaseError(async () => {
    const invitation = await findInvitation(facts, input.token);
    const { tenantId, email, name } = invitation;
    const { problem } = assessPassword(input.password, [email, name]);
    if (problem !== null) {
      const fields = [{ path: "password", message: problem }];
      throw new ServiceError("invalid", problem, { fields });
    }
    const passwordHash = await hashPassword(input.password);
    await withTenant({ db: facts.db, tenantId }, async (tx) => {
      await useInvitation(tx, facts, invitation);
      await setPassword(tx, facts, { ...invitation, passwordHash });
    });
    await forgiveAccount(facts.db, email, facts.now());
    return { email };
  });
}

async function useInvitation(tx: Tx, { now }: Facts, { tenantId, id }: Invitation): Promise<void> {
  const used = await tx.invitation.updateMany({
    where: { tenantId, id, usedAt: null, expiresAt: { gt: now() } },
    data: { usedAt: now() },
  });
  if (used.count !== 1) throw unusable();
}

async function setPassword(
  tx: Tx,
  facts: Facts,
  person: Invitation & { readonly passwordHash: string },
): Promise<void> {
  const { tenantId, id: invitationId, email, name, role, passwordHash } = person;
  const existing = await tx.user.findFirst({
    where: { tenantId, email },
    select: { id: true, disabledAt: true },
  });
  if (existing !== null && existing.disabledAt !== null) throw unusable();
  const actor = { type: "system" as const, name: "invitation" };
  const by = { tenantId, actor, requestId: facts.requestId, ip: facts.ip };
  if (existing === null) {
    const data = { tenantId, email, name, role, passwordHash };
    await tx.user.create({ data, select: { id: true } });
    const payload = { invitationId, name, role };
    await appendAudit(tx, by, { action: "user.create", target: `user:${email}`, payload });
    return;
  }
  await tx.user.update({
    where: { tenantId_id: { tenantId, id: existing.id } },
    data: { passwordHash },
    select: { id: true },
  });
  const sessionsEnded = await revokeSessionsOf(
    tx,
    { tenantId, now: facts.now },
    { userId: existing.id },
  );
  const payload = { invitationId, sessionsEnded };
  await appendAudit(tx, by, { action: "user.setPassword", target: `user:${email}`, payload });
}

function unusable(): ServiceError {
  return new ServiceError("not_found", "This link does not count any more.", {
    remedy: "A link works once and for 7 days. Ask an administrator for a new one.",
  });
}
