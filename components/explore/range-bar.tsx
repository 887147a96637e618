"use client";
import { ArrowLeft, ZoomOut } from "lucide-react";
import { useState } from "react";
import type { TimeRange } from "#components/charts/series.ts";
import { zoomAround } from "#components/charts/view.ts";
import { lengthText, type RangeChoice } from "#components/explore/explore-state.ts";
import type { Explore } from "#components/explore/use-explore.ts";
import { localTime, readLocalTime } from "#components/message/local-time.ts";
import { exploreText } from "#components/strings/explore.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const presets = [
  5 * minute,
  15 * minute,
  hour,
  6 * hour,
  day,
  7 * day,
  30 * day,
  90 * day,
  365 * day,
];
const chosen = "chosen";
const choose = "choose";

function lengthWords(lastMs: number): string {
  const key = lengthText(lastMs);
  const words: Readonly<Record<string, string>> = exploreText.lengths;
  return exploreText.last(words[key] ?? key);
}

/** What range is shown: one that ends now, or one that was chosen; and the way back out of a zoom. */
export function RangeBar({
  explore: { state, change, zoom, back },
  range,
}: {
  readonly explore: Explore;
  readonly range: TimeRange;
}) {
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {back !== undefined && (
        <Button size="sm" onClick={back}>
          <ArrowLeft aria-hidden className="size-3.5" />
          {exploreText.back}
        </Button>
      )}
      <Button
        size="sm"
        variant="ghost"
        iconOnly
        aria-label={exploreText.zoomOut}
        title={exploreText.zoomOut}
        onClick={() => zoom(zoomAround(range, (range.from + range.to) / 2, 2))}
      >
        <ZoomOut aria-hidden className="size-4" />
      </Button>
      <RangeChooser
        choice={state.range}
        range={range}
        onChoose={(next) => change({ range: next })}
      />
    </div>
  );
}

function RangeChooser({
  choice,
  range,
  onChoose,
}: {
  readonly choice: RangeChoice;
  readonly range: TimeRange;
  readonly onChoose: (range: RangeChoice) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  const lastMs = "lastMs" in choice ? choice.lastMs : null;
  const lengths = lastMs === null || presets.includes(lastMs) ? presets : [...presets, lastMs];
  return (
    <>
      <Select
        aria-label={exploreText.range}
        value={lastMs === null ? chosen : String(lastMs)}
        onChange={({ target: { value } }) => {
          if (value === choose) setOpen(true);
          else if (value !== chosen) onChoose({ lastMs: Number(value) });
        }}
        options={[
          ...(lastMs === null ? [{ value: chosen, label: exploreText.chosenRange }] : []),
          ...lengths.map((each) => ({ value: String(each), label: lengthWords(each) })),
          { value: choose, label: exploreText.chooseRange },
        ]}
      />
      {isOpen && (
        <Dialog
          open
          onOpenChange={setOpen}
          title={exploreText.chooseRange}
          description={exploreText.chooseRangeIn(
            new Intl.DateTimeFormat().resolvedOptions().timeZone,
          )}
        >
          <RangeForm
            range={range}
            onChoose={(next) => {
              setOpen(false);
              onChoose(next);
            }}
          />
        </Dialog>
      )}
    </>
  );
}

function RangeForm({
  range,
  onChoose,
}: {
  readonly range: TimeRange;
  readonly onChoose: (range: RangeChoice) => void;
}) {
  const [from, setFrom] = useState(localTime(String(range.from)));
  const [to, setTo] = useState(localTime(String(range.to)));
  const wanted = { from: Number(readLocalTime(from)), to: Number(readLocalTime(to)) };
  const isWrong =
    readLocalTime(from) === "" || readLocalTime(to) === "" || wanted.from >= wanted.to;
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong) onChoose(wanted);
      }}
    >
      <Field label={exploreText.from}>
        <Input
          type="datetime-local"
          step="0.001"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
      </Field>
      <Field label={exploreText.to} error={isWrong ? exploreText.rangeOrder : undefined}>
        <Input
          type="datetime-local"
          step="0.001"
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
      </Field>
      <div className="flex justify-end">
        <Button type="submit" variant="primary" disabled={isWrong}>
          {exploreText.show}
        </Button>
      </div>
    </form>
  );
}
