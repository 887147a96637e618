"use client";
import { useState } from "react";
import { RotateDialog } from "#components/enrolment/rotate-dialog.tsx";
import type { GroupDetail } from "#components/enrolment/views.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";

/** The address that is asked about each device, and the secret by which it knows who asks. */
export function WebhookCard({
  group,
  mayManage,
}: {
  readonly group: GroupDetail;
  readonly mayManage: boolean;
}) {
  const [rotating, setRotating] = useState(false);
  const url = group.rules.webhook?.url;
  if (url === undefined) return null;
  return (
    <Card labelledBy="webhook">
      <CardHeader id="webhook" title={text.webhook} />
      <CardBody className="flex flex-col items-start gap-3">
        <p className="font-mono text-sm wrap-anywhere">{url}</p>
        <p className="text-ink-2">{text.webhookIntro}</p>
        {mayManage && (
          <Button size="sm" onClick={() => setRotating(true)}>
            {text.rotateWebhook}
          </Button>
        )}
      </CardBody>
      <RotateDialog
        group={group}
        slot={rotating ? "webhook" : undefined}
        onClose={() => setRotating(false)}
      />
    </Card>
  );
}
