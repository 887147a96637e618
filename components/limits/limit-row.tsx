"use client";
import Link from "next/link";
import { useState } from "react";
import { focusOnMount, LimitForm } from "#components/limits/limit-form.tsx";
import { causeOfLimit } from "#components/limits/met-by.ts";
import { refusedHref } from "#components/refused/refused-queries.ts";
import { limitText, reasonCodeWords, titleOfLimit } from "#components/strings/limits.ts";
import { wordsOfCause } from "#components/strings/refused.ts";
import { Button } from "#components/ui/button.tsx";
import { formatBytes, formatCount, formatDuration, unitSpace } from "#components/ui/format.ts";
import { Td, Tr } from "#components/ui/table.tsx";
import { RelativeTime } from "#components/ui/time.tsx";
import { everyRefusal } from "#server/domain/refusal-view.ts";
import type { ListenerLimitView } from "#server/services/listener-limit/list.ts";
import type { RefusalFacet } from "#server/services/refused-connection/facets.ts";

/** On a phone the cells of a row stand below each other. */
const cell = "py-2.5 max-md:block max-md:h-auto max-md:py-0.5";

/** One limit: what it bounds, its value, and in its place the form that changes it. */
export function LimitRow({
  limit,
  met,
  mayManage,
}: {
  readonly limit: ListenerLimitView;
  readonly met: readonly RefusalFacet[];
  readonly mayManage: boolean;
}) {
  const [state, setState] = useState<"unopened" | "editing" | "closed">("unopened");
  const editing = state === "editing";
  const title = titleOfLimit(limit);
  return (
    <Tr className="align-top max-md:block max-md:py-2.5">
      <Td className={cell}>
        <p className="font-medium text-ink">{title}</p>
        <p className="text-sm text-ink-2">{limit.explanation}</p>
      </Td>
      <Td className={cell}>
        {editing ? (
          <LimitForm limit={limit} onClose={() => setState("closed")} />
        ) : (
          <Value limit={limit} />
        )}
      </Td>
      <Td className="py-2.5 text-ink-2 max-lg:hidden">{toldOf(limit)}</Td>
      <Td className="py-2.5 max-md:hidden">
        <Met limit={limit} met={met} />
      </Td>
      {mayManage && (
        <Td className="py-2 text-right max-md:block max-md:h-auto max-md:pt-1 max-md:text-left">
          {!editing && (
            <Button
              size="sm"
              aria-label={limitText.editLabel(title)}
              onClick={() => setState("editing")}
              {...(state === "closed" && { ref: focusOnMount })}
            >
              {limitText.edit}
            </Button>
          )}
        </Td>
      )}
    </Tr>
  );
}

/** What a client beyond the limit gets to know. */
function toldOf({ reasonCode, unit }: ListenerLimitView): string {
  if (reasonCode !== null) return reasonCodeWords(reasonCode);
  if (unit === "sessions") return limitText.noSession;
  return unit.endsWith("/s") ? limitText.slowed : limitText.adjusted;
}

function amount(value: number, { unit }: ListenerLimitView): string {
  switch (unit) {
    case "bytes":
      return formatBytes(value);
    case "bytes/s":
      return `${formatBytes(value)}/s`;
    case "seconds":
      return formatDuration(value * 1_000);
    case "messages/s":
    case "connects/s":
    case "connects/min":
    case "messages":
    case "subscriptions":
    case "aliases":
    case "connections":
    case "sessions":
      return `${formatCount(value)}${unitSpace}${limitText.units[unit]}`;
  }
}

function Value({ limit }: { readonly limit: ListenerLimitView }) {
  const { override } = limit;
  return (
    <>
      <p className="text-ink tabular-nums">{amount(limit.effective, limit)}</p>
      <p className="text-sm text-ink-3">
        {override === null ? (
          limitText.isDefault
        ) : (
          <>
            {limitText.changedBy(override.changedBy)} <RelativeTime value={override.changedAt} />
            <br />
            {limitText.defaultIs(amount(limit.default, limit))}
          </>
        )}
      </p>
    </>
  );
}

function Met({
  limit,
  met,
}: {
  readonly limit: ListenerLimitView;
  readonly met: readonly RefusalFacet[];
}) {
  const cause = causeOfLimit(limit);
  const facet = met.find((each) => each.cause === cause);
  if (cause === undefined || facet === undefined) {
    return <span className="text-ink-3">{limitText.none}</span>;
  }
  const words = wordsOfCause(cause).title;
  const count = formatCount(facet.attempts);
  return (
    <Link
      href={refusedHref({ ...everyRefusal, causes: [cause], range: "24h" })}
      aria-label={limitText.metLabel(count, words)}
      className="text-accent hover:underline"
    >
      {limitText.metWords(count, words)}
    </Link>
  );
}
