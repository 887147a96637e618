"use client";
import { useState } from "react";
import { RotateDialog, type KeySlot } from "#components/enrolment/rotate-dialog.tsx";
import type { GroupDetail } from "#components/enrolment/views.ts";
import { groupText as text } from "#components/strings/enrolment-group.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { CodeBlock } from "#components/ui/code-block.tsx";

/** The keys of a symmetric-key group as they were just made; afterwards nobody can read them. */
export type FreshKeys = { readonly primaryKey: string; readonly secondaryKey: string };

/** The group's two keys: shown once after they were made, and rotated one at a time. */
export function KeysCard({
  group,
  fresh,
  mayManage,
}: {
  readonly group: GroupDetail;
  readonly fresh?: FreshKeys | undefined;
  readonly mayManage: boolean;
}) {
  const [rotating, setRotating] = useState<KeySlot>();
  return (
    <Card labelledBy="keys">
      <CardHeader id="keys" title={text.keys} />
      <CardBody className="flex flex-col gap-3">
        {fresh === undefined ? (
          <p className="text-ink-2">{text.keysIntro}</p>
        ) : (
          <Fresh {...fresh} />
        )}
        {mayManage && fresh === undefined && (
          <div className="flex flex-wrap gap-2">
            {(["primary", "secondary"] as const).map((slot) => (
              <Button key={slot} size="sm" onClick={() => setRotating(slot)}>
                {text.rotate(text.slots[slot])}
              </Button>
            ))}
          </div>
        )}
      </CardBody>
      <RotateDialog group={group} slot={rotating} onClose={() => setRotating(undefined)} />
    </Card>
  );
}

function Fresh({ primaryKey, secondaryKey }: FreshKeys) {
  return (
    <>
      <p className="rounded border border-warn/40 bg-warn-soft px-3 py-2 text-warn">
        {text.keysOnce}
      </p>
      <div>
        <p className="mb-1 text-sm font-medium">{text.primary}</p>
        <CodeBlock code={primaryKey} what={text.primary} />
      </div>
      <div>
        <p className="mb-1 text-sm font-medium">{text.secondary}</p>
        <CodeBlock code={secondaryKey} what={text.secondary} />
      </div>
    </>
  );
}
