"use client";
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useId, useState } from "react";
import { dashboardChoicesQuery } from "#components/dashboard/dashboard-queries.ts";
import { findDevicesQuery } from "#components/layout/find-devices.ts";
import { widgetEditText as text } from "#components/strings/dashboard-widget.ts";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { maxVariableValues, type VariableKind } from "#server/domain/dashboard.ts";
import type { KnownReferences } from "#server/domain/dashboard-references.ts";

type PickerProps = {
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
  /** Names of what is chosen. */
  readonly references: KnownReferences;
  readonly most?: number;
};

/** Chooses devices, groups, profiles or metrics; whichever kind, values are ids (of metrics names). */
export function ValuePicker({ kind, ...props }: PickerProps & { readonly kind: VariableKind }) {
  const most = props.most ?? maxVariableValues[kind];
  switch (kind) {
    case "device":
      return <DevicePicker {...props} most={most} />;
    case "group":
      return <GroupPicker {...props} />;
    case "profile":
      return <ProfilePicker {...props} most={most} />;
    case "metric":
      return <MetricPicker {...props} most={most} />;
  }
}

function Chosen({
  values,
  nameOf,
  onRemove,
}: {
  readonly values: readonly string[];
  readonly nameOf: (value: string) => string;
  readonly onRemove: (value: string) => void;
}) {
  if (values.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1.5">
      {values.map((value) => (
        <li
          key={value}
          className="flex h-7 max-w-full items-center gap-1 rounded border border-line-strong bg-sunken pl-2 text-sm"
        >
          <span className="truncate">{nameOf(value)}</span>
          <Button
            variant="ghost"
            size="sm"
            iconOnly
            aria-label={text.removeItem(nameOf(value))}
            onClick={() => onRemove(value)}
          >
            <X aria-hidden className="size-3.5" />
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** Devices that were chosen here are known by what the search said of them. */
function DevicePicker({
  values,
  onChange,
  references,
  most,
}: PickerProps & { readonly most: number }) {
  const [search, setSearch] = useState("");
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  const query = useQuery({ ...findDevicesQuery(search.trim()), enabled: search.trim() !== "" });
  const nameOf = (id: string) => names[id] ?? references.device[id] ?? `${id.slice(0, 8)}…`;
  const hits = query.data?.filter(({ id }) => !values.includes(id)) ?? [];
  return (
    <div className="flex flex-col gap-2">
      <Chosen
        values={values}
        nameOf={nameOf}
        onRemove={(id) => onChange(values.filter((each) => each !== id))}
      />
      {values.length < most && (
        <Field label={text.search} hideLabel>
          <Input
            value={search}
            placeholder={text.searchHint}
            autoComplete="off"
            onChange={(event) => setSearch(event.target.value)}
          />
        </Field>
      )}
      {hits.length > 0 && (
        <ul className="rounded border border-line">
          {hits.map(({ id, name, deviceId }) => (
            <li key={id} className="border-b border-line last:border-b-0">
              <button
                type="button"
                className="flex w-full items-baseline gap-2 px-2.5 py-1.5 text-left hover:bg-sunken"
                onClick={() => {
                  setNames((before) => ({ ...before, [id]: name }));
                  setSearch("");
                  onChange([...values, id]);
                }}
              >
                <span className="truncate font-medium">{name}</span>
                <span className="truncate font-mono text-sm text-ink-3">{deviceId}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {query.data?.length === 0 && <p className="text-sm text-ink-3">{text.noHit}</p>}
    </div>
  );
}

function GroupPicker({ values, onChange, references }: PickerProps) {
  const { data } = useQuery(dashboardChoicesQuery);
  const groups = data?.groups ?? [];
  const [chosen = ""] = values;
  const isKnown = chosen === "" || groups.some(({ id }) => id === chosen);
  if (data !== undefined && groups.length === 0 && chosen === "") {
    return <p className="text-sm text-ink-3">{text.noGroups}</p>;
  }
  return (
    <Select
      aria-label={text.chooseGroup}
      value={chosen}
      options={[
        { value: "", label: text.chooseGroup },
        ...groups.map(({ id, name }) => ({ value: id, label: name })),
        ...(isKnown
          ? []
          : [{ value: chosen, label: references.group[chosen] ?? `${chosen.slice(0, 8)}…` }]),
      ]}
      onChange={({ target }) => onChange(target.value === "" ? [] : [target.value])}
    />
  );
}

function ProfilePicker({
  values,
  onChange,
  references,
  most,
}: PickerProps & { readonly most: number }) {
  const { data } = useQuery(dashboardChoicesQuery);
  const profiles = data?.profiles ?? [];
  const strange = values.filter((id) => !profiles.some((each) => each.id === id));
  return (
    <div className="flex max-h-48 flex-col gap-1.5 overflow-y-auto">
      {[
        ...profiles,
        ...(data === undefined
          ? []
          : strange.map((id) => ({ id, name: references.profile[id] ?? `${id.slice(0, 8)}…` }))),
      ].map(({ id, name }) => (
        <Checkbox
          key={id}
          label={name}
          checked={values.includes(id)}
          disabled={!values.includes(id) && values.length >= most}
          onChange={({ target }) =>
            onChange(target.checked ? [...values, id] : values.filter((each) => each !== id))
          }
        />
      ))}
    </div>
  );
}

function MetricPicker({ values, onChange, most }: PickerProps & { readonly most: number }) {
  const { data } = useQuery(dashboardChoicesQuery);
  const [draft, setDraft] = useState("");
  const list = useId();
  const known = data?.metrics ?? [];
  function add(name: string) {
    const metric = name.trim();
    setDraft("");
    if (metric !== "" && !values.includes(metric)) onChange([...values, metric]);
  }
  return (
    <div className="flex flex-col gap-2">
      <Chosen
        values={values}
        nameOf={(name) => name}
        onRemove={(name) => onChange(values.filter((each) => each !== name))}
      />
      {values.length < most && (
        <div className="flex gap-2">
          <Input
            aria-label={text.addMetric}
            placeholder={text.metricsHint}
            list={list}
            maxLength={128}
            autoComplete="off"
            value={draft}
            onChange={({ target }) => {
              // One of the list was chosen: the browser says so by the whole text at once.
              if (known.some(({ name }) => name === target.value)) add(target.value);
              else setDraft(target.value);
            }}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              add(draft);
            }}
          />
          <Button disabled={draft.trim() === ""} onClick={() => add(draft)}>
            {text.addMetric}
          </Button>
          <datalist id={list}>
            {known
              .filter(({ name }) => !values.includes(name))
              .map(({ name, unit }) => (
                <option key={name} value={name}>
                  {unit ?? ""}
                </option>
              ))}
          </datalist>
        </div>
      )}
    </div>
  );
}
