import { z } from "zod";
import type { Role } from "#server/domain/roles.ts";
import { defineQuery } from "#server/services/query.ts";

/** An API token without its text. */
export type TokenView = {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly state: "active" | "expired" | "revoked";
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly usedAt: Date | null;
  readonly expiresAt: Date | null;
};

/** The newest thousand tokens, also those that do not count any more. */
export const listTokens = defineQuery({
  name: "token.list",
  can: "token.manage",
  input: z.object({}),
  run: async ({ ctx, tx }): Promise<readonly TokenView[]> => {
    const now = ctx.now();
    const tokens = await tx.apiToken.findMany({
      where: { tenantId: ctx.tenantId },
      orderBy: [{ createdAt: "desc" }, { id: "asc" }],
      take: 1000,
      omit: { tenantId: true, tokenHash: true },
    });
    return tokens.map(({ revokedAt, ...token }) => {
      const expired = token.expiresAt !== null && token.expiresAt <= now;
      return { ...token, state: revokedAt !== null ? "revoked" : expired ? "expired" : "active" };
    });
  },
});
