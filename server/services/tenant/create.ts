import { randomUUID } from "node:crypto";
import type { Database, Tx } from "#server/db/client.ts";
import { withTenant } from "#server/db/tenant.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

/** An organisation to be: `slug` is unique in the installation. */
export type NewTenant = {
  readonly slug: string;
  readonly name: string;
  /** The organisation that runs the installation: the first one, and no other. */
  readonly operator?: boolean;
};

/** Ids of what every organisation has from its first moment. */
export type CreatedTenant = { readonly tenantId: string; readonly profileId: string };

/**
 * Creates an organisation with its open profile `generic`.
 * @throws ServiceError conflict when the slug is taken, unavailable
 */
export async function createTenant(db: Database, tenant: NewTenant): Promise<CreatedTenant> {
  const tenantId = randomUUID();
  return translateDatabaseError(() =>
    withTenant({ db, tenantId }, (tx) => insertTenant(tx, tenantId, tenant)),
  );
}

/** The same inside a transaction that already stands in the new tenant. */
export async function insertTenant(
  tx: Tx,
  tenantId: string,
  { slug, name, operator = false }: NewTenant,
): Promise<CreatedTenant> {
  await tx.tenant.create({ data: { id: tenantId, slug, name, operator } });
  const registered = await tx.schema.create({
    data: { tenantId, name: "generic", description: "Gains a field when a message brings one" },
    select: { id: true },
  });
  const schema = await tx.schemaVersion.create({
    data: { tenantId, name: "generic", version: 1, schemaRef: registered.id },
    select: { id: true },
  });
  const profile = await tx.profile.create({
    data: {
      tenantId,
      schemaId: schema.id,
      name: "generic",
      open: true,
      description: "Any flat object of numbers, booleans and text",
    },
    select: { id: true },
  });
  await tx.profileBinding.create({
    data: { tenantId, profileId: profile.id, schemaId: schema.id },
  });
  await appendAudit(
    tx,
    {
      tenantId,
      actor: { type: "system", name: "setup" },
      requestId: randomUUID(),
      ip: undefined,
    },
    {
      action: "tenant.create",
      target: `tenant:${slug}`,
      payload: { name, operator, profileId: profile.id },
    },
  );
  return { tenantId, profileId: profile.id };
}
