"use client";
import { useQueryClient } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useState, useTransition } from "react";
import { decommission } from "#app/(console)/devices/actions.ts";
import { proofHref, deviceHref } from "#components/device/device-href.ts";
import { radiusItems } from "#components/device/state-dialog.tsx";
import { WayChoice } from "#components/device/way-choice.tsx";
import { decommissionText } from "#components/strings/decommission.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { FailureNote } from "#components/ui/failure-note.tsx";
import { textOf } from "#components/ui/form-text.ts";
import { formatCount } from "#components/ui/format.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Stepper } from "#components/ui/stepper.tsx";
import type { BlastRadius } from "#server/services/device/blast-radius.ts";
import type { DeviceDecommissioned } from "#server/services/device/decommission.ts";
import type { DeviceDetail } from "#server/services/device/show.ts";
import type { Failure } from "#server/web/failure.ts";

/** Takes a device out of service: how far it reaches, how, and the proof. */
export function DecommissionWizard({
  device,
  radius,
}: {
  readonly device: DeviceDetail;
  readonly radius: BlastRadius;
}) {
  const [step, go] = useState<0 | 1>(0);
  const [ended, setEnded] = useState<DeviceDecommissioned>();
  const isOver = ended === undefined && device.state === "decommissioned";
  if (isOver) {
    return (
      <EmptyState
        title={decommissionText.already}
        action={<ButtonLink href={deviceHref(device)}>{decommissionText.open}</ButtonLink>}
      />
    );
  }
  return (
    <div className="max-w-3xl">
      <h2 className="text-lg font-semibold">{decommissionText.title(device.name)}</h2>
      <p className="mb-4 text-ink-2">{decommissionText.subtitle}</p>
      <div className="mb-5">
        <Stepper
          label={decommissionText.stepsLabel}
          steps={decommissionText.steps}
          current={ended === undefined ? step : 2}
        />
      </div>
      {ended !== undefined && <Proof name={device.name} ended={ended} />}
      {ended === undefined && step === 0 && (
        <Reach device={device} radius={radius} onNext={() => go(1)} />
      )}
      {ended === undefined && step === 1 && (
        <How device={device} radius={radius} onBack={() => go(0)} onEnded={setEnded} />
      )}
    </div>
  );
}

function Reach({
  device,
  radius,
  onNext,
}: {
  readonly device: DeviceDetail;
  readonly radius: BlastRadius;
  readonly onNext: () => void;
}) {
  const children =
    radius.children === 0
      ? []
      : [
          {
            key: "children",
            label: decommissionText.children,
            value: formatCount(radius.children),
          },
        ];
  return (
    <Card labelledBy="reach">
      <CardHeader id="reach" title={decommissionText.reachTitle} />
      <CardBody className="flex flex-col gap-4">
        <KeyValues items={[...radiusItems("decommission", radius, false), ...children]} />
        <div className="flex flex-wrap gap-2">
          <ButtonLink href={deviceHref(device)}>{decommissionText.cancel}</ButtonLink>
          <Button variant="primary" onClick={onNext}>
            {decommissionText.next}
          </Button>
        </div>
      </CardBody>
    </Card>
  );
}

function How({
  device,
  radius,
  onBack,
  onEnded,
}: {
  readonly device: DeviceDetail;
  readonly radius: BlastRadius;
  readonly onBack: () => void;
  readonly onEnded: (ended: DeviceDecommissioned) => void;
}) {
  const [children, setChildren] = useState<"detach" | "decommission">("detach");
  const [data, setData] = useState<"keep" | "erase">("keep");
  const [typed, setTyped] = useState("");
  const [failure, setFailure] = useState<Failure>();
  const [busy, start] = useTransition();
  const queries = useQueryClient();
  const isTyped = typed.trim() === device.deviceId;

  function end(reason: string) {
    setFailure(undefined);
    start(async () => {
      const result = await decommission({ deviceId: device.deviceId, reason, children, data });
      if (!result.ok) {
        setFailure(result.error);
        return;
      }
      onEnded(result.value);
      await queries.invalidateQueries({ queryKey: ["device", device.deviceId] });
    });
  }

  return (
    <Card labelledBy="how">
      <CardHeader id="how" title={decommissionText.howTitle} />
      <CardBody>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy && isTyped) end(textOf(new FormData(event.currentTarget), "reason"));
          }}
        >
          <p className="text-ink-2">{decommissionText.whatEnds}</p>
          {radius.children > 0 && <Children chosen={children} onChoose={setChildren} />}
          <Data chosen={data} onChoose={setData} />
          <Field label={decommissionText.reason} hint={decommissionText.reasonHint}>
            <Input name="reason" maxLength={500} autoComplete="off" />
          </Field>
          <TypedId deviceId={device.deviceId} typed={typed} onTyped={setTyped} />
          <FailureNote failure={failure} />
          <Buttons busy={busy} canEnd={isTyped} onBack={onBack} />
        </form>
      </CardBody>
    </Card>
  );
}

