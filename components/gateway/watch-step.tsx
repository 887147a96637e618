"use client";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { deviceHref } from "#components/device/device-href.ts";
import { watchedChildrenQuery } from "#components/gateway/gateway-queries.ts";
import type { ChosenGateway } from "#components/gateway/chosen-gateway.ts";
import { useArrival } from "#components/onboard/use-arrival.ts";
import { gatewayText } from "#components/strings/gateway.ts";
import { StateDot } from "#components/ui/badge.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";
import type { DeviceSummary } from "#server/services/device/summary.ts";

/** Step 4: what the gateway is to publish, and the wait for it. */
export function WatchStep({
  gateway,
  onBack,
}: {
  readonly gateway: ChosenGateway;
  readonly onBack: () => void;
}) {
  const [since] = useState(() => Date.now());
  const list = useQuery(watchedChildrenQuery(gateway.deviceId)).data;
  const heard = list?.children.find(
    ({ lastContactAt }) => lastContactAt !== null && Date.parse(lastContactAt) > since,
  );
  const example = list?.children[0]?.deviceId ?? "meter-1";
  const topic = `qs/v1/d/${gateway.deviceId}/up/child/${example}/telemetry`;
  return (
    <div className="flex flex-col gap-4">
      <Card labelledBy="child-arrival" className={heard === undefined ? "" : "border-ok!"}>
        <CardBody>
          <div aria-live="polite" data-arrival={heard === undefined ? "waiting" : "arrived"}>
            {heard === undefined ? <Waiting gateway={gateway} /> : <Heard child={heard} />}
          </div>
        </CardBody>
      </Card>
      <Card labelledBy="child-topics">
        <CardHeader id="child-topics" title={gatewayText.watchTitle} />
        <CardBody className="flex flex-col gap-3">
          <p className="text-ink-2">{gatewayText.watchText}</p>
          <CodeBlock code={gatewayText.example(topic)} what={gatewayText.topicName} />
          <div className="flex flex-wrap gap-2">
            <ButtonLink href={`${deviceHref(gateway)}/certificate`}>
              {gatewayText.credentials}
            </ButtonLink>
            <ButtonLink href={`${deviceHref(gateway)}/connection`}>{gatewayText.howTo}</ButtonLink>
          </div>
        </CardBody>
      </Card>
      <div className="flex flex-wrap gap-2">
        <Button onClick={onBack}>{gatewayText.back}</Button>
        <ButtonLink href={deviceHref(gateway)} {...(heard !== undefined && { variant: "primary" })}>
          {gatewayText.openGateway}
        </ButtonLink>
      </div>
    </div>
  );
}

/** A refused child is a dead letter of its gateway. */
function Waiting({ gateway }: { readonly gateway: ChosenGateway }) {
  const { connected, refusal, deadLetter } = useArrival(gateway);
  const trouble = deadLetter?.text ?? refusal?.detail;
  return (
    <>
      <h2 id="child-arrival" className="flex items-center gap-2.5 font-semibold">
        <StateDot tone={connected ? "ok" : "idle"} className="motion-safe:animate-pulse" />
        {gatewayText.waiting}
      </h2>
      <p className="mt-1 text-ink-2">
        {connected ? gatewayText.gatewayConnected : gatewayText.gatewayAway}
      </p>
      {trouble !== undefined && (
        <div className="mt-3 rounded border border-bad/40 bg-bad-soft px-3 py-2 wrap-anywhere">
          <p className="font-semibold text-bad">{gatewayText.refusedTitle}</p>
          <p>{trouble}</p>
          {deadLetter === null && refusal !== null && (
            <p className="text-ink-2">{refusal.remedy}</p>
          )}
        </div>
      )}
    </>
  );
}

function Heard({ child }: { readonly child: DeviceSummary }) {
  return (
    <>
      <h2 id="child-arrival" className="flex items-center gap-2 font-semibold text-ok">
        <CircleCheck aria-hidden className="size-4.5" />
        {gatewayText.arrived(child.name)}
      </h2>
      <p className="mt-1 text-ink-2">
        {child.state === "quarantined" ? gatewayText.arrivedQuarantine : gatewayText.arrivedText}
      </p>
      <ButtonLink href={deviceHref(child)} variant="primary" className="mt-3">
        {gatewayText.openChild}
      </ButtonLink>
    </>
  );
}
