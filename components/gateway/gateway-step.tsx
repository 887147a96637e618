"use client";
import { useState, useTransition } from "react";
import { registerDevice } from "#app/(console)/devices/actions.ts";
import { WayChoice } from "#components/device/way-choice.tsx";
import type { ChosenGateway } from "#components/gateway/chosen-gateway.ts";
import {
  openProfile,
  profileOptions,
  type ProfileChoice,
} from "#components/gateway/profile-choice.ts";
import { readJson } from "#components/layout/read-json.ts";
import { gatewayText } from "#components/strings/gateway.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody } from "#components/ui/card.tsx";
import { useHydrated } from "#components/ui/clock.tsx";
import { ErrorNote } from "#components/ui/error-state.tsx";
import { textOf } from "#components/ui/form-text.ts";
import { Field, Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { DeviceDetail } from "#server/services/device/show.ts";
import type { Failure } from "#server/web/failure.ts";

type Way = "existing" | "fresh";
type Problem = { readonly message: string; readonly remedy?: string | undefined };

/** Step 1: which device is the gateway; one that is here, or a new one. */
export function GatewayStep({
  profiles,
  onChosen,
}: {
  readonly profiles: readonly ProfileChoice[];
  readonly onChosen: (gateway: ChosenGateway) => void;
}) {
  const [way, setWay] = useState<Way>("existing");
  const [problem, setProblem] = useState<Problem>();
  const [busy, start] = useTransition();
  const hydrated = useHydrated();

  function submit(fields: FormData) {
    setProblem(undefined);
    start(async () => {
      const result = way === "existing" ? await choose(fields) : await create(fields);
      if ("message" in result) setProblem(result);
      else onChosen(result);
    });
  }

  return (
    <Card>
      <CardBody>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy) submit(new FormData(event.currentTarget));
          }}
        >
          <WayChoice
            legend={gatewayText.which}
            ways={[
              { way: "existing", label: gatewayText.existing, hint: gatewayText.gatewayIdHint },
              { way: "fresh", label: gatewayText.fresh, hint: gatewayText.nameHint },
            ]}
            chosen={way}
            onChoose={(chosen) => {
              setWay(chosen);
              setProblem(undefined);
            }}
          />
          {way === "existing" ? <ExistingFields /> : <FreshFields profiles={profiles} />}
          {problem !== undefined && (
            <ErrorNote remedy={problem.remedy}>{problem.message}</ErrorNote>
          )}
          <div>
            <Button type="submit" variant="primary" busy={busy} disabled={!hydrated}>
              {way === "existing" ? gatewayText.choose : gatewayText.create}
            </Button>
          </div>
        </form>
      </CardBody>
    </Card>
  );
}

function ExistingFields() {
  return (
    <Field label={gatewayText.gatewayId} required>
      <Input mono name="gateway" autoComplete="off" spellCheck={false} maxLength={128} />
    </Field>
  );
}

function FreshFields({ profiles }: { readonly profiles: readonly ProfileChoice[] }) {
  return (
    <>
      <Field label={gatewayText.name} required>
        <Input name="name" autoComplete="off" maxLength={120} />
      </Field>
      <Field label={gatewayText.deviceId} hint={gatewayText.deviceIdHint}>
        <Input mono name="deviceId" autoComplete="off" spellCheck={false} maxLength={128} />
      </Field>
      <Field label={gatewayText.profile}>
        <Select
          name="profileId"
          defaultValue={openProfile(profiles)}
          options={profileOptions(profiles)}
        />
      </Field>
    </>
  );
}

async function choose(fields: FormData): Promise<ChosenGateway | Problem> {
  const reference = textOf(fields, "gateway");
  if (reference === "") return { message: gatewayText.unknown };
  try {
    const url = `/api/console/devices/${encodeURIComponent(reference)}`;
    const device = await readJson<DeviceDetail>(url);
    if (device.state === "decommissioned") return { message: gatewayText.outOfService };
    if (device.gateway !== null) return { message: gatewayText.isChild(device.gateway.name) };
    return device;
  } catch (error) {
    return { message: error instanceof Error ? error.message : gatewayText.unknown };
  }
}

async function create(fields: FormData): Promise<ChosenGateway | Problem> {
  const deviceId = textOf(fields, "deviceId");
  const made = await registerDevice({
    name: textOf(fields, "name"),
    profileId: textOf(fields, "profileId"),
    ...(deviceId === "" ? {} : { deviceId }),
  });
  return made.ok ? { ...made.value, childPolicy: null } : problemOf(made.error);
}

function problemOf({ message, remedy }: Failure): Problem {
  return { message, ...(remedy === null ? {} : { remedy }) };
}
