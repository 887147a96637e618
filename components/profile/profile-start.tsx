"use client";
import { useState } from "react";
import { draft } from "#app/(console)/profiles/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { newProfileText } from "#components/strings/profile.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { CommandSpecification, ConnectivityModel } from "#server/domain/profile-parts.ts";
import { profileTemplates } from "#server/domain/profile-templates.ts";
import type { TransportSpecification } from "#server/domain/transport-specification.ts";
import type { ProfileDraft } from "#server/services/profile/draft.ts";

/** What a profile is made of before anybody has looked at it. */
export type BegunProfile = {
  readonly name: string;
  readonly description: string;
  readonly connectivity: ConnectivityModel;
  readonly expectedContactSeconds: number;
  readonly maxPastSeconds: number;
  readonly jsonSchema: string;
  readonly commands: readonly CommandSpecification[];
  readonly specification: TransportSpecification | null;
  /** Where it comes from, and what could not be used. */
  readonly notes: readonly string[];
};

const kinds = ["template", "description", "traffic", "blank"] as const;
type Kind = (typeof kinds)[number];

const plain: BegunProfile = {
  name: "",
  description: "",
  connectivity: "always_on",
  expectedContactSeconds: 300,
  maxPastSeconds: 604_800,
  jsonSchema: '{\n  "type": "object",\n  "properties": {}\n}',
  commands: [],
  specification: null,
  notes: [],
};

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

function fromTemplate(id: string): BegunProfile {
  const template = profileTemplates.find((each) => each.id === id) ?? profileTemplates[0];
  if (template === undefined) return plain;
  const { jsonSchema, id: name, ...said } = template;
  return { ...plain, ...said, name, jsonSchema: pretty(jsonSchema) };
}

function fromDraft(drafted: ProfileDraft): BegunProfile {
  const { messages, deviceId, notes, manufacturer, model } = drafted;
  return {
    ...plain,
    name: model.replaceAll(/[^A-Za-z0-9._ -]/g, "-").slice(0, 64),
    description: [manufacturer, model].filter((part) => part !== "").join(" "),
    jsonSchema: pretty(drafted.jsonSchema),
    commands: drafted.commands,
    notes: [newProfileText.drafted(messages, deviceId), ...notes],
  };
}

/** Asks what a profile starts from. */
export function ProfileStart({
  deviceId,
  onBegun,
}: {
  readonly deviceId: string;
  readonly onBegun: (begun: BegunProfile) => void;
}) {
  const [kind, setKind] = useState<Kind>(deviceId === "" ? "template" : "traffic");
  const [template, setTemplate] = useState(profileTemplates[0]?.id ?? "");
  const [device, setDevice] = useState(deviceId);
  const { busy, refusal, fieldError, submit } = useSubmit(draft);
  async function next() {
    if (kind === "template") return onBegun(fromTemplate(template));
    if (kind === "blank") return onBegun(plain);
    const drafted = await submit({ from: kind, deviceId: device });
    if (drafted !== undefined) onBegun(fromDraft(drafted));
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void next();
      }}
    >
      <Kinds kind={kind} onKind={setKind} />
      <RefusalNote refusal={refusal} />
      {kind === "template" && <TemplateField value={template} onChange={setTemplate} />}
      {(kind === "description" || kind === "traffic") && (
        <Field
          label={newProfileText.device}
          hint={newProfileText.deviceHint}
          error={fieldError("deviceId")}
          required
        >
          <Input
            mono
            value={device}
            maxLength={128}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setDevice(event.currentTarget.value)}
          />
        </Field>
      )}
      <div>
        <Button type="submit" variant="primary" busy={busy}>
          {newProfileText.next}
        </Button>
      </div>
    </form>
  );
}

function TemplateField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (id: string) => void;
}) {
  return (
    <Field label={newProfileText.template}>
      <Select
        value={value}
        options={profileTemplates.map(({ id, name, description }) => ({
          value: id,
          label: `${name}: ${description}`,
        }))}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}

function Kinds({ kind, onKind }: { readonly kind: Kind; readonly onKind: (kind: Kind) => void }) {
  return (
    <fieldset>
      <legend className="mb-2 text-base font-semibold text-ink">
        {newProfileText.startLegend}
      </legend>
      <Card>
        <CardBody className="flex flex-col gap-3">
          {kinds.map((each) => (
            <div key={each} className="flex gap-2.5">
              <input
                id={`start-${each}`}
                type="radio"
                name="start"
                value={each}
                checked={kind === each}
                className="mt-0.5 size-4 shrink-0 accent-accent"
                onChange={() => onKind(each)}
              />
              <label htmlFor={`start-${each}`}>
                <span className="font-medium text-ink">{newProfileText.starts[each].title}</span>
                <span className="block text-sm text-ink-3">{newProfileText.starts[each].text}</span>
              </label>
            </div>
          ))}
        </CardBody>
      </Card>
    </fieldset>
  );
}
