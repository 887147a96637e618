"use client";
import { useState } from "react";
import { ValuePicker } from "#components/dashboard/value-picker.tsx";
import { widgetEditText as text } from "#components/strings/dashboard-widget.ts";
import { Field } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { DashboardVariable, WidgetDevices } from "#server/domain/dashboard.ts";
import type { KnownReferences } from "#server/domain/dashboard-references.ts";
import { selectionOf } from "#server/domain/dashboard-variables.ts";
import { isNarrowed } from "#server/domain/fleet-filter.ts";

type Mode = keyof typeof text.devicesBy;

/** How the devices were chosen, as the form asks it. A filter of profiles alone is one of profiles. */
function modeOf(devices: WidgetDevices): Mode {
  if (devices.by !== "filter") return devices.by;
  if (!isNarrowed(devices.filter)) return "all";
  const { profileIds } = devices.filter;
  const rest = { ...devices.filter, profileIds: [] };
  return profileIds.length > 0 && !isNarrowed(rest) ? "profile" : "filter";
}

/** Which devices a widget is about: all, some by name, of profiles, a group, or a variable's. */
export function DevicesField({
  devices,
  variables,
  references,
  onChange,
}: {
  readonly devices: WidgetDevices;
  readonly variables: readonly DashboardVariable[];
  readonly references: KnownReferences;
  readonly onChange: (devices: WidgetDevices) => void;
}) {
  const [wanted, setWanted] = useState<Mode>();
  const mode = wanted ?? modeOf(devices);
  const modes = (Object.keys(text.devicesBy) as Mode[]).filter(
    (each) => each !== "filter" || modeOf(devices) === "filter",
  );
  const named = variables.filter(({ kind }) => kind !== "metric");
  function choose(next: Mode) {
    setWanted(next);
    const [variable] = named;
    if (next === "all") onChange(selectionOf({ kind: "device" }, []));
    if (next === "variable" && variable !== undefined) {
      onChange({ by: "variable", name: variable.name });
    }
  }
  return (
    <fieldset className="flex flex-col gap-2">
      <Field label={text.devices}>
        <Select
          value={mode}
          options={modes.map((each) => ({ value: each, label: text.devicesBy[each] }))}
          onChange={({ target }) => choose(modes.find((each) => each === target.value) ?? "all")}
        />
      </Field>
      <ModeFields {...{ mode, devices, references, onChange }} variables={named} />
    </fieldset>
  );
}

/** What is chosen in the way that the form asks for it. */
function idsOf(mode: Mode, devices: WidgetDevices): readonly string[] {
  if (mode === "devices" && devices.by === "devices") return devices.ids;
  if (mode === "profile" && devices.by === "filter") return devices.filter.profileIds;
  return mode === "group" && devices.by === "group" ? [devices.groupId] : [];
}

function ModeFields({
  mode,
  devices,
  variables,
  references,
  onChange,
}: {
  readonly mode: Mode;
  readonly devices: WidgetDevices;
  readonly variables: readonly DashboardVariable[];
  readonly references: KnownReferences;
  readonly onChange: (devices: WidgetDevices) => void;
}) {
  const ids = idsOf(mode, devices);
  const choose = (kind: "device" | "profile" | "group") => (chosen: readonly string[]) =>
    onChange(selectionOf({ kind }, chosen));
  switch (mode) {
    case "all":
      return null;
    case "filter":
      return <p className="text-sm text-ink-3">{text.keptFilter}</p>;
    case "devices":
      return (
        <ValuePicker
          kind="device"
          most={50}
          values={ids}
          {...{ references }}
          onChange={choose("device")}
        />
      );
    case "profile":
      return (
        <ValuePicker kind="profile" values={ids} {...{ references }} onChange={choose("profile")} />
      );
    case "group":
      return (
        <ValuePicker kind="group" values={ids} {...{ references }} onChange={choose("group")} />
      );
    case "variable":
      if (variables.length === 0) {
        return <p className="text-sm text-ink-3">{text.noVariables}</p>;
      }
      return (
        <Select
          aria-label={text.chooseVariable}
          value={devices.by === "variable" ? devices.name : ""}
          options={[
            { value: "", label: text.chooseVariable, disabled: true },
            ...variables.map(({ name, label }) => ({ value: name, label: label || name })),
          ]}
          onChange={({ target }) => onChange({ by: "variable", name: target.value })}
        />
      );
  }
}
