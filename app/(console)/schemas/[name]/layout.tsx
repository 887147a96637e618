import type { Metadata } from "next";
import type { ReactNode } from "react";
import { NoPermission } from "#components/layout/no-permission.tsx";
import { SchemaHeader } from "#components/schema/schema-header.tsx";
import { may } from "#server/domain/roles.ts";
import { showSchema } from "#server/services/schema/show.ts";
import { found } from "#server/web/found.ts";
import { requireSession } from "#server/web/session.ts";

type Props = {
  readonly children: ReactNode;
  readonly params: Promise<{ readonly name: string }>;
};

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

export default async function SchemaLayout({ children, params }: Props) {
  const ctx = await requireSession();
  if (!may(ctx.role, "schema.view")) return <NoPermission />;
  const schema = await found(showSchema(ctx, { name: decodeURIComponent((await params).name) }));
  return (
    <>
      <SchemaHeader first={schema} />
      {children}
    </>
  );
}
