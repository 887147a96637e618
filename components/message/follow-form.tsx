"use client";
import { useState } from "react";
import {
  followDays,
  followWays,
  type FollowSearch,
  type FollowWay,
} from "#components/message/follow-queries.ts";
import { localTime, readLocalTime } from "#components/message/local-time.ts";
import { followText } from "#components/strings/message.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { useHydrated } from "#components/ui/clock.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";

const ways = followWays.map((value) => ({ value, label: followText.ways[value] }));
const rangeWords = [followText.ranges.day, followText.ranges.week, followText.ranges.month];
const ranges = followDays.map((days, index) => ({
  value: String(days),
  label: rangeWords[index] ?? "",
}));

/** What a form asks for, where it has a field for it. */
function searchIn(form: HTMLFormElement, way: FollowWay, before: FollowSearch): FollowSearch {
  const fields = new FormData(form);
  const of = (name: keyof FollowSearch): string => {
    const value = fields.get(name);
    return typeof value === "string" ? value : before[name];
  };
  return {
    way,
    id: of("id"),
    device: of("device"),
    at: way === "time" ? readLocalTime(of("at")) : before.at,
    window: of("window"),
    text: of("text"),
    days: of("days"),
  };
}

/**
 * By which way to look for a message, and what for. The fields keep their own values, so that what
 * was typed before the page came alive is asked for, too.
 */
export function FollowForm({
  first,
  busy,
  onSubmit,
}: {
  readonly first: FollowSearch;
  readonly busy: boolean;
  readonly onSubmit: (search: FollowSearch) => void;
}) {
  const [way, setWay] = useState(first.way);
  return (
    <Card>
      <CardBody>
        <search>
          <form
            className="flex flex-wrap items-end gap-3"
            onSubmit={(event) => {
              event.preventDefault();
              onSubmit(searchIn(event.currentTarget, way, first));
            }}
          >
            <Field label={followText.by} className="max-sm:w-full">
              <Select
                options={ways}
                value={way}
                onChange={(event) =>
                  setWay(followWays.find((known) => known === event.target.value) ?? "id")
                }
              />
            </Field>
            {way === "time" ? (
              <TimeFields first={first} />
            ) : (
              <SoughtFields first={first} way={way} />
            )}
            <Button type="submit" variant="primary" busy={busy}>
              {followText.submit}
            </Button>
          </form>
        </search>
        <p className="mt-3 text-sm text-ink-3">
          {way === "text" && `${followText.textHint} `}
          {followText.recorded}
        </p>
      </CardBody>
    </Card>
  );
}

function TimeFields({ first }: { readonly first: FollowSearch }) {
  // A time is written in the viewer's zone, which the server does not know.
  const hydrated = useHydrated();
  return (
    <>
      <Device label={followText.device} first={first} required />
      <Field label={followText.at} required>
        <Input
          key={String(hydrated)}
          type="datetime-local"
          step="0.001"
          name="at"
          defaultValue={hydrated ? localTime(first.at) : ""}
        />
      </Field>
      <Field label={followText.window}>
        <Input
          type="number"
          min="0.001"
          max="3600"
          step="any"
          name="window"
          defaultValue={first.window}
        />
      </Field>
    </>
  );
}

function SoughtFields({
  first,
  way,
}: {
  readonly first: FollowSearch;
  readonly way: "id" | "text";
}) {
  const isText = way === "text";
  return (
    <>
      <Field label={isText ? followText.text : followText.id} className="min-w-56 flex-1" required>
        <Input
          key={way}
          mono
          autoComplete="off"
          spellCheck={false}
          data-page-filter
          minLength={isText ? 3 : 1}
          maxLength={isText ? 200 : 64}
          name={way}
          defaultValue={first[way]}
        />
      </Field>
      <Device label={followText.deviceOptional} first={first} />
      <Field label={followText.range}>
        <Select options={ranges} name="days" defaultValue={first.days} />
      </Field>
    </>
  );
}

function Device({
  label,
  first,
  required = false,
}: {
  readonly label: string;
  readonly first: FollowSearch;
  readonly required?: boolean;
}) {
  return (
    <Field label={label} required={required} className="min-w-48">
      <Input mono autoComplete="off" spellCheck={false} name="device" defaultValue={first.device} />
    </Field>
  );
}
