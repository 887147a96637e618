"use client";
import clsx from "clsx";
import { useState } from "react";
import { tlsText } from "#components/strings/tls.ts";
import { ProbeGrid } from "#components/tls/probe-grid.tsx";
import type { TlsProbe } from "#components/tls/tls-queries.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { formatCount } from "#components/ui/format.ts";
import { ExactTime } from "#components/ui/time.tsx";
import { probeListeners } from "#server/domain/tls-probe-plan.ts";
import type { TlsProbeCellView } from "#server/services/tls/show-probe.ts";

/** What a probe found: the sum, then each listener's answers, those with wrong ones first. */
export function ProbeResult({ probe }: { readonly probe: TlsProbe }) {
  const { answers, cells, wrong, error } = probe;
  const listeners = probeListeners.filter((name) => answers.some((cell) => cell.listener === name));
  const worst = answers.find((cell) => cell.wrong)?.listener ?? listeners[0];
  const [shown, setShown] = useState(worst);
  const missing = answers.filter(({ outcome }) => outcome === "not-probed");
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StateBadge tone={wrong === 0 && error === "" ? "ok" : "bad"}>
          {wrong === 0
            ? tlsText.allRight(formatCount(cells))
            : tlsText.someWrong(formatCount(wrong), formatCount(cells))}
        </StateBadge>
        {missing.length > 0 && (
          <span className="text-ink-2">{tlsText.missing(formatCount(missing.length))}</span>
        )}
        <span className="text-ink-3">
          <ExactTime value={probe.startedAt} />
        </span>
        <span className="font-mono text-sm text-ink-3">{probe.profile}</span>
      </div>
      {error !== "" && <ErrorNote remedy={error}>{tlsText.probeFailed}</ErrorNote>}
      <fieldset className="flex flex-wrap gap-2">
        <legend className="sr-only">{tlsText.listenersLabel}</legend>
        {listeners.map((name) => (
          <ListenerButton
            key={name}
            name={name}
            isShown={name === shown}
            wrong={answers.filter((cell) => cell.listener === name && cell.wrong).length}
            onShow={() => setShown(name)}
          />
        ))}
      </fieldset>
      <ProbeGrid answers={answers.filter(({ listener }) => listener === shown)} />
      {missing.length > 0 && <Reasons missing={missing} />}
    </>
  );
}

function ListenerButton({
  name,
  isShown,
  wrong,
  onShow,
}: {
  readonly name: string;
  readonly isShown: boolean;
  readonly wrong: number;
  readonly onShow: () => void;
}) {
  return (
    <button
      type="button"
      aria-pressed={isShown}
      onClick={onShow}
      className={clsx(
        "h-8 rounded border px-3 font-medium",
        isShown
          ? "border-accent bg-accent-soft text-ink"
          : "border-line-strong bg-surface text-ink-2 hover:bg-sunken",
      )}
    >
      {tlsText.listeners[name] ?? name}
      {wrong > 0 && <span className="ml-2 text-bad">{`✕ ${formatCount(wrong)}`}</span>}
    </button>
  );
}

/** Each reason once, with the certificates that it concerns. */
function Reasons({ missing }: { readonly missing: readonly TlsProbeCellView[] }) {
  const reasons = Map.groupBy(missing, ({ detail }) => detail);
  return (
    <div>
      <h3 className="font-semibold text-ink">{tlsText.whyMissing}</h3>
      <ul className="mt-1 text-ink-2">
        {[...reasons].map(([reason, cells]) => {
          const kinds = new Set(cells.map(({ client }) => tlsText.shortClients[client] ?? client));
          return <li key={reason}>{`${[...kinds].join(", ")}: ${reason}`}</li>;
        })}
      </ul>
    </div>
  );
}
