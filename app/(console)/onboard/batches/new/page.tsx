import type { Metadata } from "next";
import { BatchWizard } from "#components/batch/batch-wizard.tsx";
import { batchWizardText } from "#components/strings/batch.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { may } from "#server/domain/roles.ts";
import { batchSources } from "#server/domain/device-batch.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: batchWizardText.title };

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function NewBatchPage({ searchParams }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "device.manage")) {
    return (
      <EmptyState isPage title={batchWizardText.forbiddenTitle}>
        {batchWizardText.forbiddenText}
      </EmptyState>
    );
  }
  const asked = (await searchParams)["source"];
  const profiles = await listProfiles(ctx, {});
  return (
    <BatchWizard
      source={batchSources.find((source) => source === asked) ?? "manifest"}
      profiles={profiles.map(({ id, name, description, open }) => ({
        id,
        name,
        description,
        open,
      }))}
    />
  );
}
