import type { Metadata } from "next";
import { ApiReference } from "#components/api-reference/api-reference.tsx";
import { apiReferenceText } from "#components/strings/api-reference.ts";
import { apiReference } from "#server/web/api-reference.ts";
import { consoleEnv } from "#server/web/environment.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: apiReferenceText.title };

export default async function ApiReferencePage() {
  await requireSession();
  return <ApiReference operations={apiReference()} publicUrl={consoleEnv().PUBLIC_URL} />;
}
