"use client";
import { useState } from "react";
import { chooseUnits } from "#app/(console)/settings/account/actions.ts";
import { RefusalNote } from "#components/auth/refusal-note.tsx";
import { useSubmit } from "#components/auth/use-submit.ts";
import { unitsText } from "#components/strings/units.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { Field } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { quantities, type UnitPreference } from "#server/domain/units.ts";

/** Chooses in which units one sees values; each choice is kept at once. */
export function UnitsCard({ preference }: { readonly preference: UnitPreference }) {
  const [chosen, setChosen] = useState(preference);
  const { refusal, submit } = useSubmit(chooseUnits);
  const toast = useToast();
  async function choose(quantity: string, code: string) {
    const { [quantity]: _before, ...others } = chosen;
    const units = code === "" ? others : { ...others, [quantity]: code };
    setChosen(units);
    const saved = await submit({ units });
    if (saved === undefined) setChosen(chosen);
    else toast({ tone: "ok", title: unitsText.saved });
  }
  return (
    <Card labelledBy="units-title">
      <CardHeader id="units-title" title={unitsText.title} />
      <CardBody className="flex flex-col gap-4">
        <p className="max-w-2xl text-ink-2">{unitsText.intro}</p>
        <RefusalNote refusal={refusal} />
        <div className="grid max-w-3xl gap-4 sm:grid-cols-2 lg:grid-cols-3">
          {quantities.map(({ key, label, units }) => (
            <Field key={key} label={label}>
              <Select
                value={chosen[key] ?? ""}
                onChange={(event) => void choose(key, event.target.value)}
                options={[
                  { value: "", label: unitsText.asMeasured },
                  ...units.map((unit) => ({
                    value: unit.code,
                    label: unitsText.option(unit.label, unit.name),
                  })),
                ]}
              />
            </Field>
          ))}
        </div>
      </CardBody>
    </Card>
  );
}
