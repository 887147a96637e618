"use client";
import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { Explore } from "#components/explore/use-explore.ts";
import { findDevicesQuery } from "#components/layout/find-devices.ts";
import { exploreText } from "#components/strings/explore.ts";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { Select } from "#components/ui/select.tsx";
import { maxChartDevices } from "#server/domain/telemetry-query.ts";
import type { ExploreChoices } from "#server/services/explore/choices.ts";

/** Which devices are drawn: chips of those by name, or the selection, and a search for more. */
export function DeviceChooser({
  explore,
  choices,
}: {
  readonly explore: Explore;
  readonly choices: ExploreChoices | undefined;
}) {
  const { state, change } = explore;
  const groups = choices?.groups ?? [];
  return (
    <fieldset className="flex flex-wrap items-center gap-1.5">
      <legend className="sr-only">{exploreText.devices}</legend>
      {state.group === null && state.filter === null ? (
        <NamedDevices explore={explore} choices={choices} />
      ) : (
        <Chip
          label={selectionWords(state, groups.find(({ id }) => id === state.group)?.name)}
          remove={exploreText.removeSelection}
          onRemove={() => change({ group: null, filter: null, split: "each" })}
        />
      )}
    </fieldset>
  );
}

function NamedDevices({
  explore: { state, change },
  choices,
}: {
  readonly explore: Explore;
  readonly choices: ExploreChoices | undefined;
}) {
  const { devices } = state;
  const groups = choices?.groups ?? [];
  const names = new Map(choices?.devices.map(({ deviceId, name }) => [deviceId, name]));
  return (
    <>
      {devices.map((deviceId) => (
        <Chip
          key={deviceId}
          label={names.get(deviceId) ?? deviceId}
          remove={exploreText.removeDevice(names.get(deviceId) ?? deviceId)}
          onRemove={() =>
            change((now) => ({ devices: now.devices.filter((other) => other !== deviceId) }))
          }
        />
      ))}
      {devices.length >= maxChartDevices ? (
        <span className="text-sm text-ink-3">{exploreText.mostDevices(maxChartDevices)}</span>
      ) : (
        <AddDevice
          chosen={devices}
          onAdd={(deviceId) => change((now) => ({ devices: [...now.devices, deviceId] }))}
        />
      )}
      {groups.length > 0 && (
        <Select
          aria-label={exploreText.group}
          value=""
          onChange={(event) =>
            change({ group: event.target.value, filter: null, devices: [], split: "all" })
          }
          options={[
            { value: "", label: exploreText.orGroup, disabled: true },
            ...groups.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
    </>
  );
}

function selectionWords(
  { group, filter }: Explore["state"],
  groupName: string | undefined,
): string {
  if (group !== null) return groupName ?? exploreText.selection;
  if (filter === null || filter === "") return exploreText.everyDevice;
  const words = [...new URLSearchParams(filter)].map(([name, value]) => `${name}: ${value}`);
  return exploreText.filterChip(words.join(", "));
}

function Chip({
  label,
  remove,
  onRemove,
}: {
  readonly label: string;
  readonly remove: string;
  readonly onRemove: () => void;
}) {
  return (
    <span className="inline-flex h-7 max-w-64 items-center gap-1 rounded border border-line-strong bg-surface pr-0.5 pl-2.5 text-sm text-ink">
      <span className="truncate">{label}</span>
      <button
        type="button"
        aria-label={remove}
        onClick={onRemove}
        className="flex size-6 items-center justify-center rounded-sm text-ink-3 hover:bg-sunken hover:text-ink"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  );
}

function AddDevice({
  chosen,
  onAdd,
}: {
  readonly chosen: readonly string[];
  readonly onAdd: (deviceId: string) => void;
}) {
  return (
    <Popover
      label={exploreText.addDevice}
      className="w-80 max-w-[calc(100vw-1rem)] p-2"
      trigger={
        <Button size="sm">
          <Plus aria-hidden className="size-3.5" />
          {exploreText.addDevice}
        </Button>
      }
    >
      <FindDevice chosen={chosen} onAdd={onAdd} />
    </Popover>
  );
}

function FindDevice({
  chosen,
  onAdd,
}: {
  readonly chosen: readonly string[];
  readonly onAdd: (deviceId: string) => void;
}) {
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const found = useQuery({ ...findDevicesQuery(wanted), enabled: wanted !== "" });
  const devices = (found.data ?? []).filter(({ deviceId }) => !chosen.includes(deviceId));
  return (
    <>
      <Input
        type="search"
        aria-label={exploreText.addDevice}
        placeholder={exploreText.addDeviceHint}
        maxLength={128}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <ul className="mt-1.5 flex max-h-72 flex-col overflow-y-auto">
        {devices.map(({ deviceId, name }) => (
          <li key={deviceId}>
            <button
              type="button"
              onClick={() => {
                onAdd(deviceId);
                setText("");
              }}
              className="flex w-full flex-col rounded-sm px-2.5 py-1.5 text-left hover:bg-sunken focus-visible:-outline-offset-2"
            >
              <span className="truncate">{name}</span>
              <span className="truncate font-mono text-xs text-ink-3">{deviceId}</span>
            </button>
          </li>
        ))}
      </ul>
      {wanted !== "" && found.isSuccess && devices.length === 0 && (
        <output className="block px-2.5 py-1.5 text-sm text-ink-3">
          {exploreText.noDeviceFound}
        </output>
      )}
      {found.isError && (
        <p role="alert" className="px-2.5 py-1.5 text-sm text-bad">
          {found.error.message}
        </p>
      )}
    </>
  );
}
