import { PageHeader } from "#components/layout/page-header.tsx";
import { apiReferenceText } from "#components/strings/api-reference.ts";
import { ButtonLink } from "#components/ui/button.tsx";
import { Card, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { ApiField, ApiOperation } from "#server/web/api-reference.ts";

/** Every REST operation with what it is told, by subject. */
export function ApiReference({
  operations,
  publicUrl,
}: {
  readonly operations: readonly ApiOperation[];
  readonly publicUrl: string;
}) {
  const bySubject = Map.groupBy(operations, ({ tag }) => tag);
  return (
    <>
      <PageHeader
        title={apiReferenceText.title}
        subtitle={apiReferenceText.subtitle}
        actions={
          <>
            <ButtonLink href="/settings/tokens">{apiReferenceText.tokens}</ButtonLink>
            <ButtonLink href="/api/v1/openapi.json">{apiReferenceText.document}</ButtonLink>
          </>
        }
      />
      <CodeBlock what={apiReferenceText.tryIt} code={apiReferenceText.tryItCode(publicUrl)} />
      {[...bySubject].map(([subject, list]) => (
        <section key={subject} aria-labelledby={`api-${subject}`} className="mt-7">
          <h2 id={`api-${subject}`} className="mb-3 text-lg font-semibold">
            {subject}
          </h2>
          <div className="flex flex-col gap-4">
            {list.map((operation) => (
              <Operation key={operation.id} operation={operation} />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}

function Operation({ operation }: { readonly operation: ApiOperation }) {
  return (
    <Card>
      <CardHeader
        level={3}
        title={
          <span className="flex flex-wrap items-baseline gap-x-2.5 font-mono text-sm">
            <span className="text-accent">{operation.method}</span>
            <span className="wrap-anywhere">{operation.path}</span>
          </span>
        }
        aside={operation.summary}
      />
      {operation.fields.length === 0 ? (
        <p className="px-3.5 py-2.5 text-ink-2">{apiReferenceText.noFields}</p>
      ) : (
        <Fields operation={operation} />
      )}
    </Card>
  );
}

function Fields({ operation }: { readonly operation: ApiOperation }) {
  return (
    <Table aria-label={operation.summary} className="table-fixed">
      <thead>
        <tr>
          <Th className="w-1/2 md:w-1/4">{apiReferenceText.name}</Th>
          <Th className="w-20 max-md:hidden">{apiReferenceText.place}</Th>
          <Th>{apiReferenceText.type}</Th>
          <Th className="w-1/3 max-md:hidden">{apiReferenceText.meaning}</Th>
        </tr>
      </thead>
      <tbody>
        {operation.fields.map((field) => (
          <FieldRow key={`${field.place}-${field.name}`} field={field} />
        ))}
      </tbody>
    </Table>
  );
}

function FieldRow({ field }: { readonly field: ApiField }) {
  return (
    <Tr>
      <Td className="font-mono text-sm wrap-anywhere">
        {field.name}
        {field.required && (
          <span className="ml-1.5 font-sans text-xs text-ink-3">{apiReferenceText.required}</span>
        )}
      </Td>
      <Td className="text-ink-2 max-md:hidden">{field.place}</Td>
      <Td className="text-sm wrap-anywhere text-ink-2">{field.type}</Td>
      <Td className="text-ink-2 max-md:hidden">{field.description}</Td>
    </Tr>
  );
}
