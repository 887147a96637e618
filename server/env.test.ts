import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { InvalidEnvironment, metricsPorts, parseEnv, privateFolder } from "#server/env.ts";

function problemsOf(source: Record<string, string>): readonly string[] {
  try {
    parseEnv(source);
    return [];
  } catch (error) {
    if (error instanceof InvalidEnvironment) return error.problems;
    throw error;
  }
}

describe("the environment", () => {
  it("needs nothing to be set", () => {
    const env = parseEnv({});

    expect(env.PORT).toBe(3000);
    expect(env.MQTTS_PORT).toBe(8883);
    expect(env.MQTT_WSS_PORT).toBe(8084);
    expect(env.HOST).toBe("127.0.0.1");
    expect(env.PUBLIC_URL).toBe("http://localhost:3000");
    expect(env.MQTT_PLAIN_PUBLIC).toBe(false);
    expect(metricsPorts(env)).toEqual([9464]);
  });

  it.each([
    ["a port that is no number", { PORT: "http" }, ["PORT must be a port number"]],
    ["a port out of range", { MQTTS_PORT: "70000" }, ["MQTTS_PORT must be between 1 and 65535"]],
    [
      "two listeners for WebSocket on one port",
      { MQTT_WSS_PORT: "8083" },
      ["MQTT_WSS_PORT is the same port as MQTT_WS_PORT"],
    ],
    [
      "a mail server without a sender",
      { SMTP_URL: "smtp://mail.example" },
      ["SMTP_FROM must be set together with the other of SMTP_URL and SMTP_FROM"],
    ],
    [
      "a place for webhooks without a port",
      { WEBHOOK_ALLOW: "hooks.local" },
      ["WEBHOOK_ALLOW must be hosts with ports, like hooks.local:8080, with commas"],
    ],
    ["two listeners on one port", { MQTT_PORT: "3000" }, ["MQTT_PORT is the same port as PORT"]],
    ["another database", { DATABASE_URL: "mysql://x" }, ["DATABASE_URL must be a postgres:// URL"]],
    [
      "a URL without scheme",
      { PUBLIC_URL: "quay.example" },
      ["PUBLIC_URL must be an http:// or https:// URL"],
    ],
    [
      "a short password",
      { ADMIN_EMAIL: "a@b.example", ADMIN_PASSWORD: "short" },
      ["ADMIN_PASSWORD must have at least 15 characters"],
    ],
    [
      "an administrator without password",
      { ADMIN_EMAIL: "a@b.example" },
      ["ADMIN_PASSWORD must be set together with the other of ADMIN_EMAIL and ADMIN_PASSWORD"],
    ],
    [
      "half a certificate",
      { TLS_CERT: "cert.pem" },
      ["TLS_KEY must be set together with the other of TLS_CERT and TLS_KEY"],
    ],
    ["a flag that is neither", { MQTT_PLAIN_PUBLIC: "yes" }, ["MQTT_PLAIN_PUBLIC must be 1 or 0"]],
    ["no worker", { WORKERS: "0" }, ["WORKERS must be between 1 and 16"]],
    ["too many workers", { WORKERS: "17" }, ["WORKERS must be between 1 and 16"]],
    ["half a worker", { WORKERS: "1.5" }, ["WORKERS must be a whole number"]],
    [
      "a listener on the port of another worker's metrics",
      { WORKERS: "3", METRICS_PORT: "8081" },
      [
        "METRICS_PORT needs the 2 ports that follow, one for each worker, but 8083 is the same port as MQTT_WS_PORT",
      ],
    ],
    [
      "metrics beyond the last port",
      { WORKERS: "2", METRICS_PORT: "65535" },
      ["METRICS_PORT needs the port that follows, one for each worker, but 65536 is no port"],
    ],
    [
      "an address of lists that needs a certificate",
      { PKI_URL: "https://pki.example" },
      ["PKI_URL must be an http:// URL: lists are signed already"],
    ],
    [
      "two mistakes",
      { PORT: "0", METRICS_PORT: "x" },
      ["PORT must be between 1 and 65535", "METRICS_PORT must be a port number"],
    ],
  ])("names %s", (_, source, problems) => {
    expect(problemsOf(source)).toEqual(problems);
  });

  it("gives each worker a port for its metrics", () => {
    expect(metricsPorts(parseEnv({ WORKERS: "3" }))).toEqual([9464, 9465, 9466]);
  });

  it("has certificates name the host of the console, unless another address is set", () => {
    const at = { PUBLIC_URL: "https://quayside.example:8000", PKI_PORT: "9000" };
    expect(parseEnv(at).PKI_URL).toBe("http://quayside.example:9000");
    const set = { ...at, PKI_URL: "http://pki.example/" };
    expect(parseEnv(set).PKI_URL).toBe("http://pki.example");
  });

  it("treats an empty variable as unset", () => {
    expect(parseEnv({ PORT: "", DATABASE_URL: "" }).PORT).toBe(3000);
  });

  it("serves https where a certificate is set", () => {
    expect(parseEnv({ TLS_CERT: "c", TLS_KEY: "k", HOST: "0.0.0.0" }).PUBLIC_URL).toBe(
      "https://localhost:3000",
    );
  });
});

describe("a private folder", () => {
  it("is closed to others, in a data folder that the database's user may pass through", () => {
    const dataDir = path.join(mkdtempSync(path.join(tmpdir(), "env-")), "data");
    const folder = privateFolder({ DATA_DIR: dataDir }, "run");

    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(dataDir).mode & 0o055).toBe(0o055);
  });
});
