"use client";
import { CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { ConnectCommands, type Endpoint } from "#components/device/connect-commands.tsx";
import { SecretCommands } from "#components/device/secret-details.tsx";
import { deviceHref } from "#components/device/device-href.ts";
import { valueText } from "#components/device/value-text.ts";
import { useLiveState } from "#components/layout/live-provider.tsx";
import { concerns, type Arrival, type OnboardedDevice } from "#components/onboard/arrival.ts";
import type { OnboardCredential } from "#components/onboard/onboard-credential.ts";
import { useArrival } from "#components/onboard/use-arrival.ts";
import { onboardText } from "#components/strings/onboard.ts";
import { StateDot } from "#components/ui/badge.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/time.tsx";

/** Step 3: the commands, and the wait for what they send. */
export function MessageStep({
  device,
  endpoint,
  credential,
  onBack,
  onAgain,
}: {
  readonly device: OnboardedDevice;
  readonly endpoint: Endpoint;
  readonly credential: OnboardCredential;
  readonly onBack: () => void;
  readonly onAgain: () => void;
}) {
  const arrival = useArrival(device);
  const arrived = arrival.message !== null;
  return (
    <div className="flex flex-col gap-4">
      <Card labelledBy="arrival" className={arrived ? "border-ok!" : ""}>
        <CardBody>
          <div aria-live="polite" data-arrival={arrived ? "arrived" : "waiting"}>
            {arrival.message === null ? (
              <Waiting arrival={arrival} deviceId={device.deviceId} />
            ) : (
              <Arrived message={arrival.message} />
            )}
          </div>
          {arrived && (
            <div className="mt-4 flex flex-wrap gap-2">
              <ButtonLink href={deviceHref(device)} variant="primary">
                {onboardText.openDevice}
              </ButtonLink>
              <Button onClick={onAgain}>{onboardText.another}</Button>
            </div>
          )}
        </CardBody>
      </Card>
      <Card labelledBy="commands" className="min-w-0">
        <CardHeader id="commands" title={onboardText.commandsTitle} />
        <CardBody>
          <p className="mb-3 text-ink-2">{commandsWords(credential)}</p>
          {credential.kind === "certificate" ? (
            <ConnectCommands deviceId={device.deviceId} endpoint={endpoint} mayManage />
          ) : (
            <SecretCommands
              deviceId={device.deviceId}
              fresh={credential.token}
              endpoint={endpoint}
            />
          )}
        </CardBody>
      </Card>
      <div className="flex gap-2">
        <Button onClick={onBack}>{onboardText.back}</Button>
        {!arrived && <ButtonLink href={deviceHref(device)}>{onboardText.openDevice}</ButtonLink>}
      </div>
    </div>
  );
}

function commandsWords(credential: OnboardCredential): string {
  if (credential.kind === "secret") return onboardText.commandsTextSecret;
  return credential.files.key === null ? onboardText.commandsTextRequest : onboardText.commandsText;
}

function Waiting({ arrival, deviceId }: { readonly arrival: Arrival; readonly deviceId: string }) {
  const isLive = useLiveState() === "live";
  const { refusal, deadLetter } = arrival;
  const isOwn =
    refusal !== null && concerns(refusal, { key: refusal.deviceKey ?? "", deviceId }) === "device";
  return (
    <>
      <h2 id="arrival" className="flex items-center gap-2.5 font-semibold">
        <StateDot tone={arrival.connected ? "ok" : "idle"} className="motion-safe:animate-pulse" />
        {onboardText.waitingTitle}
      </h2>
      <p className="mt-1 text-ink-2">
        {arrival.connected ? onboardText.connected : onboardText.waiting}
        {!isLive && ` ${onboardText.notLive}`}
      </p>
      {refusal !== null && (
        <Trouble
          title={isOwn ? onboardText.refusedTitle : onboardText.unknownTitle}
          at={refusal.at}
        >
          <p>{refusal.detail}</p>
          <p className="text-ink-2">{refusal.remedy}</p>
        </Trouble>
      )}
      {deadLetter !== null && (
        <Trouble title={onboardText.deadLetterTitle} at={deadLetter.receivedAt}>
          <p>{deadLetter.text}</p>
        </Trouble>
      )}
    </>
  );
}

function Trouble({
  title,
  at,
  children,
}: {
  readonly title: string;
  readonly at: number;
  readonly children: ReactNode;
}) {
  return (
    <div
      className="mt-3 rounded border border-bad/40 bg-bad-soft px-3 py-2 wrap-anywhere"
      data-trouble
    >
      <p className="font-semibold text-bad">
        {title}{" "}
        <span className="font-normal">
          · <RelativeTime value={at} />
        </span>
      </p>
      {children}
    </div>
  );
}

function Arrived({ message }: { readonly message: NonNullable<Arrival["message"]> }) {
  return (
    <>
      <h2 id="arrival" className="flex items-center gap-2 font-semibold text-ok">
        <CircleCheck aria-hidden className="size-4.5" />
        {onboardText.arrivedTitle}
        <span className="font-normal text-ink-3">
          · <RelativeTime value={message.receivedAt} />
        </span>
      </h2>
      <p className="mt-1 text-ink-2">{onboardText.arrivedText}</p>
      <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-3">
        {Object.entries(message.values)
          .slice(0, 12)
          .map(([name, value]) => (
            <div key={name}>
              <dt className="text-sm text-ink-3">{name}</dt>
              <dd className="text-2xl font-semibold tabular-nums">{valueText(value)}</dd>
            </div>
          ))}
      </dl>
    </>
  );
}
