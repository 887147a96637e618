import "server-only";
import { readEnv, type Env } from "#server/env.ts";

/** The console's environment: everything that the supervisor must have passed is there. */
export type ConsoleEnv = Env & {
  readonly APP_DATABASE_URL: string;
  readonly SESSION_SECRET: string;
};

let read: ConsoleEnv | undefined;

/**
 * The environment of this process, read once.
 * @throws Error naming the variable that the supervisor did not pass
 */
export function consoleEnv(): ConsoleEnv {
  if (read !== undefined) return read;
  const env = readEnv();
  const { APP_DATABASE_URL, SESSION_SECRET } = env;
  if (APP_DATABASE_URL === undefined || SESSION_SECRET === undefined) {
    throw new Error(
      "APP_DATABASE_URL and SESSION_SECRET are not set. Start the console by npm start, which sets them.",
    );
  }
  read = { ...env, APP_DATABASE_URL, SESSION_SECRET };
  return read;
}
