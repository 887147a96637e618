"use client";
import type { Endpoint } from "#components/device/connect-commands.tsx";
import { ServiceSnippets } from "#components/service-client/service-snippets.tsx";
import { serviceText } from "#components/strings/service-client.ts";
import { Button } from "#components/ui/button.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import type { Grant } from "#server/services/service-client/grant-problem.ts";

/** A password that was just made, and what it is for. */
export type FreshPassword = {
  readonly username: string;
  readonly password: string;
  readonly grants: readonly Grant[];
};

/** Shows a password this once, and how programs log in with it. Closing forgets it. */
export function SecretDialog({
  fresh,
  endpoint,
  onClose,
}: {
  /** Undefined: nothing to show. */
  readonly fresh: FreshPassword | undefined;
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      size="lg"
      open={fresh !== undefined}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={serviceText.secretTitle}
      description={serviceText.secretOnce(fresh?.username ?? "")}
      footer={
        <Button variant="primary" onClick={onClose}>
          {serviceText.done}
        </Button>
      }
    >
      {fresh !== undefined && (
        <div className="flex flex-col gap-5">
          <KeyValues
            items={[
              {
                key: "username",
                label: serviceText.username,
                value: <CopyText text={fresh.username} what={serviceText.username} />,
              },
              {
                key: "password",
                label: serviceText.password,
                value: <CopyText text={fresh.password} what={serviceText.password} />,
              },
            ]}
          />
          <ServiceSnippets {...fresh} endpoint={endpoint} />
        </div>
      )}
    </Dialog>
  );
}
