import { categoryNames } from "#components/strings/schema.ts";
import { documentationText } from "#components/strings/schema-use.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { SchemaFieldView } from "#server/services/schema/view.ts";

/** The fields of a version, as they are stored. */
export function FieldTable({ fields }: { readonly fields: readonly SchemaFieldView[] }) {
  if (fields.length === 0) {
    return <p className="p-3.5 text-ink-2">{documentationText.noFields}</p>;
  }
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{documentationText.columnField}</Th>
          <Th>{documentationText.columnType}</Th>
          <Th>{documentationText.columnUnit}</Th>
          <Th className="max-md:hidden">{documentationText.columnDescription}</Th>
          <Th className="max-sm:hidden">{documentationText.columnCategory}</Th>
        </Tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <Tr key={field.name}>
            <Td className="wrap-anywhere">
              <span className="font-mono text-sm text-ink">{field.name}</span>
              {field.deprecated && (
                <StateBadge tone="warn" className="ml-2">
                  {documentationText.deprecated}
                </StateBadge>
              )}
            </Td>
            <Td>{field.type}</Td>
            <Td className="font-mono text-sm">{field.unit ?? ""}</Td>
            <Td className="text-ink-2 max-md:hidden">{field.description}</Td>
            <Td className="max-sm:hidden">{categoryNames[field.category]}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
