import type { Prisma } from "#server/db/generated/client.ts";
import type { Grant } from "#server/services/service-client/grant-problem.ts";

/** A password without its text. Times are ISO 8601 in UTC. */
export type ServiceClientPasswordView = {
  readonly id: string;
  readonly state: "active" | "revoked";
  readonly createdAt: string;
  readonly createdBy: string;
  readonly revokedAt: string | null;
  /** Last log-in with it, to the minute; null for never. */
  readonly usedAt: string | null;
};

/** A service client as people see it. Times are ISO 8601 in UTC. */
export type ServiceClientView = {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly description: string;
  readonly state: "active" | "suspended";
  readonly createdAt: string;
  readonly createdBy: string;
  /** By filter. */
  readonly grants: readonly Grant[];
  /** Newest first; at most twenty, those that count before the revoked ones. */
  readonly passwords: readonly ServiceClientPasswordView[];
  /** Last log-in with any password, to the minute; null for never. */
  readonly lastUsedAt: string | null;
};

export const serviceClientColumns = {
  id: true,
  name: true,
  username: true,
  description: true,
  state: true,
  createdAt: true,
  createdBy: true,
  grants: {
    select: { filter: true, maySubscribe: true, mayPublish: true },
    orderBy: { filter: "asc" },
  },
  passwords: {
    select: { id: true, createdAt: true, createdBy: true, revokedAt: true, usedAt: true },
    orderBy: [{ revokedAt: { sort: "desc", nulls: "first" } }, { createdAt: "desc" }],
    take: 20,
  },
} as const satisfies Prisma.ServiceClientSelect;

type Row = Prisma.ServiceClientGetPayload<{ select: typeof serviceClientColumns }>;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function serviceClientView({ createdAt, passwords, ...row }: Row): ServiceClientView {
  const used = passwords.flatMap(({ usedAt }) => (usedAt === null ? [] : [usedAt.getTime()]));
  return {
    ...row,
    createdAt: createdAt.toISOString(),
    passwords: passwords.map((password) => ({
      id: password.id,
      state: password.revokedAt === null ? "active" : "revoked",
      createdAt: password.createdAt.toISOString(),
      createdBy: password.createdBy,
      revokedAt: iso(password.revokedAt),
      usedAt: iso(password.usedAt),
    })),
    lastUsedAt: used.length === 0 ? null : new Date(Math.max(...used)).toISOString(),
  };
}
