"use client";
import type { Endpoint } from "#components/device/connect-commands.tsx";
import {
  SecretCommands,
  SecretValues,
  type FreshToken,
} from "#components/device/secret-details.tsx";
import { tokenText } from "#components/strings/tokens.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";

/** Shows a key or token this once, and how the device uses it. Closing forgets it. */
export function TokenSecret({
  deviceId,
  fresh,
  endpoint,
  onClose,
}: {
  readonly deviceId: string;
  /** Undefined: nothing to show. */
  readonly fresh: FreshToken | undefined;
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
      title={tokenText.secretTitle}
      description={tokenText.secretOnce}
      footer={
        <Button variant="primary" onClick={onClose}>
          {tokenText.done}
        </Button>
      }
    >
      {fresh !== undefined && (
        <div className="flex flex-col gap-5">
          <SecretValues deviceId={deviceId} fresh={fresh} />
          <SecretCommands deviceId={deviceId} fresh={fresh} endpoint={endpoint} />
        </div>
      )}
    </Dialog>
  );
}
