"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { create } from "#app/(console)/profiles/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { profileHref } from "#components/profile/profile-queries.ts";
import type { BegunProfile } from "#components/profile/profile-start.tsx";
import {
  SpecificationFields,
  specificationOf,
  typedSpecification,
  type TypedSpecification,
} from "#components/profile/specification-fields.tsx";
import { SourceArea } from "#components/schema/source-area.tsx";
import { newProfileText, profileText } from "#components/strings/profile.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { ChoiceField } from "#components/ui/choice-field.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import {
  connectivityMeanings,
  connectivityModels,
  connectivityNames,
} from "#server/domain/profile-parts.ts";

/** @returns the object that the text is; undefined where it is none */
function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

type Typed = Pick<BegunProfile, "name" | "description" | "connectivity" | "jsonSchema"> & {
  readonly expectedContactSeconds: string;
};

type Form = {
  readonly typed: Typed;
  readonly specification: TypedSpecification;
  readonly specified: boolean;
};

/** What is typed, and what becomes of it. */
function useNewProfile(begun: BegunProfile) {
  const router = useRouter();
  const [form, setForm] = useState<Form>({
    typed: { ...begun, expectedContactSeconds: String(begun.expectedContactSeconds) },
    specification: typedSpecification(begun.specification),
    specified: begun.specification !== null,
  });
  const [notJson, setNotJson] = useState(false);
  const { busy, refusal, fieldError, submit } = useSubmit(create);
  async function send() {
    const { name, description, connectivity, expectedContactSeconds } = form.typed;
    const jsonSchema = objectIn(form.typed.jsonSchema);
    setNotJson(jsonSchema === undefined);
    if (jsonSchema === undefined) return;
    const made = await submit({
      name,
      description,
      connectivity,
      jsonSchema,
      expectedContactSeconds: Number(expectedContactSeconds),
      maxPastSeconds: begun.maxPastSeconds,
      commands: [...begun.commands],
      specification: form.specified ? specificationOf(form.specification) : null,
    });
    if (made !== undefined) router.push(profileHref(made.name));
  }
  const change = (part: Partial<Form>): void => setForm({ ...form, ...part });
  return { ...form, notJson, change, busy, refusal, fieldError, send };
}

/** What a new profile says, as far as it must be known from the start. */
export function NewProfileForm({
  begun,
  onBack,
}: {
  readonly begun: BegunProfile;
  readonly onBack: () => void;
}) {
  const { typed, specification, specified, notJson, change, busy, refusal, fieldError, send } =
    useNewProfile(begun);
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send();
      }}
    >
      <RefusalNote refusal={refusal} />
      <Notes notes={begun.notes} />
      <WordFields
        typed={typed}
        fieldError={fieldError}
        onChange={(part) => change({ typed: { ...typed, ...part } })}
      />
      {notJson && <ErrorNote>{newProfileText.notJson}</ErrorNote>}
      {fieldError("jsonSchema") !== undefined && <ErrorNote>{fieldError("jsonSchema")}</ErrorNote>}
      <Checkbox
        label={newProfileText.specify}
        checked={specified}
        onChange={(event) => change({ specified: event.currentTarget.checked })}
      />
      {specified && (
        <Card>
          <CardBody className="flex flex-col gap-4">
            <SpecificationFields
              typed={specification}
              fieldError={fieldError}
              onChange={(part) => change({ specification: { ...specification, ...part } })}
            />
          </CardBody>
        </Card>
      )}
      <div className="flex gap-2">
        <Button onClick={onBack}>{newProfileText.back}</Button>
        <Button type="submit" variant="primary" busy={busy}>
          {newProfileText.submit}
        </Button>
      </div>
    </form>
  );
}

function Notes({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul className="list-disc pl-5 text-ink-2">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

type WordProps = {
  readonly typed: Typed;
  readonly fieldError: (path: string) => string | undefined;
  readonly onChange: (part: Partial<Typed>) => void;
};

function WordFields({ typed, fieldError, onChange }: WordProps) {
  return (
    <>
      <Field label={newProfileText.name} error={fieldError("name")} required>
        <Input
          value={typed.name}
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
      </Field>
      <Field label={profileText.description} error={fieldError("description")}>
        <Input
          value={typed.description}
          maxLength={500}
          onChange={(event) => onChange({ description: event.currentTarget.value })}
        />
      </Field>
      <div className="grid gap-4 md:grid-cols-2">
        <ChoiceField
          label={profileText.connectivity}
          hint={connectivityMeanings[typed.connectivity]}
          value={typed.connectivity}
          choices={connectivityModels}
          names={connectivityNames}
          onChange={(connectivity) => onChange({ connectivity })}
        />
        <Field
          label={profileText.expectedContact}
          hint={profileText.expectedContactHint}
          error={fieldError("expectedContactSeconds")}
        >
          <Input
            type="number"
            min={10}
            value={typed.expectedContactSeconds}
            onChange={(event) => onChange({ expectedContactSeconds: event.currentTarget.value })}
          />
        </Field>
      </div>
      <div className="flex flex-col gap-1.5">
        <p className="text-sm font-medium text-ink">{newProfileText.jsonSchema}</p>
        <SourceArea
          label={newProfileText.jsonSchema}
          value={typed.jsonSchema}
          readOnly={false}
          className="h-72"
          onChange={(jsonSchema) => onChange({ jsonSchema })}
        />
      </div>
    </>
  );
}
