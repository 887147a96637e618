import { SchemaDocumentation } from "#components/schema/schema-documentation.tsx";
import { schemaDocument } from "#server/services/schema/document.ts";
import { showSchema } from "#server/services/schema/show.ts";
import { deviceEndpoint } from "#server/web/endpoint.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = {
  readonly params: Promise<{ readonly name: string }>;
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function SchemaDocumentationPage({ params, searchParams }: Props) {
  const ctx = await requireSession();
  const name = decodeURIComponent((await params).name);
  const schema = await found(showSchema(ctx, { name }));
  const versions = schema.versions.map(({ version }) => version);
  const asked = Number([(await searchParams)["version"]].flat()[0]);
  const version = versions.find((each) => each === asked) ?? versions[0];
  const documentOf = (number: number) =>
    schemaDocument(ctx, { name, version: number, endpoint: deviceEndpoint() });
  return (
    <SchemaDocumentation
      name={name}
      versions={versions}
      document={version === undefined ? null : await documentOf(version)}
    />
  );
}
