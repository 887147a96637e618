import "server-only";
import { ServiceError } from "#server/services/errors.ts";

/**
 * What a page's query returns, or undefined when the role does not include it: the attempt has been
 * recorded, and the page says so in its own words.
 */
export async function permitted<T>(query: Promise<T>): Promise<T | undefined> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof ServiceError && error.code === "forbidden") return undefined;
    throw error;
  }
}
