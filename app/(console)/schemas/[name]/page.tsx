import { emptyDefinition } from "#components/schema/editor-draft.ts";
import { SchemaEditor } from "#components/schema/schema-editor.tsx";
import { may } from "#server/domain/roles.ts";
import { showSchema } from "#server/services/schema/show.ts";
import { showSchemaVersion } from "#server/services/schema/show-version.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = { readonly params: Promise<{ readonly name: string }> };

export default async function SchemaPage({ params }: Props) {
  const ctx = await requireSession();
  const name = decodeURIComponent((await params).name);
  const schema = await found(showSchema(ctx, { name }));
  const latest = schema.versions[0];
  const published =
    schema.draft !== null || latest === undefined
      ? undefined
      : await showSchemaVersion(ctx, { name, version: latest.version });
  return (
    <SchemaEditor
      first={schema}
      start={schema.draft?.definition ?? published?.definition ?? emptyDefinition(schema.format)}
      mayManage={may(ctx.role, "schema.manage")}
    />
  );
}
