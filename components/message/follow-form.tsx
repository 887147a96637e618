"use client";
import { useState } from "react";
import {
  followDays,
  followParams,
  followWays,
  type FollowSearch,
} from "#components/message/follow-queries.ts";
import { localTime, readLocalTime } from "#components/message/local-time.ts";
import { followText } from "#components/strings/message.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";

const ways = followWays.map((value) => ({ value, label: followText.ways[value] }));
const rangeWords = [followText.ranges.day, followText.ranges.week, followText.ranges.month];
const ranges = followDays.map((days, index) => ({
  value: String(days),
  label: rangeWords[index] ?? "",
}));

/** By which way to look for a message, and what for. */
export function FollowForm({
  first,
  busy,
  onSubmit,
}: {
  readonly first: FollowSearch;
  readonly busy: boolean;
  readonly onSubmit: (search: FollowSearch) => void;
}) {
  const [search, setSearch] = useState(first);
  const change = (part: Partial<FollowSearch>): void => setSearch({ ...search, ...part });
  return (
    <Card>
      <CardBody>
        <search>
          <form
            className="flex flex-wrap items-end gap-3"
            onSubmit={(event) => {
              event.preventDefault();
              onSubmit(search);
            }}
          >
            <Field label={followText.by} className="max-sm:w-full">
              <Select
                options={ways}
                value={search.way}
                onChange={(event) =>
                  change({ way: followWays.find((way) => way === event.target.value) ?? "id" })
                }
              />
            </Field>
            {search.way === "time" ? (
              <TimeFields search={search} onChange={change} />
            ) : (
              <SoughtFields search={search} onChange={change} />
            )}
            <Button
              type="submit"
              variant="primary"
              busy={busy}
              disabled={followParams(search) === undefined}
            >
              {followText.submit}
            </Button>
          </form>
        </search>
        <p className="mt-3 text-sm text-ink-3">
          {search.way === "text" && `${followText.textHint} `}
          {followText.recorded}
        </p>
      </CardBody>
    </Card>
  );
}

type Fields = {
  readonly search: FollowSearch;
  readonly onChange: (part: Partial<FollowSearch>) => void;
};

function TimeFields({ search, onChange }: Fields) {
  return (
    <>
      <Device label={followText.device} search={search} onChange={onChange} required />
      <Field label={followText.at} required>
        <Input
          type="datetime-local"
          step="0.001"
          value={localTime(search.at)}
          onChange={(event) => onChange({ at: readLocalTime(event.target.value) })}
        />
      </Field>
      <Field label={followText.window}>
        <Input
          type="number"
          min="0.001"
          max="3600"
          step="any"
          value={search.window}
          onChange={(event) => onChange({ window: event.target.value })}
        />
      </Field>
    </>
  );
}

function SoughtFields({ search, onChange }: Fields) {
  const isText = search.way === "text";
  return (
    <>
      <Field label={isText ? followText.text : followText.id} className="min-w-56 flex-1" required>
        <Input
          mono
          autoComplete="off"
          spellCheck={false}
          data-page-filter
          minLength={isText ? 3 : 1}
          maxLength={isText ? 200 : 64}
          value={isText ? search.text : search.id}
          onChange={(event) =>
            onChange(isText ? { text: event.target.value } : { id: event.target.value })
          }
        />
      </Field>
      <Device label={followText.deviceOptional} search={search} onChange={onChange} />
      <Field label={followText.range}>
        <Select
          options={ranges}
          value={search.days}
          onChange={(event) => onChange({ days: event.target.value })}
        />
      </Field>
    </>
  );
}

function Device({
  label,
  search,
  onChange,
  required = false,
}: Fields & { readonly label: string; readonly required?: boolean }) {
  return (
    <Field label={label} required={required} className="min-w-48">
      <Input
        mono
        autoComplete="off"
        spellCheck={false}
        value={search.device}
        onChange={(event) => onChange({ device: event.target.value })}
      />
    </Field>
  );
}
