import type { Tx } from "#server/db/client.ts";
import { Prisma } from "#server/db/generated/client.ts";

/** Names of save points: they become part of the statement. */
type Name = "device";

/** From here on a part of the transaction can be taken back; the same name again moves it on. */
export async function savePoint(tx: Tx, name: Name): Promise<void> {
  await tx.$executeRaw`SAVEPOINT ${Prisma.raw(name)}`;
}

/** Takes back what was done since {@link savePoint}. */
export async function rollBackTo(tx: Tx, name: Name): Promise<void> {
  await tx.$executeRaw`ROLLBACK TO SAVEPOINT ${Prisma.raw(name)}`;
}
