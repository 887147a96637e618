import { SchemaUse } from "#components/schema/schema-use.tsx";
import { may } from "#server/domain/roles.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { showSchema } from "#server/services/schema/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = { readonly params: Promise<{ readonly name: string }> };

export default async function SchemaUsePage({ params }: Props) {
  const ctx = await requireSession();
  const name = decodeURIComponent((await params).name);
  const schema = await found(showSchema(ctx, { name }));
  return (
    <SchemaUse
      first={schema}
      profiles={await listProfiles(ctx, {})}
      mayManage={may(ctx.role, "schema.manage")}
      mayRule={may(ctx.role, "profile.manage")}
    />
  );
}
