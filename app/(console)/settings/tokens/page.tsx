import type { Metadata } from "next";
import { NoPermission } from "#components/auth/no-permission.tsx";
import { TokenList } from "#components/people/token-list.tsx";
import { peopleText } from "#components/strings/people.ts";
import { listTokens } from "#server/services/token/list.ts";
import { permitted } from "#server/web/permitted.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: peopleText.tokens };

export default async function TokensPage() {
  const ctx = await requireSession();
  const tokens = await permitted(listTokens(ctx, {}));
  return tokens === undefined ? <NoPermission /> : <TokenList tokens={tokens} />;
}
