"use client";
import { useState } from "react";
import { PreviewCard } from "#components/enrolment/preview-card.tsx";
import { RulesEditor } from "#components/enrolment/rules-editor.tsx";
import type { ProfileOption } from "#components/enrolment/rules-form.tsx";
import { RulesView } from "#components/enrolment/rules-view.tsx";
import type { GroupDetail, GroupVersion } from "#components/enrolment/views.ts";
import { OneTimeSecret } from "#components/people/one-time-secret.tsx";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";

/** The rules that count, or their form; beside them what would become of a device. */
export function RulesCard({
  group,
  profiles,
  mayManage,
  again,
  onDone,
}: {
  readonly group: GroupDetail;
  readonly profiles: readonly ProfileOption[];
  readonly mayManage: boolean;
  /** An old version whose rules are to count again: the form opens with them. */
  readonly again: GroupVersion | undefined;
  /** The form was saved or given up. */
  readonly onDone: () => void;
}) {
  const [editing, setEditing] = useState(false);
  const [secret, setSecret] = useState<string>();
  function done(webhookSecret?: string) {
    setEditing(false);
    setSecret(webhookSecret);
    onDone();
  }
  if (editing || again !== undefined) {
    return (
      <RulesEditor
        key={again?.version ?? 0}
        group={group}
        profiles={profiles}
        again={again}
        onDone={done}
      />
    );
  }
  return (
    <div className="grid grid-cols-1 items-start gap-3.5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <Rules group={group} onEdit={mayManage ? () => setEditing(true) : undefined} />
      <PreviewCard kind={group.kind} groupId={group.id} rules={group.rules} />
      <OneTimeSecret
        title={text.webhookSecret}
        description={text.webhookSecretOnce}
        what={text.webhookSecret}
        text={secret}
        onClose={() => setSecret(undefined)}
      />
    </div>
  );
}

function Rules({
  group,
  onEdit,
}: {
  readonly group: GroupDetail;
  readonly onEdit: (() => void) | undefined;
}) {
  return (
    <Card labelledBy="rules">
      <CardHeader
        id="rules"
        title={text.rules}
        aside={
          <span className="flex items-center gap-3">
            {text.version(group.version)}
            {onEdit !== undefined && (
              <Button size="sm" onClick={onEdit}>
                {text.edit}
              </Button>
            )}
          </span>
        }
      />
      <CardBody>
        <RulesView rules={group.rules} profileName={group.profileName} />
      </CardBody>
    </Card>
  );
}
