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

/** Comma-separated DNS names. */
const hostNames = z
  .string()
  .default("")
  .transform((value) =>
    value
      .split(",")
      .map((part) => part.trim().toLowerCase())
      .filter((part) => part !== ""),
  )
  .refine(
    (names) =>
      names.every((name) => /^(?=.{1,253}$)([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/.test(name)),
    "must be DNS names, with commas",
  );

type DeviceTlsSettings = {
  readonly DEVICE_TLS_CERT?: string | undefined;
  readonly DEVICE_TLS_KEY?: string | undefined;
  readonly ACME_DIRECTORY_URL?: string | undefined;
  readonly ACME_EMAIL?: string | undefined;
  readonly ACME_DOMAINS: readonly string[];
};

/** The device listeners' certificate comes from one place, and that place is set as a whole. */
function deviceTlsProblems(
  settings: DeviceTlsSettings,
): readonly { readonly name: string; readonly message: string }[] {
  const { DEVICE_TLS_CERT: cert, DEVICE_TLS_KEY: key } = settings;
  const { ACME_DIRECTORY_URL: directory, ACME_EMAIL: email, ACME_DOMAINS: domains } = settings;
  if ((cert === undefined) !== (key === undefined)) {
    const name = cert === undefined ? "DEVICE_TLS_CERT" : "DEVICE_TLS_KEY";
    return [
      {
        name,
        message: "must be set together with the other of DEVICE_TLS_CERT and DEVICE_TLS_KEY",
      },
    ];
  }
  if (directory === undefined) return [];
  if (cert !== undefined) {
    return [{ name: "ACME_DIRECTORY_URL", message: "cannot be set beside DEVICE_TLS_CERT" }];
  }
  return [
    ...(email === undefined
      ? [{ name: "ACME_EMAIL", message: "must be set together with ACME_DIRECTORY_URL" }]
      : []),
    ...(domains.length === 0
      ? [{ name: "ACME_DOMAINS", message: "must be set together with ACME_DIRECTORY_URL" }]
      : []),
  ];
}

/** Comma-separated hosts with ports. */
const places = z
  .string()
  .default("")
  .transform((value) =>
    value
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  )
  .refine(
    (parts) => parts.every((part) => /^(?:[\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/.test(part)),
    "must be hosts with ports, like hooks.local:8080, with commas",
  );

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
  "PKI_PORT",
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

type CaKeySettings = {
  readonly CA_KEY_PASSPHRASE_FILE?: string | undefined;
  readonly CA_KEY_PASSPHRASE?: string | undefined;
  readonly PKCS11_MODULE?: string | undefined;
  readonly PKCS11_TOKEN_LABEL?: string | undefined;
  readonly PKCS11_PIN_FILE?: string | undefined;
};

/** Settings of the signer that no other process is given. */
export const signerOnly = [
  "CA_KEY_PASSPHRASE_FILE",
  "CA_KEY_PASSPHRASE",
  "PKCS11_MODULE",
  "PKCS11_TOKEN_LABEL",
  "PKCS11_PIN_FILE",
] as const;

function caKeyProblems(
  settings: CaKeySettings,
): readonly { readonly name: string; readonly message: string }[] {
  const problems: { name: string; message: string }[] = [];
  if (settings.CA_KEY_PASSPHRASE_FILE !== undefined && settings.CA_KEY_PASSPHRASE !== undefined) {
    problems.push({
      name: "CA_KEY_PASSPHRASE",
      message: "cannot be set beside CA_KEY_PASSPHRASE_FILE",
    });
  }
  const token = ["PKCS11_MODULE", "PKCS11_TOKEN_LABEL", "PKCS11_PIN_FILE"] as const;
  const missing = token.filter((name) => settings[name] === undefined);
  if (missing.length > 0 && missing.length < token.length) {
    const message = `must be set together with ${token.filter((name) => settings[name] !== undefined).join(" and ")}`;
    problems.push(...missing.map((name) => ({ name, message })));
  }
  return problems;
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
    /** Revocation lists, CA certificates and OCSP, over plain HTTP. */
    PKI_PORT: port(8880),
    /** Under which address others reach that port. Certificates carry it, so it should last. */
    PKI_URL: z
      .url({ protocol: /^http$/, error: "must be an http:// URL: lists are signed already" })
      .optional(),
    /** What the CA's key files are under; only the signer reads it. The file is preferred. */
    CA_KEY_PASSPHRASE_FILE: z.string().min(1).optional(),
    CA_KEY_PASSPHRASE: z.string().min(15, "must have at least 15 characters").optional(),
    /** A token in which new issuing keys are made, by OpenSC's pkcs11-tool. */
    PKCS11_MODULE: z.string().min(1).optional(),
    PKCS11_TOKEN_LABEL: z.string().min(1).optional(),
    PKCS11_PIN_FILE: z.string().min(1).optional(),
    /** The first worker's; the others take the ports that follow. */
    METRICS_PORT: port(9464),
    WORKERS: z.coerce
      .number({ error: "must be a number" })
      .int("must be a whole number")
      .min(1, "must be between 1 and 16")
      .max(16, "must be between 1 and 16")
      .default(1),
    /** The mail server for alerts: smtp:// or smtps://, with user and password where it wants them. */
    SMTP_URL: z
      .string()
      .regex(/^smtps?:\/\/\S+$/, "must be an smtp:// or smtps:// URL")
      .refine((text) => URL.canParse(text), "must be an smtp:// or smtps:// URL")
      .optional(),
    /** Sender of alerts. */
    SMTP_FROM: z
      .string()
      .regex(/^[^\r\n]*@[^\r\n]+$/, "must be an e-mail address")
      .optional(),
    /** Hosts with their ports that webhooks of alerts may reach though they are private, also without TLS. */
    WEBHOOK_ALLOW: places,
    TLS_CERT: z.string().min(1).optional(),
    TLS_KEY: z.string().min(1).optional(),
    /** Certificate and key of the device listeners, made elsewhere; read again each minute. */
    DEVICE_TLS_CERT: z.string().min(1).optional(),
    DEVICE_TLS_KEY: z.string().min(1).optional(),
    /** The device listeners' certificate is ordered there, RFC 8555, by http-01 over PKI_PORT. */
    ACME_DIRECTORY_URL: z
      .url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" })
      .optional(),
    ACME_EMAIL: z.email("must be an e-mail address").optional(),
    ACME_DOMAINS: hostNames,
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
    if ((value.SMTP_URL === undefined) !== (value.SMTP_FROM === undefined)) {
      context.addIssue({
        code: "custom",
        path: [value.SMTP_URL === undefined ? "SMTP_URL" : "SMTP_FROM"],
        message: "must be set together with the other of SMTP_URL and SMTP_FROM",
      });
    }
    if ((value.ADMIN_EMAIL === undefined) !== (value.ADMIN_PASSWORD === undefined)) {
      context.addIssue({
        code: "custom",
        path: [value.ADMIN_EMAIL === undefined ? "ADMIN_EMAIL" : "ADMIN_PASSWORD"],
        message: "must be set together with the other of ADMIN_EMAIL and ADMIN_PASSWORD",
      });
    }
    for (const { name, message } of [
      ...portProblems(value),
      ...deviceTlsProblems(value),
      ...caKeyProblems(value),
    ]) {
      context.addIssue({ code: "custom", path: [name], message });
    }
  });

export type Env = Omit<z.infer<typeof schema>, "PUBLIC_URL" | "PKI_URL"> & {
  /** Address under which browsers reach the console, without a trailing slash. */
  readonly PUBLIC_URL: string;
  /** Address of revocation lists and OCSP as certificates carry it, without a trailing slash. */
  readonly PKI_URL: string;
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

const withoutSlash = (url: string): string => url.replace(/\/+$/, "");

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
  const publicUrl = withoutSlash(value.PUBLIC_URL ?? `${scheme}://${host}:${value.PORT}`);
  return {
    ...value,
    DATA_DIR: path.resolve(value.DATA_DIR),
    PUBLIC_URL: publicUrl,
    PKI_URL: withoutSlash(
      value.PKI_URL ?? `http://${new URL(publicUrl).hostname}:${value.PKI_PORT}`,
    ),
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
