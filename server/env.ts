import { mkdirSync } from "node:fs";
import { isIP } from "node:net";
import path from "node:path";
import { z } from "zod";

const port = (fallback: number) =>
  z.coerce
    .number({ error: "must be a port number" })
    .int("must be a whole port number")
    .min(1, "must be between 1 and 65535")
    .max(65535, "must be between 1 and 65535")
    .default(fallback);

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\/\S+$/, "must be a postgres:// URL");

const flag = z
  .enum(["0", "1", "true", "false", ""], { error: "must be 1 or 0" })
  .transform((value) => value === "1" || value === "true")
  .default(false);

/** Comma-separated addresses or CIDR blocks. */
const networks = z
  .string()
  .default("")
  .transform((value) =>
    value
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  )
  .refine((parts) => parts.every(isNetwork), "must be IP addresses or CIDR blocks, with commas");

function isNetwork(text: string): boolean {
  const [address = "", bits, more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

const portNames = [
  "PORT",
  "MQTT_PORT",
  "MQTTS_PORT",
  "MQTT_WS_PORT",
  "MQTT_WSS_PORT",
  "DEVICE_HTTPS_PORT",
  "METRICS_PORT",
] as const;

type PortSettings = Readonly<Record<(typeof portNames)[number] | "WORKERS", number>>;

/** Where each worker serves its metrics. */
export function metricsPorts(
  env: Pick<PortSettings, "METRICS_PORT" | "WORKERS">,
): readonly number[] {
  return Array.from({ length: env.WORKERS }, (_, index) => env.METRICS_PORT + index);
}

function portProblems(
  settings: PortSettings,
): readonly { readonly name: string; readonly message: string }[] {
  const doubled = portNames.flatMap((name, index) => {
    const twin = portNames.slice(0, index).find((other) => settings[other] === settings[name]);
    return twin === undefined ? [] : [{ name, message: `is the same port as ${twin}` }];
  });
  const others = settings.WORKERS - 1;
  const taken = metricsPorts(settings)
    .slice(1)
    .flatMap((port) => {
      const twin = portNames.find((name) => settings[name] === port);
      if (twin === undefined && port <= 65_535) return [];
      const problem = twin === undefined ? "is no port" : `is the same port as ${twin}`;
      const following = others === 1 ? "port that follows" : `${others} ports that follow`;
      const message = `needs the ${following}, one for each worker, but ${port} ${problem}`;
      return [{ name: "METRICS_PORT", message }];
    });
  return [...doubled, ...taken];
}

const schema = z
  .object({
    DATABASE_URL: postgresUrl.optional(),
    PORT: port(3000),
    HOST: z.string().min(1).default("127.0.0.1"),
    PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" })
      .optional(),
    /** Proxies whose X-Forwarded-For is believed, besides those on this machine. */
    TRUSTED_PROXIES: networks,
    DATA_DIR: z.string().min(1).default(".data"),
    MQTT_PORT: port(1883),
    MQTT_PLAIN_PUBLIC: flag,
    MQTTS_PORT: port(8883),
    MQTT_WS_PORT: port(8083),
    MQTT_WSS_PORT: port(8084),
    DEVICE_HTTPS_PORT: port(8443),
    /** The first worker's; the others take the ports that follow. */
    METRICS_PORT: port(9464),
    WORKERS: z.coerce
      .number({ error: "must be a number" })
      .int("must be a whole number")
      .min(1, "must be between 1 and 16")
      .max(16, "must be between 1 and 16")
      .default(1),
    TLS_CERT: z.string().min(1).optional(),
    TLS_KEY: z.string().min(1).optional(),
    ADMIN_EMAIL: z.email("must be an e-mail address").optional(),
    ADMIN_PASSWORD: z.string().min(15, "must have at least 15 characters").optional(),
    LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
    /** Set by the supervisor for the processes it starts; see server/main/start.ts. */
    APP_DATABASE_URL: postgresUrl.optional(),
    INGEST_DATABASE_URL: postgresUrl.optional(),
    WORKER_SHARES_PORTS: flag,
    /** Deliberate faults, for tests only; see server/ingest/failpoint.ts. */
    QUAYSIDE_FAILPOINT: z
      .string()
      .regex(
        /^(ack-before-commit|crash-(before-parse|after-parse|mid-batch|after-commit)(:(0|1|0?\.\d+))?)$/,
        "must be ack-before-commit, or crash-before-parse, -after-parse, -mid-batch or -after-commit[:probability]",
      )
      .optional(),
    NODE_ENV: z.string().optional(),
    SESSION_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
    /** Seals secrets in the database; made at the first start. Newest first, old ones still open. */
    ENCRYPTION_KEY: z
      .string()
      .regex(
        /^[A-Za-z0-9_-]{43}(,[A-Za-z0-9_-]{43})*$/,
        "must be 32 random bytes as base64url, or several such keys with commas between them",
      )
      .optional(),
  })
  .superRefine((value, context) => {
    if (value.QUAYSIDE_FAILPOINT !== undefined && value.NODE_ENV !== "test") {
      context.addIssue({
        code: "custom",
        path: ["QUAYSIDE_FAILPOINT"],
        message: "is for tests only (NODE_ENV=test); unset it",
      });
    }
    if ((value.TLS_CERT === undefined) !== (value.TLS_KEY === undefined)) {
      context.addIssue({
        code: "custom",
        path: [value.TLS_CERT === undefined ? "TLS_CERT" : "TLS_KEY"],
        message: "must be set together with the other of TLS_CERT and TLS_KEY",
      });
    }
    if ((value.ADMIN_EMAIL === undefined) !== (value.ADMIN_PASSWORD === undefined)) {
      context.addIssue({
        code: "custom",
        path: [value.ADMIN_EMAIL === undefined ? "ADMIN_EMAIL" : "ADMIN_PASSWORD"],
        message: "must be set together with the other of ADMIN_EMAIL and ADMIN_PASSWORD",
      });
    }
    for (const { name, message } of portProblems(value)) {
      context.addIssue({ code: "custom", path: [name], message });
    }
  });

export type Env = Omit<z.infer<typeof schema>, "PUBLIC_URL"> & {
  /** Address under which browsers reach the console, without a trailing slash. */
  readonly PUBLIC_URL: string;
  /** Absolute. */
  readonly DATA_DIR: string;
};

/** The environment does not fit; `problems` has one line per variable. */
export class InvalidEnvironment extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Invalid environment:\n${problems.map((line) => `  ${line}`).join("\n")}`);
    this.problems = problems;
  }
}

/**
 * Reads and checks the environment.
 * @throws InvalidEnvironment with one line per variable that does not fit
 */
export function parseEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const set = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
  const result = schema.safeParse(set);
  if (!result.success) {
    throw new InvalidEnvironment(
      result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`),
    );
  }
  const value = result.data;
  const scheme = value.TLS_CERT === undefined ? "http" : "https";
  const host = value.HOST === "127.0.0.1" || value.HOST === "0.0.0.0" ? "localhost" : value.HOST;
  return {
    ...value,
    DATA_DIR: path.resolve(value.DATA_DIR),
    PUBLIC_URL: (value.PUBLIC_URL ?? `${scheme}://${host}:${value.PORT}`).replace(/\/+$/, ""),
  };
}

/** The environment of this process. */
export function readEnv(): Env {
  return parseEnv(process.env);
}

/** Environment of a process that we start: ours, with additions. */
export function childEnvironment(additions: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...additions };
}

/** A folder under DATA_DIR that only this user can enter, created when missing. */
export function privateFolder(env: Pick<Env, "DATA_DIR">, name: string): string {
  // The database's user must be able to pass through DATA_DIR to its own folder.
  mkdirSync(env.DATA_DIR, { recursive: true });
  const folder = path.join(env.DATA_DIR, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Whether this is Next's development server, which needs a laxer content security policy. */
export function isDevelopment(): boolean {
  return process.env["NODE_ENV"] === "development";
}
