"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { useState } from "react";
import { end, promote } from "#app/(console)/schemas/actions.ts";
import { useChange } from "#components/people/use-change.ts";
import { BindingEndDialog, type BindingEnd } from "#components/schema/binding-end-dialog.tsx";
import { CanaryDialog } from "#components/schema/canary-dialog.tsx";
import { ChangeVersionDialog } from "#components/schema/change-version-dialog.tsx";
import { schemasKey } from "#components/schema/schema-queries.ts";
import { versionWords } from "#components/schema/version-words.ts";
import { useText } from "#components/strings/schema-use.ts";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuItem, MenuSeparator } from "#components/ui/menu.tsx";
import type { BindingView, SchemaView } from "#server/services/schema/view.ts";

type Opened = "change" | "canary" | BindingEnd;

/** What may be done with a binding: another version, a trial, and the ways back. */
export function BindingActions({
  schema,
  binding,
}: {
  readonly schema: SchemaView;
  readonly binding: BindingView;
}) {
  const queries = useQueryClient();
  const [opened, setOpened] = useState<Opened>();
  const dialog = {
    schema,
    binding,
    onClose: () => setOpened(undefined),
    onDone: () => {
      setOpened(undefined);
      void queries.invalidateQueries({ queryKey: schemasKey });
    },
  };
  return (
    <>
      <ActionsMenu here={schema.name} binding={binding} onOpen={setOpened} onDone={dialog.onDone} />
      {opened === "canary" && <CanaryDialog {...dialog} />}
      {opened === "change" && <ChangeVersionDialog {...dialog} />}
      {(opened === "rollBack" || opened === "remove") && (
        <BindingEndDialog {...dialog} end={opened} />
      )}
    </>
  );
}

function ActionsMenu({
  here,
  binding,
  onOpen,
  onDone,
}: {
  readonly binding: BindingView;
  /** The schema whose page it is. */
  readonly here: string;
  readonly onOpen: (opened: Opened) => void;
  readonly onDone: () => void;
}) {
  const { profileId, stream, contentType, canary, previousVersion } = binding;
  const key = { profileId, stream, contentType };
  const promoting = useChange(promote, () => ({
    title: useText.promoted(canary?.version ?? binding.version),
  }));
  const ending = useChange(end, () => ({ title: useText.ended }));
  const isMain = stream === "" && contentType === "";
  return (
    <Menu
      trigger={
        <Button
          size="sm"
          iconOnly
          busy={promoting.busy || ending.busy}
          aria-label={useText.actionsOf(useText.what(binding.profileName, stream, contentType))}
        >
          <Ellipsis aria-hidden className="size-4" />
        </Button>
      }
    >
      {canary === null ? (
        <MenuItem onSelect={() => onOpen("canary")}>{useText.startCanary}</MenuItem>
      ) : (
        <>
          <MenuItem onSelect={() => void promoting.change(key).then(onDone)}>
            {useText.promote}
          </MenuItem>
          <MenuItem onSelect={() => void ending.change(key).then(onDone)}>
            {useText.endCanary}
          </MenuItem>
        </>
      )}
      <MenuItem onSelect={() => onOpen("change")}>{useText.change}</MenuItem>
      {(previousVersion !== null || !isMain) && <MenuSeparator />}
      {previousVersion !== null && (
        <MenuItem onSelect={() => onOpen("rollBack")}>
          {useText.rollBack(versionWords(here, binding.previousSchema ?? here, previousVersion))}
        </MenuItem>
      )}
      {!isMain && (
        <MenuItem tone="danger" onSelect={() => onOpen("remove")}>
          {useText.remove}
        </MenuItem>
      )}
    </Menu>
  );
}
