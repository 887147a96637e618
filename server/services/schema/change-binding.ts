import type { Tx } from "#server/db/client.ts";
import { lockProfile, type LockedProfile } from "#server/db/lock-profile.ts";
import { readBindings, type BindingRow } from "#server/db/read-bindings.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import type { MutationResult } from "#server/services/mutation.ts";
import { findVersion } from "#server/services/schema/internal.ts";
import { toBindingView } from "#server/services/schema/to-binding-view.ts";
import type { BindingView } from "#server/services/schema/view.ts";

/** The messages of a profile that a binding is for. */
export type BindingKey = {
  readonly profileId: string;
  readonly stream: string;
  readonly contentType: string;
};

/** A binding under change: its profile is locked until the transaction ends. */
export type LockedBinding = {
  readonly profile: LockedProfile;
  readonly key: BindingKey;
  /** Undefined where these messages have none of their own. */
  readonly row: BindingRow | undefined;
};

export function isMain({ stream, contentType }: BindingKey): boolean {
  return stream === "" && contentType === "";
}

/** How a refusal names the messages of a binding. */
export function bindingWords(name: string, { stream, contentType }: BindingKey): string {
  const parts = [
    stream === "" ? "" : ` on the stream “${stream}”`,
    contentType === "" ? "" : ` as ${contentType}`,
  ];
  return `the messages of “${name}”${parts.join("")}`;
}

/**
 * @throws ServiceError not_found, and conflict for the profile that gains fields by itself: its
 * versions are its own
 */
export async function lockBinding(
  tx: Tx,
  ctx: Pick<Context, "tenantId">,
  { profileId, stream, contentType }: BindingKey,
): Promise<LockedBinding> {
  const profile = await lockProfile(tx, ctx.tenantId, profileId);
  if (profile === undefined) {
    throw new ServiceError("not_found", "There is no such profile.", {
      remedy: "Choose one of the list.",
    });
  }
  if (profile.open) {
    throw new ServiceError(
      "conflict",
      `The profile “${profile.name}” takes every flat object and cannot be bound to a schema.`,
      { remedy: "Create a profile for these devices and bind that." },
    );
  }
  const key = { profileId, stream, contentType };
  return { profile, key, row: await readBinding(tx, ctx, key) };
}

async function readBinding(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  { profileId, stream, contentType }: BindingKey,
): Promise<BindingRow | undefined> {
  const rows = await readBindings(tx, tenantId, { profileId });
  return rows.find((each) => each.stream === stream && each.contentType === contentType);
}

/** @throws ServiceError not_found where these messages have no binding of their own */
export function requireBinding({ profile, key, row }: LockedBinding): BindingRow {
  if (row !== undefined) return row;
  const words = bindingWords(profile.name, key);
  throw new ServiceError("not_found", `There is no binding for ${words}.`, {
    remedy: "Bind a version first.",
  });
}

/** The refusal where no version is on trial. */
export function noTrial({ profile, key }: LockedBinding): ServiceError {
  return new ServiceError(
    "conflict",
    `No version is on trial for ${bindingWords(profile.name, key)}.`,
    { remedy: "Somebody may have ended the trial meanwhile. Load the page again." },
  );
}

/**
 * A version that profiles may be bound to.
 * @returns its id
 * @throws ServiceError not_found, and conflict for the version of the open profile
 */
export async function requireBindable(
  tx: Tx,
  ctx: Pick<Context, "tenantId">,
  { schema, version }: { readonly schema: string; readonly version: number },
): Promise<number> {
  const { id, definition, jsonSchema } = await findVersion(tx, ctx, { name: schema, version });
  if (definition !== null || jsonSchema !== null) return id;
  throw new ServiceError(
    "conflict",
    `${schema}@${version} belongs to the profile that takes every flat object.`,
    { remedy: "Choose a version that was published." },
  );
}

/** What a change of a binding sets; what is left out stays. */
type BindingChange = {
  readonly schemaId?: number;
  readonly canarySchemaId?: number | null;
  readonly canaryPercent?: number;
  readonly canaryDevices?: string[];
  readonly previousSchemaId?: number | null;
};

/** No version on trial. */
export const noCanary = { canarySchemaId: null, canaryPercent: 0, canaryDevices: [] };

/**
 * Writes a change of a binding that is there. The main one is what profile.schema_id says, too.
 * @returns what the mutation gives back: the binding, its record, the word to the workers
 */
export async function changeBinding(
  tx: Tx,
  ctx: Context,
  locked: LockedBinding,
  change: BindingChange,
): Promise<MutationResult<BindingView>> {
  const { tenantId } = ctx;
  const { key } = locked;
  await tx.profileBinding.update({
    where: { tenantId_profileId_stream_contentType: { tenantId, ...key } },
    data: { ...change, changedAt: ctx.now(), changedBy: actorName(ctx.actor) },
  });
  if (isMain(key) && change.schemaId !== undefined) {
    await tx.profile.update({
      where: { tenantId_id: { tenantId, id: key.profileId } },
      data: { schemaId: change.schemaId },
    });
  }
  return bindingResult(tx, ctx, locked);
}

/** @returns what a mutation of a binding gives back, read from what it has written */
export async function bindingResult(
  tx: Tx,
  ctx: Context,
  locked: LockedBinding,
): Promise<MutationResult<BindingView>> {
  const { profile, key, row: before } = locked;
  const after = requireBinding({ ...locked, row: await readBinding(tx, ctx, key) });
  return {
    value: toBindingView(after),
    audit: {
      target: `profile:${profile.name}`,
      payload: {
        binding: { stream: key.stream, contentType: key.contentType },
        before: before === undefined ? null : recordOf(before),
        after: recordOf(after),
      },
    },
    control: { kind: "profile", tenantId: ctx.tenantId, profileId: profile.id },
  };
}

/** A binding as the audit trail keeps it. */
export function recordOf(row: BindingRow) {
  const { schema, version, canary, previousSchema, previousVersion } = toBindingView(row);
  const previous = previousSchema === null ? null : `${previousSchema}@${previousVersion}`;
  return {
    schema: `${schema}@${version}`,
    canary: canary === null ? null : { ...canary, schema: `${canary.schema}@${canary.version}` },
    previous,
  };
}
