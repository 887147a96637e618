"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createProbeDevice, requestProbe } from "#app/(console)/certificates/tls/actions.ts";
import { useChange } from "#components/people/use-change.ts";
import { tlsText } from "#components/strings/tls.ts";
import { ProbeResult } from "#components/tls/probe-result.tsx";
import { ProbeRuns } from "#components/tls/probe-runs.tsx";
import { probeQuery, probesQuery, tlsKey, type TlsProbe } from "#components/tls/tls-queries.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import type { TlsPosture } from "#server/services/tls/show.ts";
import type { TlsProbeRunView } from "#server/services/tls/show-probe.ts";

/** The newest probe, or the one that was chosen: its answers by listener, and the earlier ones. */
export function ProbeCard({
  firstRuns,
  firstProbe,
  device,
  mayManage,
}: {
  readonly firstRuns: readonly TlsProbeRunView[];
  readonly firstProbe: TlsProbe | null;
  readonly device: TlsPosture["probeDevice"];
  readonly mayManage: boolean;
}) {
  const [chosen, setChosen] = useState<string>();
  const asking = useAsking();
  const { runs, shownId, probe, isAwaited } = useShownProbe({
    firstRuns,
    firstProbe,
    chosen,
    since: asking.since,
  });
  const probeNow = () => {
    setChosen(undefined);
    void asking.probe();
  };
  return (
    <Card labelledBy="tls-probe">
      <CardHeader
        id="tls-probe"
        title={tlsText.probe}
        aside={
          mayManage && (
            <Button size="sm" busy={asking.busy || isAwaited} onClick={probeNow}>
              {tlsText.probeNow}
            </Button>
          )
        }
      />
      <CardBody className="flex flex-col gap-5">
        <p className="max-w-3xl text-ink-2">{tlsText.probeIntro}</p>
        <Awaited isAwaited={isAwaited} />
        {probe !== undefined && <ProbeResult key={probe.id} probe={probe} />}
        {mayManage && !device.exists && <GiveDevice asking={asking} />}
        {runs.length === 0 ? (
          <EmptyState title={tlsText.neverTitle}>{tlsText.neverText}</EmptyState>
        ) : (
          <ProbeRuns runs={runs} shownId={shownId} onShow={setChosen} />
        )}
      </CardBody>
    </Card>
  );
}

/** The runs, the probe that is shown of them, and whether one that was asked for is still awaited. */
function useShownProbe(at: {
  readonly firstRuns: readonly TlsProbeRunView[];
  readonly firstProbe: TlsProbe | null;
  readonly chosen: string | undefined;
  readonly since: string | undefined;
}) {
  const { firstRuns, firstProbe, chosen, since } = at;
  const { data: runs } = useQuery(probesQuery(firstRuns, since !== undefined));
  const newest = runs.find(({ finishedAt }) => finishedAt !== null);
  const shownId = chosen ?? newest?.id;
  const { data: probe } = useQuery(probeQuery(shownId, firstProbe));
  const isAwaited = since !== undefined && (newest?.startedAt ?? "") < since;
  return { runs, shownId, probe, isAwaited };
}

function Awaited({ isAwaited }: { readonly isAwaited: boolean }) {
  return (
    <output className={isAwaited ? "text-ink" : "sr-only"}>
      {isAwaited ? tlsText.probing : ""}
    </output>
  );
}

function GiveDevice({ asking }: { readonly asking: ReturnType<typeof useAsking> }) {
  return (
    <div className="flex flex-col items-start gap-2 border-t border-line pt-4">
      <p className="max-w-3xl text-ink-2">{tlsText.giveDeviceText}</p>
      <Button size="sm" busy={asking.busy} onClick={() => void asking.device()}>
        {tlsText.giveDevice}
      </Button>
    </div>
  );
}

/** Asks for a probe, at once or with a device of its own; since when one is awaited. */
function useAsking() {
  const queries = useQueryClient();
  const [since, setSince] = useState<string>();
  const probing = useChange(requestProbe, ({ requestedAt }) => {
    setSince(requestedAt);
    return { title: tlsText.probing };
  });
  const creating = useChange(createProbeDevice, ({ requestedAt }) => {
    setSince(requestedAt);
    return { title: tlsText.deviceCreated };
  });
  const refresh = () => queries.invalidateQueries({ queryKey: tlsKey });
  return {
    since,
    busy: probing.busy || creating.busy,
    probe: async () => {
      if (await probing.change({})) await refresh();
    },
    device: async () => {
      if (await creating.change({})) await refresh();
    },
  };
}
