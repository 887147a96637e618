"use client";
import { useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { approve } from "#app/(console)/onboard/requests/actions.ts";
import { deviceHref } from "#components/device/device-href.ts";
import { enrolmentKey, groupHref } from "#components/enrolment/enrolment-queries.ts";
import { RefuseDialog } from "#components/enrolment/refuse-dialog.tsx";
import { wordsOfRefusal } from "#components/enrolment/refusal-words.ts";
import { RequestBadge } from "#components/enrolment/request-badge.tsx";
import type { RequestView } from "#components/enrolment/views.ts";
import { useChange } from "#components/people/use-change.ts";
import { requestText as text } from "#components/strings/enrolment-request.ts";
import { Button } from "#components/ui/button.tsx";
import { Drawer } from "#components/ui/dialog.tsx";
import { formatCount } from "#components/ui/format.ts";
import { KeyValues } from "#components/ui/key-values.tsx";
import { RelativeTime } from "#components/ui/time.tsx";

/** One request: who asks, what was answered and why, and the two answers a person may give. */
export function RequestDrawer({
  request,
  mayApprove,
  onClose,
}: {
  /** Undefined: closed. */
  readonly request: RequestView | undefined;
  readonly mayApprove: boolean;
  readonly onClose: () => void;
}) {
  const [refusing, setRefusing] = useState<RequestView>();
  return (
    <>
      <Drawer
        open={request !== undefined && refusing === undefined}
        onOpenChange={(open) => {
          if (!open) onClose();
        }}
        title={request?.registrationId ?? text.drawerTitle}
        description={request?.groupName ?? ""}
        {...(mayApprove &&
          request?.state === "pending" && {
            footer: (
              <>
                <Button onClick={() => setRefusing(request)}>{text.refuse}</Button>
                <ApproveButton request={request} onDone={onClose} />
              </>
            ),
          })}
      >
        {request !== undefined && <Facts request={request} />}
      </Drawer>
      <RefuseDialog
        request={refusing}
        onClose={() => setRefusing(undefined)}
        onRefused={() => {
          setRefusing(undefined);
          onClose();
        }}
      />
    </>
  );
}

function ApproveButton({
  request,
  onDone,
}: {
  readonly request: RequestView;
  readonly onDone: () => void;
}) {
  const queries = useQueryClient();
  const { busy, change } = useChange(approve, () => ({
    title: text.approved(request.registrationId),
    detail: text.approvedDetail,
  }));
  async function answer() {
    const done = await change({ requestId: request.id });
    await queries.invalidateQueries({ queryKey: enrolmentKey });
    if (done) onDone();
  }
  return (
    <Button variant="primary" busy={busy} onClick={() => void answer()}>
      {text.approve}
    </Button>
  );
}

function Facts({ request }: { readonly request: RequestView }) {
  const remedy = request.state === "refused" ? wordsOfRefusal(request.reason)?.remedy : undefined;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col items-start gap-2">
        <RequestBadge state={request.state} />
        {request.detail !== "" && <p className="wrap-anywhere text-ink">{request.detail}</p>}
        {remedy !== undefined && <p className="text-ink-2">{remedy}</p>}
      </div>
      <KeyValues
        items={[
          {
            key: "group",
            label: text.columnGroup,
            value: (
              <Link
                href={groupHref({ id: request.groupId })}
                className="text-accent hover:underline"
              >
                {request.groupName}
              </Link>
            ),
          },
          ...(request.deviceId === null
            ? []
            : [
                {
                  key: "device",
                  label: text.device,
                  value: (
                    <Link
                      href={deviceHref({ deviceId: request.deviceId })}
                      className="text-accent hover:underline"
                    >
                      {request.deviceId}
                    </Link>
                  ),
                },
              ]),
          ...(request.serial === ""
            ? []
            : [{ key: "serial", label: text.serial, value: request.serial, mono: true }]),
          { key: "transport", label: text.transport, value: request.transport },
          { key: "remote", label: text.remote, value: request.remote, mono: true },
          {
            key: "attempts",
            label: text.attempts,
            value: text.times(formatCount(request.attempts)),
          },
          { key: "first", label: text.first, value: <RelativeTime value={request.firstAt} /> },
          { key: "last", label: text.last, value: <RelativeTime value={request.lastAt} /> },
          ...(request.decidedBy === null
            ? []
            : [{ key: "by", label: text.decidedBy, value: request.decidedBy }]),
        ]}
      />
    </div>
  );
}
