"use client";
import { useState } from "react";
import { ExportRootDialog } from "#components/authority/export-root-dialog.tsx";
import { RemoveRootDialog } from "#components/authority/remove-root-dialog.tsx";
import { RenewDialog } from "#components/authority/renew-dialog.tsx";
import { RequestDialog } from "#components/authority/request-dialog.tsx";
import { authorityText } from "#components/strings/authority.ts";
import { Button } from "#components/ui/button.tsx";
import type { AuthoritiesView } from "#server/services/authority/list.ts";

type Opened = "renew" | "request" | "export" | "remove";

/** What an administrator of the installation may do; what needs the root's key only while it is here. */
export function AuthorityActions({ view }: { readonly view: AuthoritiesView }) {
  const [opened, setOpened] = useState<Opened>();
  const onClose = (): void => setOpened(undefined);
  const root = view.authorities.find(
    ({ kind, keyPlace }) => kind === "root" && keyPlace !== "absent",
  );
  return (
    <fieldset aria-label={authorityText.actions} className="flex flex-wrap gap-1.5">
      {root !== undefined && (
        <>
          <Button size="sm" onClick={() => setOpened("renew")}>
            {authorityText.renew}
          </Button>
          <Button size="sm" onClick={() => setOpened("export")}>
            {authorityText.exportRoot}
          </Button>
          <Button size="sm" onClick={() => setOpened("remove")}>
            {authorityText.removeRoot}
          </Button>
        </>
      )}
      <Button size="sm" onClick={() => setOpened("request")}>
        {authorityText.request}
      </Button>
      {opened === "renew" && <RenewDialog onClose={onClose} />}
      {opened === "request" && <RequestDialog requestPem={view.requestPem} onClose={onClose} />}
      {opened === "export" && <ExportRootDialog onClose={onClose} />}
      {opened === "remove" && root !== undefined && (
        <RemoveRootDialog root={root} onClose={onClose} />
      )}
    </fieldset>
  );
}
