import { Prisma } from "#server/db/generated/client.ts";
import { ServiceError } from "#server/services/errors.ts";

const unreachable = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]);
const unreachableText =
  /ECONNREFUSED|ECONNRESET|connection timeout|Connection terminated|the database system is/i;

/**
 * Runs `work`; what the database refuses for a reason that a person can act on becomes a
 * ServiceError (conflict, unavailable), a bug stays a throw.
 */
export async function translateDatabaseError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002") {
      throw new ServiceError("conflict", "Something with the same identity already exists.", {
        remedy: "Choose another name or id.",
      });
    }
    const code = error instanceof Prisma.PrismaClientKnownRequestError ? error.code : "";
    if (unreachable.has(code) || (error instanceof Error && unreachableText.test(error.message))) {
      throw new ServiceError("unavailable", "The database does not answer.", {
        remedy: "Nothing was changed. Try again in a moment.",
      });
    }
    throw error;
  }
}
