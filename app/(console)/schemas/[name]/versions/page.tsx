import { SchemaVersions } from "#components/schema/schema-versions.tsx";
import { showSchema } from "#server/services/schema/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = { readonly params: Promise<{ readonly name: string }> };

export default async function SchemaVersionsPage({ params }: Props) {
  const ctx = await requireSession();
  const name = decodeURIComponent((await params).name);
  return <SchemaVersions first={await found(showSchema(ctx, { name }))} />;
}
