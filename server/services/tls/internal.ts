import type { Tx } from "#server/db/client.ts";
import type { Prisma } from "#server/db/generated/client.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { tlsSettingKeys } from "#server/services/tls/settings.ts";

/** Whether the caller's organisation runs the installation; whoever sits at its machine counts as such. */
export async function runsInstallation(
  tx: Tx,
  { tenantId, actor }: Pick<Context, "tenantId" | "actor">,
): Promise<boolean> {
  if (actor.type === "system") return true;
  const where = { id: tenantId };
  const tenant = await tx.tenant.findUnique({ where, select: { operator: true } });
  return tenant?.operator === true;
}

/** @throws ServiceError forbidden */
export async function requireOperator(
  tx: Tx,
  caller: Pick<Context, "tenantId" | "actor">,
): Promise<void> {
  if (await runsInstallation(tx, caller)) return;
  throw new ServiceError(
    "forbidden",
    "The TLS listeners belong to the whole installation: only the organisation that runs it may do this.",
    { remedy: "Ask the operator of the installation." },
  );
}

/** Writes a setting of the installation, and who changed it. */
export async function writeSetting(
  tx: Tx,
  ctx: Pick<Context, "actor" | "now">,
  { key, value }: { readonly key: string; readonly value: Prisma.InputJsonObject },
): Promise<void> {
  const change = { value, changedAt: ctx.now(), changedBy: actorName(ctx.actor) };
  await tx.installationSetting.upsert({
    where: { key },
    create: { key, ...change },
    update: change,
    select: { key: true },
  });
}

/** Notes who asks for a probe. @returns when, ISO 8601 in UTC */
export async function askForProbe(tx: Tx, ctx: Pick<Context, "actor" | "now">): Promise<string> {
  const request = { by: actorName(ctx.actor), at: ctx.now().toISOString() };
  await writeSetting(tx, ctx, { key: tlsSettingKeys.probeRequest, value: request });
  return request.at;
}
