import type { Metadata } from "next";
import { NoPermission } from "#components/auth/no-permission.tsx";
import { StoragePage } from "#components/storage/storage-page.tsx";
import { storageText } from "#components/strings/storage.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { may } from "#server/domain/roles.ts";
import { showStorage } from "#server/services/storage/show.ts";
import { permitted } from "#server/web/permitted.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: storageText.title };

export default async function Page() {
  const ctx = await requireSession();
  const view = await permitted(showStorage(ctx, {}));
  if (view !== undefined) return <StoragePage first={view} />;
  if (!may(ctx.role, "storage.view")) return <NoPermission />;
  return <EmptyState title={storageText.forbidden}>{storageText.forbiddenText}</EmptyState>;
}
