"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import {
  availabilityHref,
  viewParams,
  type AvailabilityChoices,
  type AvailabilityView,
} from "#components/availability/availability-view.ts";
import { downloadFile } from "#components/device/download.ts";
import { readJson } from "#components/layout/read-json.ts";
import { availabilityWords } from "#components/strings/presence.ts";
import { Button } from "#components/ui/button.tsx";
import { Select } from "#components/ui/select.tsx";
import { useToast } from "#components/ui/toast.tsx";
import { csvFile } from "#server/domain/csv.ts";
import type { AvailabilityReport } from "#server/services/presence/availability.ts";
import { availabilityKinds, availabilityPeriods } from "#server/domain/availability.ts";

/** Period, what is told apart, whose; the address holds all of it. */
export function AvailabilityControls({
  view,
  choices,
}: {
  readonly view: AvailabilityView;
  readonly choices: AvailabilityChoices;
}) {
  const router = useRouter();
  const [isLoading, startLoading] = useTransition();
  const go = (change: Partial<AvailabilityView>) =>
    startLoading(() => router.push(availabilityHref({ ...view, ...change })));
  const every = [
    { value: "", label: availabilityWords.everyProfile },
    ...choices.profiles.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <div className="mb-4 flex flex-wrap items-center gap-2" aria-busy={isLoading}>
      <Select
        aria-label={availabilityWords.period}
        value={String(view.days)}
        onChange={(event) => go({ days: Number(event.target.value) })}
        options={availabilityPeriods.map((days) => {
          return { value: String(days), label: availabilityWords.days(days) };
        })}
      />
      <Select
        aria-label={availabilityWords.by}
        value={view.by}
        onChange={(event) => go({ by: event.target.value === "tag" ? "tag" : "profile" })}
        options={availabilityKinds.map((kind) => {
          return { value: kind, label: `${availabilityWords.groups} ${kind}` };
        })}
      />
      <Select
        aria-label={availabilityWords.narrow}
        value={view.profile}
        onChange={(event) => go({ profile: event.target.value })}
        options={every}
      />
      {choices.groups.length > 0 && (
        <Select
          aria-label={availabilityWords.group}
          value={view.group}
          onChange={(event) => go({ group: event.target.value })}
          options={[
            { value: "", label: availabilityWords.everyGroup },
            ...choices.groups.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
      <Narrowed view={view} />
      <span className="ml-auto">
        <CsvButton view={view} />
      </span>
    </div>
  );
}

/** What narrows by more than a list of choices can say. */
function Narrowed({ view }: { readonly view: AvailabilityView }) {
  if (view.tag === "") return null;
  return (
    <span className="flex items-center gap-2 text-sm text-ink-2">
      {availabilityWords.ofTag(view.tag)}
      <Link href={availabilityHref({ ...view, tag: "" })} className="text-accent hover:underline">
        {availabilityWords.everyDevice}
      </Link>
    </span>
  );
}

const header = [
  "kind",
  "name",
  "devices",
  "availability",
  "online_s",
  "idle_s",
  "late_s",
  "silent_s",
  "stranded_s",
  "excused_s",
];

/** Days, groups and up to a thousand of the worst devices, one record each. */
function csvOf({ days, groups, worst }: AvailabilityReport): string {
  const rows = [
    ...days.map((row) => ({ ...row, kind: "day", name: row.day, devices: null })),
    ...groups.map((row) => ({ ...row, kind: "group" })),
    ...worst.map((row) => ({ ...row, kind: "device", name: row.deviceId, devices: 1 })),
  ];
  return csvFile(
    header,
    rows.map(({ kind, name, devices, availability, seconds }) => {
      const { online, idle, late, silent, stranded, excused } = seconds;
      const times = [online, idle, late, silent, stranded, excused].map(Math.round);
      return [kind, name, devices, availability, ...times];
    }),
  );
}

function CsvButton({ view }: { readonly view: AvailabilityView }) {
  const toast = useToast();
  const [isMaking, setIsMaking] = useState(false);
  const make = async (): Promise<void> => {
    setIsMaking(true);
    try {
      const query = new URLSearchParams({ ...viewParams(view), worst: "1000" });
      const report = await readJson<AvailabilityReport>(
        `/api/console/availability?${query.toString()}`,
      );
      downloadFile(`availability-${report.until.slice(0, 10)}.csv`, csvOf(report));
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      toast({ tone: "bad", title: availabilityWords.csvFailed, detail });
    } finally {
      setIsMaking(false);
    }
  };
  return (
    <Button size="sm" busy={isMaking} onClick={() => void make()}>
      {availabilityWords.csv}
    </Button>
  );
}
