import type { Metadata } from "next";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { SchemaList } from "#components/schema/schema-list.tsx";
import { schemaText } from "#components/strings/schema.ts";
import { may } from "#server/domain/roles.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { listSchemas } from "#server/services/schema/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: schemaText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function SchemasPage({ searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "schema.view")) return <NoPermission />;
  const q = ([(await searchParams)["q"]].flat()[0] ?? "").trim().slice(0, 64);
  const [first, profiles] = await Promise.all([listSchemas(ctx, { q }), listProfiles(ctx, {})]);
  return (
    <SchemaList
      q={q}
      first={first}
      profiles={profiles.map(({ id, name }) => ({ id, name }))}
      mayManage={may(ctx.role, "schema.manage")}
    />
  );
}
