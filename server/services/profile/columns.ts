import type { Prisma } from "#server/db/generated/client.ts";
import type {
  RecordedSpecification,
  TransportSpecification,
} from "#server/domain/transport-specification.ts";
import { actorName, type Context } from "#server/services/context.ts";

/** Parsed input is JSON already; the types of the database client do not know it. */
export function jsonOf(value: object): Prisma.InputJsonObject {
  return value as Prisma.InputJsonObject;
}

/** A specification with who wrote it; nobody has approved it yet. */
export function recordedBy(
  ctx: Context,
  specification: TransportSpecification,
): Prisma.InputJsonObject {
  const recorded: RecordedSpecification = {
    ...specification,
    writtenBy: actorName(ctx.actor),
    writtenAt: ctx.now().toISOString(),
    approvedBy: null,
    approvedAt: null,
  };
  return jsonOf(recorded);
}
