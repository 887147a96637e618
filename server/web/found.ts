import "server-only";
import { notFound } from "next/navigation";
import { ServiceError } from "#server/services/errors.ts";

/** What a page is about, or the page that says that it does not exist. */
export async function found<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ServiceError && error.code === "not_found") notFound();
    throw error;
  }
}
