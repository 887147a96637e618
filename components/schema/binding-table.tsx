"use client";
import { BindingActions } from "#components/schema/binding-actions.tsx";
import { versionWords } from "#components/schema/version-words.ts";
import { useText } from "#components/strings/schema-use.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import type { BindingView, SchemaView } from "#server/services/schema/view.ts";

/** Which version each profile's messages have, and what is on trial. */
export function BindingTable({
  schema,
  mayManage,
}: {
  readonly schema: SchemaView;
  readonly mayManage: boolean;
}) {
  return (
    <Table>
      <thead>
        <Tr>
          <Th>{useText.profile}</Th>
          <Th className="max-sm:hidden">{useText.columnStream}</Th>
          <Th>{useText.columnVersion}</Th>
          <Th>{useText.columnCanary}</Th>
          {mayManage && (
            <Th>
              <span className="sr-only">{useText.columnActions}</span>
            </Th>
          )}
        </Tr>
      </thead>
      <tbody>
        {schema.bindings.map((binding) => (
          <BindingRow
            key={`${binding.profileId} ${binding.stream} ${binding.contentType}`}
            schema={schema}
            binding={binding}
            mayManage={mayManage}
          />
        ))}
      </tbody>
    </Table>
  );
}

function BindingRow({
  schema,
  binding,
  mayManage,
}: {
  readonly schema: SchemaView;
  readonly binding: BindingView;
  readonly mayManage: boolean;
}) {
  const messages = <Messages binding={binding} />;
  return (
    <Tr>
      <Td className="wrap-anywhere">
        <span className="font-medium text-ink">{binding.profileName}</span>
        <span className="block text-sm text-ink-3 sm:hidden">{messages}</span>
      </Td>
      <Td className="max-sm:hidden">{messages}</Td>
      <Td>
        <span className="text-ink first-letter:uppercase inline-block">
          {versionWords(schema.name, binding.schema, binding.version)}
        </span>
        <span className="block text-sm text-ink-3">
          <RelativeTime value={binding.changedAt} />
          {binding.previousVersion !== null && binding.previousSchema !== null && (
            <>
              {", "}
              {useText.previous(
                versionWords(schema.name, binding.previousSchema, binding.previousVersion),
              )}
            </>
          )}
        </span>
      </Td>
      <Td>
        <Canary schema={schema} canary={binding.canary} />
      </Td>
      {mayManage && (
        <Td className="text-right">
          {!binding.open && <BindingActions schema={schema} binding={binding} />}
        </Td>
      )}
    </Tr>
  );
}

function Messages({ binding }: { readonly binding: BindingView }) {
  return (
    <>
      {binding.stream === "" ? useText.everyStream : <code>{binding.stream}</code>}
      {", "}
      {binding.contentType === "" ? useText.everyType : <code>{binding.contentType}</code>}
    </>
  );
}

function Canary({
  schema,
  canary,
}: {
  readonly schema: SchemaView;
  readonly canary: BindingView["canary"];
}) {
  if (canary === null) return <span className="text-ink-3">{useText.noCanary}</span>;
  return (
    <>
      <StateBadge tone="accent">
        {versionWords(schema.name, canary.schema, canary.version)}
      </StateBadge>
      <span
        className="block text-sm text-ink-3"
        {...(canary.devices.length > 0 && { title: canary.devices.join(", ") })}
      >
        {useText.canaryReach(canary.percent, canary.devices.length)}
      </span>
    </>
  );
}
