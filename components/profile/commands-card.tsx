"use client";
import { useState } from "react";
import { EditableCard, type PartForm } from "#components/profile/editable-card.tsx";
import { ListFields, RemoveButton } from "#components/profile/list-fields.tsx";
import { profileText } from "#components/strings/profile.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { Table, Td, Th, Tr } from "#components/ui/table.tsx";
import type { CommandSpecification } from "#server/domain/profile-parts.ts";
import type { ProfileView } from "#server/services/profile/show.ts";

/** A command as it is typed. */
type Typed = Omit<CommandSpecification, "expirySeconds"> & { readonly expirySeconds: string };

function typedOf(commands: readonly CommandSpecification[]): readonly Typed[] {
  return commands.map((each) => ({ ...each, expirySeconds: String(each.expirySeconds) }));
}

const blank: Typed = { name: "", description: "", parameters: null, expirySeconds: "300" };

/** What devices of a profile can be told to do. */
export function CommandsCard({
  profile,
  mayManage,
}: {
  readonly profile: ProfileView;
  readonly mayManage: boolean;
}) {
  const [typed, setTyped] = useState(typedOf(profile.commands));
  return (
    <EditableCard
      profile={profile}
      title={profileText.commandsTitle}
      mayManage={mayManage}
      onEdit={() => setTyped(profile.commands.length === 0 ? [blank] : typedOf(profile.commands))}
      changed={() => ({
        commands: typed.map((each) => ({ ...each, expirySeconds: Number(each.expirySeconds) })),
      })}
      form={({ fieldError }) => (
        <Fields typed={typed} fieldError={fieldError} onChange={setTyped} />
      )}
    >
      {profile.commands.length === 0 ? (
        <p className="text-ink-2">{profileText.commandsNone}</p>
      ) : (
        <Rows commands={profile.commands} />
      )}
    </EditableCard>
  );
}

function Rows({ commands }: { readonly commands: readonly CommandSpecification[] }) {
  return (
    <Table aria-label={profileText.commandsTitle}>
      <thead>
        <Tr>
          <Th>{profileText.commandName}</Th>
          <Th>{profileText.commandDescription}</Th>
          <Th className="text-right max-sm:hidden">{profileText.commandExpiry}</Th>
        </Tr>
      </thead>
      <tbody>
        {commands.map((command) => (
          <Tr key={command.name}>
            <Td className="font-mono text-sm">{command.name}</Td>
            <Td>{command.description}</Td>
            <Td className="text-right tabular-nums max-sm:hidden">{command.expirySeconds}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function Fields({
  typed,
  fieldError,
  onChange,
}: Parameters<PartForm>[0] & {
  readonly typed: readonly Typed[];
  readonly onChange: (typed: readonly Typed[]) => void;
}) {
  return (
    <ListFields list={typed} blank={blank} addLabel={profileText.addCommand} onChange={onChange}>
      {({ item, index, change, remove }) => (
        <CommandFields
          command={item}
          fieldError={(name) => fieldError(`commands.${index}.${name}`)}
          onChange={change}
          onRemove={remove}
        />
      )}
    </ListFields>
  );
}

function CommandFields({
  command,
  fieldError,
  onChange,
  onRemove,
}: Parameters<PartForm>[0] & {
  readonly command: Typed;
  readonly onChange: (part: Partial<Typed>) => void;
  readonly onRemove: () => void;
}) {
  return (
    <div className="grid items-start gap-3 md:grid-cols-[1fr_2fr_10rem_auto]">
      <Field label={profileText.commandName} error={fieldError("name")}>
        <Input
          mono
          value={command.name}
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
      </Field>
      <Field label={profileText.commandDescription} error={fieldError("description")}>
        <Input
          value={command.description}
          maxLength={500}
          onChange={(event) => onChange({ description: event.currentTarget.value })}
        />
      </Field>
      <Field label={profileText.commandExpiry} error={fieldError("expirySeconds")}>
        <Input
          type="number"
          min={1}
          value={command.expirySeconds}
          onChange={(event) => onChange({ expirySeconds: event.currentTarget.value })}
        />
      </Field>
      <RemoveButton label={profileText.removeCommand(command.name)} onRemove={onRemove} />
    </div>
  );
}