function Buttons({
  busy,
  canEnd,
  onBack,
}: {
  readonly busy: boolean;
  readonly canEnd: boolean;
  readonly onBack: () => void;
}) {
  return (
    <div className="flex flex-wrap gap-2">
      <Button onClick={onBack}>{decommissionText.back}</Button>
      <Button type="submit" variant="danger" busy={busy} disabled={!canEnd}>
        {decommissionText.confirm}
      </Button>
    </div>
  );
}

/** Whoever ends a device for good types its id. */
function TypedId({
  deviceId,
  typed,
  onTyped,
}: {
  readonly deviceId: string;
  readonly typed: string;
  readonly onTyped: (typed: string) => void;
}) {
  return (
    <Field label={decommissionText.typed(deviceId)} required>
      <Input
        mono
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => onTyped(event.target.value)}
      />
    </Field>
  );
}

function Children({
  chosen,
  onChoose,
}: {
  readonly chosen: "detach" | "decommission";
  readonly onChoose: (chosen: "detach" | "decommission") => void;
}) {
  return (
    <WayChoice
      legend={decommissionText.childrenTitle}
      ways={[
        { way: "detach", label: decommissionText.detach, hint: decommissionText.detachHint },
        { way: "decommission", label: decommissionText.withIt, hint: decommissionText.withItHint },
      ]}
      chosen={chosen}
      onChoose={onChoose}
    />
  );
}

function Data({
  chosen,
  onChoose,
}: {
  readonly chosen: "keep" | "erase";
  readonly onChoose: (chosen: "keep" | "erase") => void;
}) {
  return (
    <WayChoice
      legend={decommissionText.dataTitle}
      ways={[
        { way: "keep", label: decommissionText.keep, hint: decommissionText.keepHint },
        { way: "erase", label: decommissionText.erase, hint: decommissionText.eraseHint },
      ]}
      chosen={chosen}
      onChoose={onChoose}
    />
  );
}

function Proof({ name, ended }: { readonly name: string; readonly ended: DeviceDecommissioned }) {
  const { certificatesRevoked, credentialsRevoked, children } = ended;
  const counts = [
    { key: "certificates", label: decommissionText.certificates, count: certificatesRevoked },
    { key: "credentials", label: decommissionText.credentials, count: credentialsRevoked },
    { key: "detached", label: decommissionText.childrenDetached, count: children.detached },
    { key: "ended", label: decommissionText.childrenEnded, count: children.decommissioned },
  ];
  const shown = counts.filter(({ key, count }) => count > 0 || key === "certificates");
  return (
    <Card labelledBy="proof" className="border-ok!">
      <CardBody className="flex flex-col gap-4">
        <div aria-live="polite">
          <h3 id="proof" className="flex items-center gap-2 font-semibold text-ok">
            <CircleCheck aria-hidden className="size-4.5" />
            {decommissionText.doneTitle(name)}
          </h3>
          <p className="mt-1 text-ink-2">{decommissionText.doneText}</p>
          {ended.data === "erase" && <p className="mt-1 text-ink-2">{decommissionText.erasing}</p>}
        </div>
        <KeyValues
          items={shown.map(({ count, ...item }) => ({ ...item, value: formatCount(count) }))}
        />
        <div className="flex flex-wrap gap-2">
          <ButtonLink href={proofHref(ended.deviceId)} variant="primary" prefetch={false} download>
            {decommissionText.proof}
          </ButtonLink>
          <ButtonLink href={deviceHref(ended)}>{decommissionText.open}</ButtonLink>
        </div>
      </CardBody>
    </Card>
  );
}
